"""vstvec, vsscratch, vsepc, vscause and vstval: the trap handler of VS-mode ("Virtual Supervisor Trap Vector Base Address"
and the sections after it)."""

from isa.causes import VS, VU, M
from tests.rules.csr import ALL, held, read
from tests.rules.irq import taken
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, HANDLER, Bare, asm

ECALL_U = 1 << 8
VALUES = (0, 4, 0x1234_5678_9ABC_DEF0, ALL & ~3)


def check_substitute(name: str, number: int) -> Bare:
    """VS-mode reaches the register `number` by the supervisor's `name`, and the supervisor's own stays as it was.

    Returns the machine, which delegates ECALL of VU-mode to VS-mode.
    """
    b = Bare()
    b.csr(medeleg=ECALL_U, hedeleg=ECALL_U)
    host = read(b, name)
    for value in (8, 20):
        assert held(b, name, value, VS) == value == read(b, number)
    assert held(b, number, 12) == 12 == read(b, name, VS)
    assert read(b, name) == host
    return b


@mutant("isa/csrs.py", '"stvec": "vstvec", ', "")
@mutant("trap.py", "_vector(h.vstvec, t)", "_vector(h.stvec, t)")
def test_vstvec_is_the_stvec_of_vs_mode():
    b = check_substitute("stvec", 0x205)
    b.csr(vstvec=HANDLER + 0x300)
    assert b.do(asm("ecall"), VU)["next_pc"] == HANDLER + 0x300
    assert b.do(asm("ecall"), 0)["next_pc"] == HANDLER + 0x100


@mutant("isa/csrs.py", "stvec of the guest\n    mode        1  0  WARL 0\n    base        63 2  RW",
        "stvec of the guest\n    mode        1  0  WARL 0\n    base        63 3  RW")
@mutant("csr.py", "return new & (self.mask | 1)", "return new & (self.mask | 3)")
def test_vstvec_is_direct_or_vectored_at_any_multiple_of_four():
    b = Bare()
    for base in VALUES:
        for mode in range(4):
            assert held(b, "vstvec", base | mode) == base | mode & 1


@mutant("isa/csrs.py", '"sscratch": "vsscratch", ', "")
def test_vsscratch_is_the_sscratch_of_vs_mode():
    b = check_substitute("sscratch", 0x240)
    b.do(asm("ecall"), VU)
    assert read(b, "vsscratch") == 12   # nothing but a write changes it


@mutant("isa/csrs.py", '"sepc": "vsepc",', '"sepc": "sepc",')
@mutant("trap.py", "h.vsepc = h.pc", "h.sepc = h.pc")
def test_vsepc_is_the_sepc_of_vs_mode():
    b = check_substitute("sepc", 0x241)
    b.do(asm("ecall"), VU, CODE + 8)
    assert read(b, "vsepc") == CODE + 8


@mutant("isa/csrs.py", "sepc of the guest\n    value       63 1", "sepc of the guest\n    value       63 2")
def test_vsepc_holds_what_sepc_holds():
    b = Bare()
    for value in (*VALUES, 2, ALL):
        assert held(b, "vsepc", value) == held(b, "sepc", value)


@mutant("isa/csrs.py", '"scause": "vscause", ', "")
@mutant("trap.py", "h.vscause = _xcause(t)", "h.scause = _xcause(t)")
def test_vscause_is_the_scause_of_vs_mode():
    b = check_substitute("scause", 0x242)
    b.do(asm("ecall"), VU)
    assert read(b, "vscause") == 8
    b.csr(hideleg=4, hvip=4, mie=4)
    assert taken(b, VU) == (VS, 1) and read(b, "vscause", M) == 1 << 63 | 1


@mutant("isa/csrs.py", "scause of the guest\n    code        5  0", "scause of the guest\n    code        4  0")
def test_vscause_holds_what_scause_holds():
    b = Bare()
    for value in (*range(64), 1 << 63 | 9, ALL):
        assert held(b, "vscause", value) == held(b, "scause", value)


@mutant("isa/csrs.py", '"stval": "vstval",', '"stval": "stval",')
@mutant("trap.py", "h.vstval = t.tval", "h.stval = t.tval")
def test_vstval_is_the_stval_of_vs_mode():
    b = check_substitute("stval", 0x243)
    b.csr(medeleg=1 << 3, hedeleg=1 << 3)
    b.do(asm("ebreak"), VU, CODE + 8)
    assert read(b, "vstval") == CODE + 8 and read(b, "stval") == 0


@mutant("isa/csrs.py", "stval of the guest\n    value       63 0", "stval of the guest\n    value       62 0")
def test_vstval_holds_what_stval_holds():
    b = Bare()
    for value in (*VALUES, 1, ALL):
        assert held(b, "vstval", value) == held(b, "stval", value) == value
