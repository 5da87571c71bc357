"""What a read of each CSR with few bits returns (privileged manual, "Control and Status Registers"; isa/csrs.py)."""

from amaranth.hdl import *

from isa import causes, csrs
from isa.profile import Profile
from rtl.csr_registers import is_counter
from rtl.csr_words import WORDS
from rtl.interrupts import BITS


def pending(regs, lines, timer_s, timer_vs, *, has_h: bool) -> Value:
    """mip as `BITS` bits, from the interrupt lines and the comparisons of Sstc."""
    r = regs
    bits = [lines[i] for i in range(BITS)]
    stce = r.menvcfg.stce
    bits[causes.IRQ["SSI"]] = r.mip.ssip
    bits[causes.IRQ["STI"]] = Mux(stce, timer_s, r.mip.stip)
    bits[causes.IRQ["SEI"]] = lines[causes.IRQ["SEI"]] | r.mip.seip
    if has_h:
        bits[causes.IRQ["VSSI"]] = r.hvip.vssip
        bits[causes.IRQ["VSTI"]] = r.hvip.vstip | (stce & r.henvcfg.stce & timer_vs)
        bits[causes.IRQ["VSEI"]] = r.hvip.vseip
    return Cat(bits)


def values(rows: dict[str, csrs.Csr], regs, mip: Value, shown: dict[str, dict[str, Value]],
           profile: Profile) -> dict[str, Value]:
    """By name; CSRs that are kept elsewhere are left out. `shown`: when fields are visible (`csr_rules.visible`)."""
    letters = sum(1 << ord(letter) - ord("A") for letter in profile.letters)
    out = {
        "misa":   C(rows["misa"]["mxl"].reset << 62 | letters, 64),
        "mimpid": C(csrs.MIMPID, 64),
        "mip":    mip,
    }
    for name, csr in rows.items():
        if name in out or name in WORDS or is_counter(csr):
            continue
        if view := next((f for f in csr.fields if f.kind == "VIEW"), None):
            source = mip if view.of == "mip" else getattr(regs, view.of).as_value()
            value = (source >> view.shift) & csr.bits("VIEW") | csr.reset
        elif hasattr(regs, name):
            value = getattr(regs, name).as_value()
        else:
            continue
        for field, bit in shown.get(name, {}).items():
            value = Mux(bit, value, value & ~C(csr[field].mask, 64))
        out[name] = value
    return out
