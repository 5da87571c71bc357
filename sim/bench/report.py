"""The report of a divergence: what ran before, both records field by field, page walks, and how to look
closer.

On a terminal it is coloured; elsewhere the same text is plain, and a differing field is marked with an
arrow either way.
"""

import io
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from isa import causes, csrs, retire
from isa.disasm import REGISTERS, disassemble
from sim.bench.job import Divergence

_WIDTH = 160                # of plain text
_EXCEPTIONS = {cause.code: cause.title for cause in causes.EXCEPTIONS}
_INTERRUPTS = {cause.code: cause.title for cause in causes.INTERRUPTS}


def render(divergence: Divergence) -> RenderableType:
    """The report as something rich can print."""
    rtl, model = retire.unpack(divergence.rtl), retire.unpack(divergence.model)
    parts: list[RenderableType] = [
        Text.assemble(("RTL and model differ", "bold red"), f": {divergence.reason}"),
        Text(f"{divergence.elf}, cycle {rtl['clock']:,}, {_where(rtl)}\n"),
        Text(f"The {len(divergence.history)} records before it:"),
        _history(divergence.history),
        Text("\nThe records that differ (◄):"),
        _fields(rtl, model),
    ]
    if divergence.walks:
        parts += [Text("\nPage tables in the model's memory:"), *(Text(f"  {line}") for line in divergence.walks)]
    if divergence.replay:
        parts += [Text("\nTo see these cycles in a waveform:"), Text(f"  {divergence.replay}")]
    return Group(*parts)


def text(divergence: Divergence) -> str:
    """The report as plain text."""
    out = io.StringIO()
    Console(file=out, width=_WIDTH, color_system=None, highlight=False).print(render(divergence))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def differing(rtl: dict[str, int], model: dict[str, int]) -> list[str]:
    """Names of compared fields with different values; `mem_rdata` of a device is taken from the RTL."""
    return [name for name, f in retire.FIELDS.items() if not f.sampled and rtl[name] != model[name]]


def window(divergence: Divergence) -> tuple[int, int]:
    """First and last clock cycle that the report talks about, with some cycles around them."""
    clock = retire.FIELDS["clock"].word
    first = divergence.history[0][clock] if divergence.history else divergence.rtl[clock]
    return max(0, first - 20), divergence.rtl[clock] + 20


def _where(record: dict[str, int]) -> str:
    return f"{_mode(record['mode'])}-mode, pc {record['pc']:#x}"


def _mode(code: int) -> str:
    return causes.MODES.get(code, f"mode {code}")


def _csr(number: int) -> str:
    return csrs.BY_NUMBER[number].name if number in csrs.BY_NUMBER else f"{number:#x}"


def _history(records: list[list[int]]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("cycle", "mode", "pc", "insn", "instruction", "effect"):
        table.add_column(name, justify="right" if name == "cycle" else "left", no_wrap=name != "effect")
    for words in records:
        r = retire.unpack(words)
        insn = f"{r['insn']:04x}" if r["compressed"] else f"{r['insn']:08x}"
        table.add_row(str(r["clock"]), _mode(r["mode"]), f"{r['pc']:016x}", insn,
                      disassemble(r["insn"], r["pc"]), ", ".join(_effects(r)))
    return table


def _effects(r: dict[str, int]) -> Iterator[str]:
    if r["trap"]:
        titles = _INTERRUPTS if r["interrupt"] else _EXCEPTIONS
        yield f"trap to {_mode(r['next_mode'])}: {titles.get(r['cause'], r['cause'])}"
        if r["tval"]:
            yield f"tval {r['tval']:#x}"
        if r["tval2"]:
            yield f"guest physical address {r['tval2'] << 2:#x}"
    if r["rd"]:
        yield f"{REGISTERS[r['rd']]} = {r['rd_value']:#x}"
    if r["mem_write"]:
        yield f"[{r['mem_paddr']:#x}] = {r['mem_wdata']:0{2 << r['mem_size']}x}"
    elif r["mem_read"]:
        yield f"from [{r['mem_paddr']:#x}]"
    if r["csr_write"]:
        yield f"{_csr(r['csr_addr'])} = {r['csr_value']:#x}"
    if r["mode"] != r["next_mode"] and not r["trap"]:
        yield f"to {_mode(r['next_mode'])}-mode"


def _fields(rtl: dict[str, int], model: dict[str, int]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("field", "RTL", "model", "", "meaning"):
        table.add_column(name, no_wrap=name != "meaning")
    different = differing(rtl, model)
    for name, field in retire.FIELDS.items():
        if not (rtl[name] or model[name] or name == "pc"):
            continue
        style = "bold red" if name in different else "dim" if field.sampled else ""
        table.add_row(name, _value(name, rtl), _value(name, model), "◄" if name in different else "",
                      field.meaning, style=style)
    return table


def _value(name: str, record: dict[str, int]) -> str:
    value = record[name]
    if name in ("mode", "next_mode"):
        return _mode(value)
    if name == "rd":
        return REGISTERS[value]
    if name == "insn":
        return f"{value:#x}  {disassemble(value, record['pc'])}"
    if name == "csr_addr":
        return _csr(value)
    return f"{value:#x}"
