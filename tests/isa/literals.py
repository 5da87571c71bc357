"""Facts typed by hand from the ISA manual, as the second witness of `isa/`: nothing comes from there.

Masks are in place. The manual is riscv-isa-manual, src/priv: machine, supervisor, hypervisor, sstc, smstateen and
smcntrpmf.adoc; for Xdoppel docs/xdoppel.md.
"""

ALL = 0xFFFF_FFFF_FFFF_FFFF
NO_BIT0 = 0xFFFF_FFFF_FFFF_FFFE
VECTOR = {"mode": 0x3, "base": 0xFFFF_FFFF_FFFF_FFFC}
CAUSE = {"code": 0x3F, "interrupt": 0x8000_0000_0000_0000}
ATP = {"ppn": 0x0000_0FFF_FFFF_FFFF, "asid": 0x0FFF_F000_0000_0000, "mode": 0xF000_0000_0000_0000}
SSTATUS = {"sie": 0x2, "spie": 0x20, "spp": 0x100, "sum": 0x4_0000, "mxr": 0x8_0000,
           "uxl": 0x3_0000_0000}
COUNTERS = {"cy": 1, "tm": 2, "ir": 4, "hpm": 0xFFFF_FFF8}
BIT63 = 0x8000_0000_0000_0000
CBO = {"cbie": 0x30, "cbcfe": 0x40, "cbze": 0x80}
MODE_FILTER = {"minh": 0x4000_0000_0000_0000, "sinh": 0x2000_0000_0000_0000, "uinh": 0x1000_0000_0000_0000,
               "vsinh": 0x0800_0000_0000_0000, "vuinh": 0x0400_0000_0000_0000}
BYTES = (0xFF, 0xFF00, 0xFF_0000, 0xFF00_0000, 0xFF_0000_0000, 0xFF00_0000_0000, 0xFF_0000_0000_0000, 0xFF00_0000_0000_0000)

# CSR -> field -> mask. Fields of the manual that this machine lacks (FS, VS, XS, SD, ...) are not listed.
CSR_FIELDS = {
    "cycle": {"value": ALL}, "time": {"value": ALL}, "instret": {"value": ALL},
    "sstatus": SSTATUS,
    "sie": {"ssie": 0x2, "stie": 0x20, "seie": 0x200},
    "stvec": VECTOR,
    "scounteren": COUNTERS,
    "senvcfg": {"fiom": 1, **CBO},
    "sscratch": {"value": ALL}, "sepc": {"value": NO_BIT0}, "scause": CAUSE, "stval": {"value": ALL},
    "sip": {"ssip": 0x2, "stip": 0x20, "seip": 0x200},
    "stimecmp": {"value": ALL},
    "satp": ATP,
    "vsstatus": SSTATUS,
    "vsie": {"ssie": 0x2, "stie": 0x20, "seie": 0x200},
    "vstvec": VECTOR,
    "vsscratch": {"value": ALL}, "vsepc": {"value": NO_BIT0}, "vscause": CAUSE, "vstval": {"value": ALL},
    "vsip": {"ssip": 0x2, "stip": 0x20, "seip": 0x200},
    "vstimecmp": {"value": ALL},
    "vsatp": ATP,
    "hstatus": {"vsbe": 0x20, "gva": 0x40, "spv": 0x80, "spvp": 0x100, "hu": 0x200, "vgein": 0x3_F000,
                "vtvm": 0x10_0000, "vtw": 0x20_0000, "vtsr": 0x40_0000, "vsxl": 0x3_0000_0000},
    "hedeleg": {"mask": ALL},
    "hideleg": {"vssi": 0x4, "vsti": 0x40, "vsei": 0x400},
    "hie": {"vssie": 0x4, "vstie": 0x40, "vseie": 0x400},
    "htimedelta": {"value": ALL},
    "hcounteren": COUNTERS,
    "hgeie": {},
    "henvcfg": {"fiom": 1, **CBO, "adue": 0x2000_0000_0000_0000, "stce": BIT63},
    "htval": {"value": 0x3FFF_FFFF_FFFF_FFFF},
    "hip": {"vssip": 0x4, "vstip": 0x40, "vseip": 0x400},
    "hvip": {"vssip": 0x4, "vstip": 0x40, "vseip": 0x400},
    "htinst": {"value": 0xFFFF_FFFF},
    "hgatp": {"ppn": 0x0000_0FFF_FFFF_FFFF, "vmid": 0x03FF_F000_0000_0000, "mode": 0xF000_0000_0000_0000},
    "hgeip": {},
    "mvendorid": {}, "marchid": {}, "mimpid": {}, "mhartid": {}, "mconfigptr": {},
    "mstatus": {"sie": 0x2, "mie": 0x8, "spie": 0x20, "ube": 0x40, "mpie": 0x80, "spp": 0x100, "mpp": 0x1800,
                "mprv": 0x2_0000, "sum": 0x4_0000, "mxr": 0x8_0000, "tvm": 0x10_0000, "tw": 0x20_0000,
                "tsr": 0x40_0000, "uxl": 0x3_0000_0000, "sxl": 0xC_0000_0000, "sbe": 0x10_0000_0000,
                "mbe": 0x20_0000_0000, "gva": 0x40_0000_0000, "mpv": 0x80_0000_0000},
    "misa": {"extensions": 0x3FF_FFFF, "mxl": 0xC000_0000_0000_0000},
    "medeleg": {"mask": ALL},
    "mideleg": {"ssi": 0x2, "vssi": 0x4, "sti": 0x20, "vsti": 0x40, "sei": 0x200, "vsei": 0x400},
    "mie": {"ssie": 0x2, "vssie": 0x4, "msie": 0x8, "stie": 0x20, "vstie": 0x40, "mtie": 0x80, "seie": 0x200,
            "vseie": 0x400, "meie": 0x800},
    "mtvec": VECTOR,
    "mcounteren": COUNTERS,
    "menvcfg": {"fiom": 1, **CBO, "adue": 0x2000_0000_0000_0000, "stce": BIT63},
    "mcountinhibit": {"cy": 1, "ir": 4, "hpm": 0xFFFF_FFF8},
    "mscratch": {"value": ALL}, "mepc": {"value": NO_BIT0}, "mcause": CAUSE, "mtval": {"value": ALL},
    "mip": {"ssip": 0x2, "vssip": 0x4, "msip": 0x8, "stip": 0x20, "vstip": 0x40, "mtip": 0x80, "seip": 0x200,
            "vseip": 0x400, "meip": 0x800},
    "mtinst": {"value": 0xFFFF_FFFF},
    "mtval2": {"value": 0x3FFF_FFFF_FFFF_FFFF},
    "mcycle": {"value": ALL}, "minstret": {"value": ALL},
    **{f"hpmcounter{n}": {"value": ALL} for n in range(3, 32)}, **{f"mhpmcounter{n}": {"value": ALL} for n in range(3, 32)},
    **{f"mhpmevent{n}": {"event": 0xF} for n in range(3, 32)},
    "mcyclecfg": MODE_FILTER, "minstretcfg": MODE_FILTER,
    "mstateen0": {"c": 1, "envcfg": 0x4000_0000_0000_0000, "se0": BIT63}, "mstateen1": {"se": BIT63},
    "mstateen2": {"se": BIT63}, "mstateen3": {"se": BIT63},
    "hstateen0": {"envcfg": 0x4000_0000_0000_0000, "se0": BIT63}, "hstateen1": {"se": BIT63},
    "hstateen2": {"se": BIT63}, "hstateen3": {"se": BIT63},
    "sstateen0": {}, "sstateen1": {}, "sstateen2": {}, "sstateen3": {},
    "pmpcfg0": {f"pmp{n}cfg": BYTES[n] for n in range(8)}, "pmpcfg2": {f"pmp{n}cfg": BYTES[n - 8] for n in range(8, 16)},
    **{f"pmpaddr{n}": {"address": 0x003F_FFFF_FFFF_FFFF} for n in range(16)},
    "hdcap": {"version": 0xFF, "hple": 0x100, "hisadis": 0x200, "hpml": 0x400, "hio": 0x800},
    "hple": {"window": 0xFFFF_FFFF, "gap": 0xFFFF_0000_0000, "vs": 0x2000_0000_0000_0000, "vu": 0x4000_0000_0000_0000,
             "enable": BIT63},
    "hisadis": {"m": 0x1, "a": 0x2, "zba": 0x4, "zbb": 0x8, "zbs": 0x10, "zicond": 0x20, "zicbom": 0x40, "zicboz": 0x80,
                "zicntr": 0x100, "zihpm": 0x200},
    "hpmla": {"enable": 1, "page": 0x00FF_FFFF_FFFF_F000}, "hpmli": {"index": 0x3FF},
    "hioba": {"base": 0x00FF_FFFF_FFFF_E000}, "hiobh": {"base": 0x00FF_FFFF_FFFF_F000},
    "hiobg": {"enable": 1, "base": 0x0000_01FF_FFFF_F000, "last": 0xFFFF_0000_0000_0000},
}

# Nonzero values after reset: XLEN is 64 in every mode; H makes mideleg's VS-level bits read-only one.
RESET = {"sstatus": 0x2_0000_0000, "vsstatus": 0x2_0000_0000, "hstatus": 0x2_0000_0000,
         "mstatus": 0xA_0000_0000, "misa": 0x8000_0000_0000_0000, "mideleg": 0x444, "hdcap": 0xF01}

# Fields that software can never change.
READ_ONLY = {"sstatus": 0x3_0000_0000, "vsstatus": 0x3_0000_0000, "hstatus": 0x3_0003_F020,
             "mstatus": 0x3F_0000_0040, "misa": 0xC000_0000_0000_0000, "mideleg": 0x444, "hdcap": 0xFFF}

# CSRs that exist only with an extension: of H "Hypervisor and Virtual Supervisor CSRs".
H_CSRS = {"vsstatus", "vsie", "vstvec", "vsscratch", "vsepc", "vscause", "vstval", "vsip", "vsatp", "hstatus",
          "hedeleg", "hideleg", "hie", "htimedelta", "hcounteren", "hgeie", "henvcfg", "htval", "hip", "hvip",
          "htinst", "hgatp", "hgeip", "mtinst", "mtval2"}
CSR_EXTENSIONS = {
    "H": H_CSRS, "Sstc": {"stimecmp", "vstimecmp"}, "Smcntrpmf": {"mcyclecfg", "minstretcfg"},
    "Smstateen": {f"{level}stateen{n}" for level in "mhs" for n in range(4)},
    "Smpmp": {"pmpcfg0", "pmpcfg2", *(f"pmpaddr{n}" for n in range(16))},
    "Zicntr": {"cycle", "time", "instret"}, "Zihpm": {f"hpmcounter{n}" for n in range(3, 32)},
    "Xdoppel": {"hdcap", "hple", "hisadis", "hpmla", "hpmli", "hioba", "hiobg", "hiobh"},
}

# Fields of CSRs that exist without the extension that the field needs.
_CBO_FIELDS = {(csr, field): ext for csr in ("menvcfg", "henvcfg", "senvcfg")
               for field, ext in (("cbie", "Zicbom"), ("cbcfe", "Zicbom"), ("cbze", "Zicboz"))}
FIELD_EXTENSIONS = {
    **_CBO_FIELDS, ("menvcfg", "adue"): "Svadu", ("henvcfg", "adue"): "Svadu", ("menvcfg", "stce"): "Sstc",
    ("henvcfg", "stce"): "Sstc",
    **{(csr, "hpm"): "Zihpm" for csr in ("mcounteren", "hcounteren", "scounteren", "mcountinhibit")},
    **{(f"mhpmcounter{n}", "value"): "Zihpm" for n in range(3, 32)},
    **{(f"mhpmevent{n}", "event"): "Zihpm" for n in range(3, 32)},
    ("mstatus", "gva"): "H", ("mstatus", "mpv"): "H",
    **{("mstatus", f): "S" for f in ("sie", "spie", "spp", "sum", "mxr", "tvm", "tsr", "sxl", "sbe")},
    **{("mstatus", f): "U" for f in ("ube", "mprv", "tw", "uxl")},
    **{("mie", f): "S" for f in ("ssie", "stie", "seie")}, **{("mip", f): "S" for f in ("ssip", "stip", "seip")},
    **{("mideleg", f): "H" for f in ("vssi", "vsti", "vsei")}, **{("mie", f): "H" for f in ("vssie", "vstie", "vseie")},
    **{("mip", f): "H" for f in ("vssip", "vstip", "vseip")},
    **{(csr, f): ext for csr in ("mcyclecfg", "minstretcfg") for f, ext in (("vuinh", "H"), ("vsinh", "H"), ("sinh", "S"))},
    ("mstateen0", "c"): "Xdoppel",
    **{("hisadis", field): field.capitalize() for field in (
        "m", "a", "zba", "zbb", "zbs", "zicond", "zicbom", "zicboz", "zicntr", "zihpm")},
}

# Custom read-write hypervisor CSRs stand at 0x6C0-0x6FF, read-only ones at 0xEC0-0xEFF ("CSR Address Mapping Conventions").
XDOPPEL_NUMBERS = {"hdcap": 0xEC0, "hple": 0x6C0, "hisadis": 0x6C1, "hpmla": 0x6C2, "hpmli": 0x6C3, "hioba": 0x6C4,
                   "hiobg": 0x6C5, "hiobh": 0x6C6}

# "When V=1 ... instructions that normally read or modify a supervisor CSR shall instead access the VS CSR".
SUBSTITUTES = {
    "sstatus": "vsstatus", "sie": "vsie", "stvec": "vstvec", "sscratch": "vsscratch", "sepc": "vsepc",
    "scause": "vscause", "stval": "vstval", "sip": "vsip", "stimecmp": "vstimecmp", "satp": "vsatp",
}

# Where a VIEW's bits are stored: (CSR, field) -> (CSR, mask there).
VIEWS = {
    ("cycle", "value"): ("mcycle", ALL), ("instret", "value"): ("minstret", ALL),
    **{(f"hpmcounter{n}", "value"): (f"mhpmcounter{n}", ALL) for n in range(3, 32)},
    ("sstatus", "sie"): ("mstatus", 0x2), ("sstatus", "spie"): ("mstatus", 0x20),
    ("sstatus", "spp"): ("mstatus", 0x100), ("sstatus", "sum"): ("mstatus", 0x4_0000),
    ("sstatus", "mxr"): ("mstatus", 0x8_0000),
    ("sie", "ssie"): ("mie", 0x2), ("sie", "stie"): ("mie", 0x20), ("sie", "seie"): ("mie", 0x200),
    ("sip", "ssip"): ("mip", 0x2), ("sip", "stip"): ("mip", 0x20), ("sip", "seip"): ("mip", 0x200),
    ("vsie", "ssie"): ("mie", 0x4), ("vsie", "stie"): ("mie", 0x40), ("vsie", "seie"): ("mie", 0x400),
    ("vsip", "ssip"): ("mip", 0x4), ("vsip", "stip"): ("mip", 0x40), ("vsip", "seip"): ("mip", 0x400),
    ("hie", "vssie"): ("mie", 0x4), ("hie", "vstie"): ("mie", 0x40), ("hie", "vseie"): ("mie", 0x400),
    ("hip", "vssip"): ("mip", 0x4), ("hip", "vstip"): ("mip", 0x40), ("hip", "vseip"): ("mip", 0x400),
    ("mip", "vssip"): ("hvip", 0x4),
}

# Machine cause register values ("mcause values after trap"; H adds 10 and 20-23).
EXCEPTIONS = {
    0: "INSTRUCTION_MISALIGNED", 1: "INSTRUCTION_ACCESS_FAULT", 2: "ILLEGAL_INSTRUCTION", 3: "BREAKPOINT",
    4: "LOAD_MISALIGNED", 5: "LOAD_ACCESS_FAULT", 6: "STORE_MISALIGNED", 7: "STORE_ACCESS_FAULT",
    8: "ECALL_U", 9: "ECALL_S", 10: "ECALL_VS", 11: "ECALL_M", 12: "INSTRUCTION_PAGE_FAULT",
    13: "LOAD_PAGE_FAULT", 15: "STORE_PAGE_FAULT", 18: "SOFTWARE_CHECK", 19: "HARDWARE_ERROR",
    20: "INSTRUCTION_GUEST_PAGE_FAULT", 21: "LOAD_GUEST_PAGE_FAULT", 22: "VIRTUAL_INSTRUCTION",
    23: "STORE_GUEST_PAGE_FAULT", 24: "PAUSE_LOOP", 25: "PAGE_LOG_FULL",
}
INTERRUPTS = {1: "SSI", 2: "VSSI", 3: "MSI", 5: "STI", 6: "VSTI", 7: "MTI", 9: "SEI", 10: "VSEI", 11: "MEI"}

# medeleg: bit 0 cannot occur (IALIGN=16), bit 11 is an ecall from M. hedeleg: in the table of "Hypervisor
# Trap Delegation" bits 9-11 and 20-23 are read-only zero; bit 0 as above.
MEDELEG = 0x00FC_B7FE
MEDELEG_XDOPPEL = 0x0300_0000           # custom causes, docs/xdoppel.md
HEDELEG = 0x000C_B1FE
MIDELEG_WRITABLE, MIDELEG_ONES, HIDELEG_WRITABLE = 0x222, 0x444, 0x444

# Decreasing priority: "MEI, MSI, MTI, SEI, SSI, STI, SGEI, VSEI, VSSI, VSTI"; no SGEI because GEILEN = 0.
INTERRUPT_PRIORITY = [11, 3, 7, 9, 1, 5, 10, 2, 6]

# "Synchronous exception priority", highest first, without address breakpoints. Misaligned stands above page
# and access faults, which the manual leaves to the implementation.
EXCEPTION_PRIORITY = [{12, 20, 1, 25}, {2, 22, 24, 0, 8, 9, 10, 11, 3}, {4, 6}, {13, 15, 21, 23, 5, 7, 25}]

# Nominal privilege and V, 3 bits: V, then the manual's encoding U 00, S 01, M 11.
MODES = {0: "U", 1: "S", 3: "M", 4: "VU", 5: "VS"}

# "Special pseudoinstruction values": 64-bit read and write for VS-stage address translation.
TINST_READ_PTE, TINST_WRITE_PTE = 0x3000, 0x3020

# Sv39 page-table entry.
PTE = {"v": 0x1, "r": 0x2, "w": 0x4, "x": 0x8, "u": 0x10, "g": 0x20, "a": 0x40, "d": 0x80, "rsw": 0x300,
       "ppn": 0x003F_FFFF_FFFF_FC00, "reserved": 0xFFC0_0000_0000_0000}
PAGING = {"PAGE_SHIFT": 12, "PTE_SIZE": 8, "LEVELS": 3, "VPN_BITS": 9, "X4_BITS": 2, "VA_BITS": 39,
          "GPA_BITS": 41, "MODE_BARE": 0, "MODE_SV39": 8, "MODE_SV39X4": 8}

# Physical memory protection: fields of pmpcfg's bytes ("PMP configuration register format"), encoding of A.
PMPCFG = {"r": 0x1, "w": 0x2, "x": 0x4, "a": 0x18, "l": 0x80}
PMP_MODES = {"OFF": 0, "TOR": 1, "NA4": 2, "NAPOT": 3, "ADDRESS_SHIFT": 2}

# Values of mhpmevent; what only an implementation with caches counts is not architectural.
EVENTS = {"NONE": 0, "TLB_MISS": 1, "TLB_MISS_G": 2, "WALK_REFERENCE": 3, "EXIT_INTERRUPT": 4, "EXIT_GUEST_PAGE": 5,
          "EXIT_VIRTUAL": 6, "EXIT_ECALL": 7, "EXIT_OTHER": 8, "FETCH_MISS": 9, "DATA_MISS": 10, "BRANCH_MISS": 11}
ARCHITECTURAL_EVENTS = {0, 4, 5, 6, 7, 8}

# Extension of each instruction that is not in RV64I: unprivileged manual, "B", "Zicond", "CMO"; privileged, "Svinval".
EXTENSIONS = {
    "Zba": "add.uw sh1add sh2add sh3add sh1add.uw sh2add.uw sh3add.uw slli.uw",
    "Zbb": "andn orn xnor clz clzw ctz ctzw cpop cpopw max maxu min minu sext.b sext.h zext.h rol rolw ror rori roriw rorw "
           "orc.b rev8",
    "Zbs": "bclr bclri bext bexti binv binvi bset bseti",
    "Zicond": "czero.eqz czero.nez",
    "Zicbom": "cbo.clean cbo.flush cbo.inval", "Zicboz": "cbo.zero", "Zicbop": "prefetch.i prefetch.r prefetch.w",
    "Svinval": "sinval.vma sfence.w.inval sfence.inval.ir", "Svinval+H": "hinval.vvma hinval.gvma",
    "H": "hfence.vvma hfence.gvma hlv.b hlv.bu hlv.h hlv.hu hlv.w hlv.wu hlv.d hlvx.hu hlvx.wu hsv.b hsv.h hsv.w hsv.d",
    "S": "sret sfence.vma", "Zifencei": "fence.i", "Zihintpause": "pause",
    "Zicsr": "csrrw csrrs csrrc csrrwi csrrsi csrrci",
    "M": "mul mulh mulhsu mulhu div divu rem remu mulw divw divuw remw remuw",
    "A": " ".join(f"{name}.{size}" for size in "wd" for name in (
        "lr", "sc", "amoswap", "amoadd", "amoxor", "amoand", "amoor", "amomin", "amomax", "amominu", "amomaxu")),
}

# Device addresses of Spike and of QEMU's virt machine, where they agree; lost write-backs are our own (docs/bus_error.md).
PLATFORM = {"BOOT_ROM": 0x1000, "FINISHER": 0x10_0000, "CLINT": 0x200_0000, "PLIC": 0xC00_0000,
            "UART": 0x1000_0000, "BUS_ERROR": 0x3002_0000}
RAM_BASE = 0x8000_0000
PLATFORM_CONSTANTS = {
    "CLINT_MSIP": 0, "CLINT_MTIMECMP": 0x4000, "CLINT_MTIME": 0xBFF8,
    "FINISHER_PASS": 0x5555, "FINISHER_FAIL": 0x3333, "FINISHER_RESET": 0x7777,
    "PLIC_PRIORITY": 0, "PLIC_PENDING": 0x1000, "PLIC_ENABLE": 0x2000, "PLIC_ENABLE_STRIDE": 0x80,
    "PLIC_CONTEXT": 0x20_0000, "PLIC_CONTEXT_STRIDE": 0x1000, "UART_IRQ": 10, "RESET_VECTOR": 0x1000,
    "BUS_ERROR_STATUS": 0, "BUS_ERROR_ADDRESS": 8, "BUS_ERROR_IRQ": 11,
}


def rvc_is_legal(word: int) -> bool:
    """Is this halfword RV64C without floating point ("RVC Instruction Set Listings")? HINTs are legal."""
    quadrant, funct3, rd, rs2 = word & 3, word >> 13, word >> 7 & 31, word >> 2 & 31
    imm6 = word >> 7 & 32 | rs2
    if quadrant == 0:
        return funct3 in (2, 3, 6, 7) or (funct3 == 0 and word >> 5 & 0xFF != 0)
    if quadrant == 1:
        if funct3 == 1:
            return rd != 0
        if funct3 == 3:
            return imm6 != 0
        if funct3 == 4 and word >> 10 & 3 == 3:
            return word >> 12 & 1 == 0 or word >> 6 & 1 == 0
        return True
    if quadrant == 2:
        if funct3 in (2, 3):
            return rd != 0
        if funct3 == 4:
            return rd != 0 or rs2 != 0 or word >> 12 & 1 == 1
        return funct3 in (0, 6, 7)
    return False
