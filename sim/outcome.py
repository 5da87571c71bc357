"""How a run ended, and what the process that ran it should exit with."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class BadInput(Exception):
    """Something the user gave cannot be used; the message is one sentence that says what to do. Exit status 2."""


class Verdict(Enum):
    """End of a run. The value is its word in `--json`."""

    PASS = "pass"
    FAIL = "fail"               # the program said so
    LIMIT = "limit"             # out of instructions or time
    DIVERGED = "diverged"       # RTL and model disagree


EXIT_STATUS = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.LIMIT: 3, Verdict.DIVERGED: 4}
BAD_INPUT_STATUS = 2


@dataclass
class Outcome:
    """One run. `instructions` counts traps too; `code` is the program's own (None: it did not end); `seconds` is wall-clock."""

    verdict: Verdict
    on: str
    instructions: int
    seconds: float
    code: int | None = None
    detail: str = ""            # one line, or the divergence report
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Exit status of the command."""
        return EXIT_STATUS[self.verdict]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {"verdict": self.verdict.value, "on": self.on, "code": self.code, "instructions": self.instructions,
                "seconds": round(self.seconds, 3), "detail": self.detail, **self.figures}


def ended(code: int) -> Verdict:
    """Verdict of a program that ended with an exit code."""
    return Verdict.FAIL if code else Verdict.PASS
