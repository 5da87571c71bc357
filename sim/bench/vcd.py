"""Waveforms of the SoC: what a VCD file holds cycle by cycle, and the same file with names of modes and instructions in it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from isa import causes, retire
from isa.disasm import disassemble

_VAR = re.compile(r"\s*\$var \w+ (\d+) (\S+) (\S+)")
_SCOPE = re.compile(r"\s*\$scope \w+ (\S+)")
_NUMBERED = re.compile(r"\$\d+$")       # Yosys numbers modules whose name is taken
_CAUSES = ({c.code: c.title for c in causes.EXCEPTIONS}, {c.code: c.title for c in causes.INTERRUPTS})
CLOCK, RETIRE = "bench.clk", "bench.retire"
NEW = {"mode": "!mode", "instruction": "!insn", "trap": "!trap"}     # identifiers that Verilator never makes


class VcdError(Exception):
    """The file is not a waveform of the SoC; one sentence."""


class Vcd:
    """A VCD file. `names`: identifier of each signal, by its path such as `bench.soc.core.d.valid`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: dict[str, str] = {}
        scopes: list[str] = []
        with open(path) as file:
            for line in file:
                if scope := _SCOPE.match(line):
                    scopes.append(_NUMBERED.sub("", scope[1]))
                elif "$upscope" in line:
                    scopes.pop()
                elif var := _VAR.match(line):
                    self.names.setdefault(".".join([*scopes, var[3]]), var[2])
                elif "$enddefinitions" in line:
                    return
        raise VcdError(f"{path} ends before its signals do; it is not a waveform.")

    def cycles(self, names: Iterable[str]) -> Iterator[dict[str, int]]:
        """Values of these signals in each clock cycle, settled: at the falling edge. Raises VcdError for an unknown name."""
        ids = {name: self._id(name) for name in names}
        values = dict.fromkeys([*ids.values(), clock := self._id(CLOCK)], 0)
        with open(self.path) as file:
            fell = False
            for line in file:
                kind = line[0]
                if kind == "#":
                    if fell:
                        yield {name: values[identifier] for name, identifier in ids.items()}
                    fell = False
                elif kind in "01" and (identifier := line[1:].strip()) in values:
                    fell = fell or (identifier == clock and kind == "0" and values[clock] == 1)
                    values[identifier] = int(kind)
                elif kind == "b" and (identifier := line.rpartition(" ")[2].strip()) in values:
                    values[identifier] = int(line[1:line.index(" ")], 2)

    def _id(self, name: str) -> str:
        try:
            return self.names[name]
        except KeyError:
            raise VcdError(f"{self.path} has no signal {name}.") from None


def decode(path: Path) -> None:
    """Add a scope `decoded` to the file: mode, instruction and trap of each record, as text, while the record shows."""
    vcd = Vcd(path)
    port = vcd.names.get(RETIRE)
    partial = path.with_suffix(".part")
    with open(path) as source, open(partial, "w") as target:
        for line in source:
            if "$enddefinitions" in line:
                target.write(" $scope module decoded $end\n")
                target.writelines(f"  $var string 1 {identifier} {name} $end\n" for name, identifier in NEW.items())
                target.write(" $upscope $end\n")
            target.write(line)
            if line[0] == "b" and line.rpartition(" ")[2].strip() == port:
                for name, text in _texts(int(line[1:line.index(" ")], 2)).items():
                    target.write(f"s{_escaped(text)} {NEW[name]}\n")
    partial.replace(path)


def _texts(port: int) -> dict[str, str]:
    """What a value of the port `retire` says."""
    words = [port >> 64 * i & (1 << 64) - 1 for i in range(retire.WORDS)]
    record = retire.unpack(words)
    if not record["valid"]:
        return dict.fromkeys(NEW, "-")
    cause = _CAUSES[record["interrupt"]].get(record["cause"], str(record["cause"]))
    return {"mode": causes.MODES[record["mode"]], "instruction": disassemble(record["insn"], record["pc"]),
            "trap": cause if record["trap"] else "-"}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(" ", "\\x20")
