"""The CSRs as the privileged manual describes them, in plain Python, for the tests of `rtl/csr.py`.

Masks and numbers are typed here from the manual; nothing comes from `isa` or `rtl`.
"""

U, S, M, VU, VS = 0b000, 0b001, 0b011, 0b100, 0b101
ALL = (1 << 64) - 1
S_BITS, VS_BITS, M_BITS = 1 << 1 | 1 << 5 | 1 << 9, 1 << 2 | 1 << 6 | 1 << 10, 1 << 3 | 1 << 7 | 1 << 11
SIE, MIE, SPIE, MPIE, SPP, MPRV, SUM, MXR = (1 << i for i in (1, 3, 5, 7, 8, 17, 18, 19))
MPP, GVA, MPV = 3 << 11, 1 << 38, 1 << 39
H_GVA, SPV, SPVP = 1 << 6, 1 << 7, 1 << 8
UXL, SXL = 2 << 32, 2 << 34
SSTATUS = SIE | SPIE | SPP | SUM | MXR
STCE = 1 << 63
PRIORITY = (11, 3, 7, 9, 1, 5, 10, 2, 6)

ADUE, CBIE, CBCFE, CBZE = 1 << 61, 3 << 4, 1 << 6, 1 << 7
SE0, ENVCFG = 1 << 63, 1 << 62
LAST_EVENT = 11
HISADIS = ("M", "A", "Zba", "Zbb", "Zbs", "Zicond", "Zicbom", "Zicboz", "Zicntr", "Zihpm")
# Exits of a guest by exception; hpm events 4 (interrupt) and 8 (any other) have none.
EXITS = {20: 5, 21: 5, 23: 5, 22: 6, 8: 7, 10: 7}

# Writable bits of CSRs that are plain storage.
PLAIN = {
    "mstatus": SSTATUS | MIE | MPIE | MPP | MPRV | 7 << 20 | GVA | MPV,
    "vsstatus": SSTATUS,
    "hstatus": H_GVA | SPV | SPVP | 1 << 9 | 7 << 20,
    "medeleg": 0xFCB7FE, "hedeleg": 0x0CB1FE, "mideleg": S_BITS, "hideleg": VS_BITS,
    "mie": S_BITS | VS_BITS | M_BITS, "hvip": VS_BITS,
    "mtvec": ALL - 2, "stvec": ALL - 2, "vstvec": ALL - 2,
    "mepc": ALL - 1, "sepc": ALL - 1, "vsepc": ALL - 1,
    "mcause": 1 << 63 | 63, "scause": 1 << 63 | 63, "vscause": 1 << 63 | 63,
    "mscratch": ALL, "sscratch": ALL, "vsscratch": ALL, "mtval": ALL, "stval": ALL, "vstval": ALL,
    "mtval2": (1 << 62) - 1, "htval": (1 << 62) - 1, "mtinst": (1 << 32) - 1, "htinst": (1 << 32) - 1,
    "mcounteren": 7, "hcounteren": 7, "scounteren": 7, "mcountinhibit": 5,
    "menvcfg": STCE | 1, "henvcfg": STCE | 1, "senvcfg": 1,
    "stimecmp": ALL, "vstimecmp": ALL, "htimedelta": ALL, "minstret": ALL,
    "satp": ALL, "vsatp": ALL, "hgatp": ALL,
}
READ_ONLY = {"mstatus": UXL | SXL, "vsstatus": UXL, "hstatus": UXL, "mideleg": VS_BITS}
BIT63 = 1 << 63
MODES_INHIBITED = 31 << 58
TWINS = {"sstatus": "vsstatus", "sie": "vsie", "stvec": "vstvec", "sscratch": "vsscratch", "sepc": "vsepc",
         "scause": "vscause", "stval": "vstval", "sip": "vsip", "stimecmp": "vstimecmp", "satp": "vsatp"}


def plain_storage(has, hpm, pa_bits):
    """Writable bits of the CSRs of a hart with these extensions, by name."""
    hpm_bits, physical = (1 << 3 + hpm) - 8, (1 << pa_bits) - 1
    blocks = (CBIE | CBCFE if "Zicbom" in has else 0) | (CBZE if "Zicboz" in has else 0)
    walks = STCE | (ADUE if "Svadu" in has else 0)
    plain = PLAIN | {name: PLAIN[name] | hpm_bits for name in PLAIN if name.endswith(("counteren", "countinhibit"))}
    plain |= {"menvcfg": 1 | blocks | walks, "henvcfg": 1 | blocks | walks, "senvcfg": 1 | blocks}
    plain |= {f"mhpmcounter{n}": ALL for n in range(3, 3 + hpm)} | {f"mhpmevent{n}": 15 for n in range(3, 3 + hpm)}
    if "Smstateen" in has:
        plain |= {f"{level}stateen{n}": BIT63 for level in "mh" for n in range(4)}
        plain |= {"mstateen0": SE0 | ENVCFG | ("Xdoppel" in has), "hstateen0": SE0 | ENVCFG}
    if "Smcntrpmf" in has:
        plain |= {"mcyclecfg": MODES_INHIBITED, "minstretcfg": MODES_INHIBITED}
    if "Xdoppel" in has:
        plain |= {"medeleg": PLAIN["medeleg"] | 3 << 24, "hple": 7 << 61 | (1 << 48) - 1, "hpmli": 1023,
                  "hisadis": sum(1 << i for i, name in enumerate(HISADIS) if name in has),
                  "hpmla": 1 | physical & -1 << 12, "hioba": physical & -1 << 13, "hiobh": physical & -1 << 12,
                  "hiobg": 1 | (1 << 41) - (1 << 12) | 0xFFFF << 48}
    return plain


class Csrs:
    """State of one hart. `lines`: MSIP, MTIP, SEIP, MEIP at their bits of mip. `time`: of the platform.

    `has`: its extensions; `hpm`: how many hpm counters count.
    """

    def __init__(self, asid_bits, vmid_bits, pa_bits=56, has=frozenset("H"), hpm=0):
        self.asid_mask, self.vmid_mask = (1 << asid_bits) - 1 << 44, (1 << vmid_bits) - 1 << 44
        self.ppn_mask = (1 << pa_bits - 12) - 1
        self.has, self.hpm, self.plain = has, hpm, plain_storage(has, hpm, pa_bits)
        self.mode, self.lines, self.time = M, 0, 0
        self.at = {name: READ_ONLY.get(name, 0) for name in self.plain}
        self.software = 0       # SSIP, STIP and SEIP as written to mip

    # Reads

    def mip(self):
        a, stce = self.at, self.at["menvcfg"] & STCE
        stip = (self.time >= a["stimecmp"]) << 5 if stce else self.software & 1 << 5
        vstip = (self.time + a["htimedelta"] & ALL) >= a["vstimecmp"] if stce and a["henvcfg"] & STCE else 0
        return self.lines | self.software & (1 << 1 | 1 << 9) | stip | a["hvip"] | vstip << 6

    def read(self, name):
        """Value of a CSR read by an instruction in the current mode."""
        a = self.at
        virtual = self.mode >> 2
        name = TWINS.get(name, name) if virtual else name
        match name:
            case "sstatus":
                return a["mstatus"] & SSTATUS | UXL
            case "mip":
                return self.mip()
            case "sip":
                return self.mip() & a["mideleg"] & S_BITS
            case "sie":
                return a["mie"] & a["mideleg"] & S_BITS
            case "hip":
                return self.mip() & VS_BITS
            case "hie":
                return a["mie"] & VS_BITS
            case "vsip":
                return (self.mip() & a["hideleg"]) >> 1
            case "vsie":
                return (a["mie"] & a["hideleg"]) >> 1
            case "time":
                return self.time + (a["htimedelta"] if virtual else 0) & ALL
            case "instret":
                return a["minstret"]
            case "misa":
                letters = "ACHIMSU" + "B" * (self.has >= {"Zba", "Zbb", "Zbs"}) + "X" * ("Xdoppel" in self.has)
                return 2 << 62 | sum(1 << ord(letter) - ord("A") for letter in letters)
            case "mimpid":
                return 1
            case "hdcap":
                return 0xF01
            case _ if name.startswith("hpmcounter"):
                name = "m" + name
        return a.get(name, 0) & ~self.hidden(name)

    def hidden(self, name):
        """Bits that read as zero and keep their value, because of another CSR."""
        a, taken = self.at, self.at.get("hisadis", 0) if self.mode >> 2 else 0
        match name:
            case "henvcfg":
                return (STCE | ADUE) & ~a["menvcfg"]
            case "scounteren":
                return (7 if taken >> 8 & 1 else 0) | (ALL - 7 if taken >> 9 & 1 else 0)
            case "senvcfg":
                return (CBIE | CBCFE if taken >> 6 & 1 else 0) | (CBZE if taken >> 7 & 1 else 0)
            case _ if name.startswith("hstateen"):
                return ~a["m" + name[1:]]
        return 0

    # Writes

    def write(self, name, op, operand):
        """CSRRW, CSRRS or CSRRC (op 0, 1, 2) in the current mode."""
        old = self.read(name)
        if name == "mip":       # the line of the interrupt controller is not part of the value that is modified
            old = old & ~(1 << 9) | self.software & 1 << 9
        new = (operand, old | operand, old & ~operand)[op]
        self._store(TWINS.get(name, name) if self.mode >> 2 else name, new)

    def _merge(self, name, new, mask):
        if mask:
            self.at[name] = self.at[name] & ~mask | new & mask

    def _store(self, name, new):
        a, mode = self.at, new >> 60
        supported = mode in (0, 8)
        match name:
            case "mstatus":
                self._merge(name, new & ~(MPP if new >> 11 & 3 == 2 else 0), self.plain[name])
            case "sstatus":
                self._merge("mstatus", new, SSTATUS)
            case "satp" | "vsatp":
                fields = self.asid_mask | self.ppn_mask
                if supported:
                    self._merge(name, new, 15 << 60 | fields)
                elif name == "vsatp" and not self.mode >> 2:
                    self._merge(name, new, fields)
            case "hgatp":
                self._merge(name, new, (15 << 60 if supported else 0) | self.vmid_mask | self.ppn_mask & -4)
            case "menvcfg" | "senvcfg" | "henvcfg":
                self._merge(name, new & ~(CBIE if new & CBIE == 2 << 4 else 0), self.plain[name] & ~self.hidden(name))
            case "mip":
                mask = 1 << 1 | 1 << 9 | (0 if a["menvcfg"] & STCE else 1 << 5)
                self.software = self.software & ~mask | new & mask
                self._merge("hvip", new, 1 << 2)
            case "sip":
                mask = a["mideleg"] & 1 << 1
                self.software = self.software & ~mask | new & mask
            case "hip":
                self._merge("hvip", new, 1 << 2)
            case "vsip":
                self._merge("hvip", new << 1, a["hideleg"] & 1 << 2)
            case "sie":
                self._merge("mie", new, a["mideleg"] & S_BITS)
            case "hie":
                self._merge("mie", new, VS_BITS)
            case "vsie":
                self._merge("mie", new << 1, a["hideleg"])
            case _ if name.startswith("mhpmevent"):
                self._merge(name, new if new & 15 <= LAST_EVENT else 0, self.plain.get(name, 0))
            case _ if name in self.plain:
                self._merge(name, new, self.plain[name] & ~self.hidden(name))

    # Interrupts

    def interrupt(self):
        """Code of the interrupt to take now, or None."""
        a, mode, virtual = self.at, self.mode, self.mode >> 2
        ready = self.mip() & a["mie"]
        arms = (
            (ready & ~a["mideleg"], mode != M or a["mstatus"] & MIE),
            (ready & a["mideleg"] & ~a["hideleg"], virtual or mode == U or mode == S and a["mstatus"] & SIE),
            (ready & a["mideleg"] & a["hideleg"], mode == VU or mode == VS and a["vsstatus"] & SIE),
        )
        for bits, enabled in arms:
            if enabled and bits:
                return next(code for code in PRIORITY if bits >> code & 1)
        return None

    # Traps. Each method changes the state and returns the pc.

    def trap(self, interrupt, cause, pc, tval, tval2, tinst, guest_address):
        """Trap entry: VS, HS, M."""
        a, mode, virtual = self.at, self.mode, self.mode >> 2
        delegated, onward = (a["mideleg"], a["hideleg"]) if interrupt else (a["medeleg"], a["hedeleg"])
        to_s = mode != M and delegated >> cause & 1
        pc &= ~1
        if virtual and not (to_s and onward >> cause & 1):
            self._count(4 if interrupt else EXITS.get(cause, 8))
        if to_s and virtual and onward >> cause & 1:
            cause -= 1 if interrupt and VS_BITS >> cause & 1 else 0
            a["vsstatus"] = self._push_s(a["vsstatus"])
            a["vsepc"], a["vscause"], a["vstval"] = pc, interrupt << 63 | cause, tval
            self.mode, tvec = VS, a["vstvec"]
        elif to_s:
            a["mstatus"] = self._push_s(a["mstatus"])
            hstatus = a["hstatus"] & ~(SPV | H_GVA) | (SPV if virtual else 0) | (H_GVA if guest_address else 0)
            if virtual:
                hstatus = hstatus & ~SPVP | (SPVP if mode & 1 else 0)
            a["hstatus"] = hstatus
            a["sepc"], a["scause"], a["stval"] = pc, interrupt << 63 | cause, tval
            a["htval"], a["htinst"] = tval2, tinst
            self.mode, tvec = S, a["stvec"]
        else:
            status = a["mstatus"] & ~(MPP | MPV | GVA | MPIE | MIE)
            status |= (mode & 3) << 11 | (MPV if virtual else 0) | (GVA if guest_address else 0)
            a["mstatus"] = status | (MPIE if a["mstatus"] & MIE else 0)
            a["mepc"], a["mcause"], a["mtval"] = pc, interrupt << 63 | cause, tval
            a["mtval2"], a["mtinst"] = tval2, tinst
            self.mode, tvec = M, a["mtvec"]
        base = tvec & ~3
        return base + 4 * cause & ALL if tvec & 1 and interrupt else base

    def _count(self, event):
        for n in range(3, 3 + self.hpm):
            if self.at[f"mhpmevent{n}"] == event and not self.at["mcountinhibit"] >> n & 1:
                self.at[f"mhpmcounter{n}"] = self.at[f"mhpmcounter{n}"] + 1 & ALL

    def _push_s(self, status):
        pushed = status & ~(SPP | SPIE | SIE)
        return pushed | (SPP if self.mode & 1 else 0) | (SPIE if status & SIE else 0)

    @staticmethod
    def _pop_s(status):
        return status & ~(SPP | SIE) | SPIE | (SIE if status & SPIE else 0)

    def mret(self):
        """MRET in M."""
        a = self.at
        status = a["mstatus"]
        mpp = status >> 11 & 3
        self.mode = mpp | (4 if status & MPV and mpp != M else 0)
        a["mstatus"] = status & ~(MPP | MPV | MIE | (MPRV if mpp != M else 0)) | MPIE | (MIE if status & MPIE else 0)
        return a["mepc"]

    def sret(self):
        """SRET in M, HS or VS."""
        a = self.at
        if self.mode >> 2:
            self.mode = VS if a["vsstatus"] & SPP else VU
            a["vsstatus"] = self._pop_s(a["vsstatus"])
            return a["vsepc"]
        self.mode = (S if a["mstatus"] & SPP else U) | (4 if a["hstatus"] & SPV else 0)
        a["mstatus"] = self._pop_s(a["mstatus"]) & ~MPRV
        a["hstatus"] &= ~SPV
        return a["sepc"]

    def data_mode(self):
        """Effective mode of an ordinary load or store."""
        status = self.at["mstatus"]
        if not status & MPRV:
            return self.mode
        mpp = status >> 11 & 3
        return M if mpp == M else mpp | (4 if status & MPV else 0)
