"""Building the firmware: names of guests, equal builds, the command line."""

import pytest

from sim.firmware import DEMO, build_firmware, guest_sources, main
from sim.toolchain import ToolchainError


@pytest.mark.parametrize("name", ["wroker", "start", "guest"])
def test_unknown_guest(name):
    """Neither a name that nobody has, nor what all guests share."""
    with pytest.raises(ValueError, match=rf"no guest is called '{name}': there is neither {name}\.c nor {name}\.S in"):
        build_firmware((name,))


def test_sources_of_a_guest():
    assert [path.name for path in guest_sources("worker")] == ["start.S", "guest.c", "runtime.c", "worker.c",
                                                               "worker_switch.S", "worker_task.c"]
    assert [path.name for path in guest_sources("calls")] == ["calls.S"]


def test_equal_builds_are_one_file():
    assert build_firmware(DEMO) == build_firmware(DEMO)
    assert build_firmware(DEMO, {"SLICE_TICKS": 999}) != build_firmware(DEMO)
    assert build_firmware(("calls",)) != build_firmware(DEMO)


def test_compiler_speaks():
    with pytest.raises(ToolchainError, match="what is this"):
        build_firmware(("calls",), {"SLICE_TICKS": "_Pragma(\"GCC error \\\"what is this\\\"\")"})


def test_command_line(capsys):
    main(["--define", "SLICE_TICKS=998", "calls"])
    assert capsys.readouterr().out.strip() == str(build_firmware(("calls",), {"SLICE_TICKS": "998"}))


@pytest.mark.parametrize("arguments, message", [
    (["--define", "SLICE_TICKS", "calls"], "'SLICE_TICKS' is not a macro; write NAME=VALUE"),
    (["wroker"], "no guest is called 'wroker'"),
])
def test_bad_command_line(arguments, message, capsys):
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert message in f"{ending.value} {capsys.readouterr().err}"
