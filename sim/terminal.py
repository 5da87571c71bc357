"""What the user sees: the guest's console on standard output, everything else on standard error.

With JSON on, standard output holds one JSON object and nothing else; the console is in it, and also goes to standard error.
"""

import json
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table


class Terminal:
    """One run's output. Use as a context manager: it owns the progress bar."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._json = as_json
        self._captured = bytearray()
        self._console = Console(stderr=True, highlight=False)
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
                             TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), console=self._console, transient=True)
        self._task = self._bar.add_task("running", total=None, rate="")
        self._live = self._console.is_terminal
        self._line = b""

    def __enter__(self) -> "Terminal":
        if self._live:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._line:
            self._show(self._line)
            self._line = b""
        if self._live:
            self._bar.stop()

    def console(self, data: bytes) -> None:
        """Bytes the guest wrote, as they come."""
        if self._json:
            self._captured += data
        if not (self._live and sys.stdout.isatty()):
            self._show(data)
            return
        # Under a live bar only whole lines can be shown without tearing it.
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            self._show(line + b"\n")

    def _show(self, data: bytes) -> None:
        if self._live and sys.stdout.isatty():
            self._console.out(data.decode(errors="replace"), end="")
            return
        stream = sys.stderr if self._json else sys.stdout
        stream.buffer.write(data)
        stream.flush()

    def progress(self, what: str, done: int, total: int | None = None, rate: str = "") -> None:
        """Move the bar; shown only on a terminal."""
        if self._live:
            self._bar.update(self._task, description=what, completed=done, total=total, rate=rate)

    def note(self, text: str) -> None:
        """One line or block of plain text for the user."""
        self._console.print(text, markup=False, soft_wrap=True)

    def table(self, title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        """A table; the first column is text, the others are figures."""
        table = Table(title=title, title_justify="left")
        for i, column in enumerate(columns):
            table.add_column(column, justify="right" if i else "left")
        for row in rows:
            table.add_row(*(f"{cell:,}" if isinstance(cell, int) else "-" if cell is None else str(cell) for cell in row))
        self._console.print(table)

    def result(self, data: dict[str, Any]) -> None:
        """The run as JSON, when it was asked for."""
        if self._json:
            print(json.dumps({**data, "console": self._captured.decode(errors="replace")}, indent=2))
