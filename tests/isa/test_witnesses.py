"""The fact tables agree with every independent witness, and every witness finds planted faults."""

import inspect
from types import ModuleType

import pytest

from tests.isa.witnesses import WITNESSES, Tables


@pytest.mark.parametrize("witness", WITNESSES)
def test_tables(witness):
    assert WITNESSES[witness](Tables()) == []
