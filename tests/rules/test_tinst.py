"""Rules of "Transformed Instruction or Pseudoinstruction for mtinst or htinst"."""

from dataclasses import replace

from isa.causes import VS, M, S
from isa.insns import INSNS
from isa.profile import PROFILES
from sim.model.masks import SIE
from tests.rules.guest import ADUE, FETCH, GPA, GUEST_PAGE_FAULT, KINDS, LOAD, STORE, VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import LEAF, PA, PD, PR, PU, PV, PX, Bare, asm

READ_PTE, WRITE_PTE = 0x3000, 0x3020
C_LW, C_SD = 0x4088, 0xE588             # c.lw a0, 0(s1); c.sd a0, 8(a1)
ACCESSES = [asm(name, rd=3, rs1=5) for name in ("lb", "lhu", "lw", "ld", "hlv.b", "hlv.wu", "hlvx.hu")]
ACCESSES += [asm(name, rs1=5, rs2=3) for name in ("sb", "sh", "sd", "hsv.d")]
ACCESSES += [asm(name, rd=3, rs1=5, rs2=4) for name in ("sc.w", "amoadd.w", "amomaxu.d")] + [asm("lr.d", rd=3, rs1=5)]
ACCESSES += [C_LW, C_SD]


def name_of(word: int) -> str:
    """Mnemonic of a 32-bit instruction."""
    return next(row.name for row in INSNS if word & row.mask == row.match)


def unreadable_table() -> Guest:
    """The level-0 table of VA is on a page that the G-stage lacks."""
    g = Guest()
    g.move(0, 0)
    return g


def tinst_of(word: int, mode: int = S, delegated: bool = True) -> int:
    """What an access through x5, s1 or a1, to a page that is not there, leaves in htinst or mtinst."""
    g = Guest()
    g.csr(medeleg=-1 if delegated else 0, satp=0, htinst=0x55, mtinst=0x55, hgatp=0)
    g.x(x5=VA, x9=VA, x11=VA)
    assert g.do(word, mode, size=4 if word & 3 == 3 else 2)["trap"]
    return g.m.read_csr("htinst" if delegated else "mtinst")


@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "h.htval, h.htinst = t.tval2, t.cause")
@mutant("trap.py", "h.mtval2, h.mtinst = t.tval2, t.tinst", "h.mtval2, h.mtinst = t.tval2, t.cause")
@mutant("trap.py", "word = insn.word32 & ~0x000F_8000", "word = insn.word32")
def test_a_trap_writes_zero_a_transformed_instruction_or_a_pseudoinstruction() -> None:
    for delegated in (False, True):
        assert tinst_of(asm("lw", rd=3, rs1=5), delegated=delegated) == asm("lw", rd=3)
        assert tinst_of(asm("ecall"), delegated=delegated) == 0
        g = unreadable_table()
        g.csr(medeleg=-1 if delegated else 0)
        g.access(LOAD, VS)
        assert g.m.read_csr("htinst" if delegated else "mtinst") == READ_PTE


@mutant("trap.py", "Taken(code, True, 0, False, 0, 0)", "Taken(code, True, 0, False, 0, h.htinst | h.mtinst)")
def test_an_interrupt_writes_zero() -> None:
    for mideleg, name, mode in ((-1, "htinst", S), (0, "mtinst", M)):
        b = Bare()
        b.csr(mideleg=mideleg, mie=2, mip=2, mstatus=SIE | 8, htinst=READ_PTE, mtinst=READ_PTE)
        b.mode(mode)
        assert b.step()["interrupt"]
        assert b.m.read_csr(name) == 0


@mutant("trap.py", "return word & ~2 if insn.length == 2 else word", "return word")
@mutant("trap.py", "return word & ~2 if insn.length == 2 else word", "return word & ~0x7000")
def test_a_nonzero_value_is_the_encoding_of_an_instruction_of_the_same_kind_or_a_pseudoinstruction() -> None:
    for word in ACCESSES:
        tinst = tinst_of(word)
        expected = {C_LW: "lw", C_SD: "sd"}.get(word) or name_of(word)
        assert name_of(tinst | 2) == expected
        assert tinst & 3 == (3 if word & 3 == 3 else 1)
    g = unreadable_table()
    for kind in KINDS:
        assert g.access(kind, VS)["tinst"] & 3 == 0


@mutant("trap.py", 'EXC["ILLEGAL_INSTRUCTION"], insn.word', 'EXC["ILLEGAL_INSTRUCTION"], insn.word, tinst=TRANSFORMED')
@mutant("translate.py", "trap.tinst = TINST_READ_PTE", "trap.tinst = TRANSFORMED")
@mutant("translate.py", "tinst = 0 if self.kind == FETCH else TRANSFORMED", "tinst = 0")
def test_each_cause_writes_what_its_row_of_the_table_allows() -> None:
    for word in (asm("ecall"), asm("ebreak"), 0, asm("csrrs", csr="mstatus"), asm("mret")):
        assert tinst_of(word) == 0
    assert Bare().do(asm("hlv.w"), VS)["tinst"] == 0                                # virtual instruction
    for g in (Guest(first=0), Guest(second=0), Guest(first=LEAF & ~PX), Guest(second=LEAF)):
        assert g.access(FETCH, VS)["tinst"] == 0                                    # nothing was fetched
    for g in (Guest(first=0), Guest(second=0)):                                     # page and guest-page fault
        for kind in (LOAD, STORE):
            r = g.access(kind, VS)
            assert r["tinst"] == r["insn"] & ~(31 << 15)
    for va in (1, 0):                                                               # misaligned, access fault
        for word in (asm("lw", rd=3, rs1=5), asm("sw", rs1=5, rs2=3)):
            b = Bare()
            b.x(x5=va)
            assert b.do(word)["tinst"] == word & ~(31 << 15)
    assert unreadable_table().access(FETCH, VS)["tinst"] == READ_PTE


@mutant("translate.py", "if purpose != EXPLICIT:", "if False:")
def test_the_fault_of_an_access_to_a_table_of_the_guest_must_write_a_pseudoinstruction() -> None:
    for kind in KINDS:
        g = unreadable_table()
        r = g.access(kind, VS)
        assert (r["tinst"], r["tval2"]) == (READ_PTE, GPA + 0x1000 + 8 * (VA >> 12 & 511) >> 2)
        # Where the transformed instruction is left out, this is not.
        g = Guest(profile=replace(PROFILES["default"], tinst_zero=True))
        g.move(0, 0)
        assert g.access(kind, VS)["tinst"] == READ_PTE


@mutant("translate.py", "READ_PTE else TINST_WRITE_PTE", "READ_PTE else TINST_READ_PTE")
@mutant("translate.py", "g_stage(h, a, address, WRITE_PTE) if guest", "g_stage(h, a, address, READ_PTE) if guest")
def test_the_pseudoinstruction_is_a_write_where_a_and_d_of_the_guest_are_to_be_set_and_else_a_read() -> None:
    read_only = PV | PR | PU | PA
    for adue, leaf, kind, tinst in ((ADUE, LEAF & ~PA, LOAD, WRITE_PTE), (ADUE, LEAF & ~PA, FETCH, WRITE_PTE),
                                    (ADUE, LEAF & ~PD, STORE, WRITE_PTE), (ADUE, LEAF, STORE, 0), (0, LEAF & ~PA, LOAD, None)):
        g = Guest(leaf, profile=PROFILES["full"])
        g_pte = g.move(0, read_only)                            # the G-stage does not let the table be written
        g.csr(menvcfg=adue)
        g.csr(henvcfg=adue)
        r = g.access(kind, VS)
        if tinst is None:                                       # without hardware updates: the guest's page fault
            assert (r["cause"], r["tinst"]) == (13, r["insn"] & ~(31 << 15))
            continue
        assert (r["cause"], r["tinst"]) == ((GUEST_PAGE_FAULT[kind], WRITE_PTE) if tinst else (0, 0))
        g.put(g_pte, [0], 8)                                    # nor even be read
        assert g.access(kind, VS)["tinst"] == READ_PTE
