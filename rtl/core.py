"""The core: five stages F D X M W, in order, single issue. It instantiates, connects, and states the hazards."""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa import retire

from . import activity, wishbone
from .activity import Activity
from .alu import Alu
from .arbiter import Arbiter
from .branch import Branch
from .commit import Commit, CsrVerdict, Operation
from .config import Config
from .csr import CsrFile
from .dcache import DataCache
from .decode import Decode, Decoded, Unit
from .decompress import Decompress
from .div import Div
from .fetch import Fetch
from .forward import Forward, Producer
from .from_isa import CACHED_PAGE_BITS
from .late import Late
from .lsu import Lsu, MemRequest, request_of, translation_of
from .mmu.mmu import Mmu
from .mul import Mul
from .realign import Fetched
from .redirect import Redirect
from .regfile import RegFile
from .retire import Retire
from .stage import Stage
from .types import Mode
from .uncached import Uncached
from .word_bus import WordBus

# What a host that shares RAM with the hart needs; the SoC hands it through. Reset leaves no page uncached.
HOST = {
    "uncached_first": In(CACHED_PAGE_BITS, init=1),
    "uncached_last":  In(CACHED_PAGE_BITS),
    "flush":          In(1),
    "flushed":        Out(1),
}


class Writeback(data.Struct):
    """An instruction in W."""

    rd: 5
    value: 64


def writes_csr(instruction) -> Value:
    """Does this CSR instruction write? Not CSRRS and CSRRC of x0 or of a zero."""
    return instruction.control.csr_always | (instruction.insn[15:20] != 0)


class Core(wiring.Component):
    """One hart.

    Interrupt lines are levels, synchronous to the clock. `mtime` is the platform's timer. `retire` is
    described in `isa/retire.py`; a record shows for one cycle. `activity` is an `Activity` of the present cycle.

    For whoever reads and writes RAM besides the hart: caches leave the physical pages from `uncached_first` to
    `uncached_last` alone. `flush` is held until `flushed`; from then on RAM holds whatever was stored, and as long as
    `flush` stays no load or store begins. `lost` is high for one cycle when the write-back of a modified line to
    `lost_paddr` met a bus error.
    """

    def __init__(self, config: Config):
        missing = [e for e in "ICSU" if not config.profile.has(e)]
        if missing:
            raise ValueError(f"The core needs {', '.join(missing)}, which {config.name!r} leaves out.")
        self._config = config
        super().__init__({
            "ibus":     Out(wishbone.Signature()),
            "dbus":     Out(wishbone.Signature()),
            "irq_msip": In(1),
            "irq_mtip": In(1),
            "irq_meip": In(1),
            "irq_seip": In(1),
            "mtime":    In(64),
            "retire":   Out(64 * retire.WORDS),
            "activity": Out(activity.WIDTH),
            **HOST,
            "lost":       Out(1),
            "lost_paddr": Out(56),
        })

    def elaborate(self, platform):
        m = Module()
        config = self._config

        # ---- Stages ------------------------------------------------------------------------------
        m.submodules.d = d = Stage(Fetched)
        m.submodules.x = x = Stage(Decoded)
        m.submodules.m = m_ = Stage(Operation)
        m.submodules.w = w = Stage(Writeback)

        # ---- Units -------------------------------------------------------------------------------
        m.submodules.fetch = fetch = Fetch(config)
        m.submodules.decompress = decompress = Decompress()
        m.submodules.decode = decode = Decode(config)
        m.submodules.regfile = regfile = RegFile()
        m.submodules.forward_a = forward_a = Forward()
        m.submodules.forward_b = forward_b = Forward()
        m.submodules.alu = alu = Alu()
        m.submodules.branch = branch = Branch()
        m.submodules.redirect = redirect = Redirect()
        m.submodules.late = late = Late()
        m.submodules.mul = mul = Mul()
        m.submodules.div = div = Div()
        m.submodules.lsu = lsu = Lsu()
        m.submodules.csr = csr = CsrFile(config)
        m.submodules.commit = commit = Commit(config)
        m.submodules.mmu = mmu = Mmu(config)
        cached = config.dcache_kib > 0
        m.submodules.memory = memory = DataCache(config) if cached else Uncached(zeroes=config.profile.has("Zicboz"))
        m.submodules.retire = record = Retire()

        # ---- F: fetch ----------------------------------------------------------------------------
        connect(m, fetch.bus, flipped(self.ibus))
        connect(m, fetch.translate, mmu.fetch)
        connect(m, fetch.out, d.enter)
        m_control = m_.payload.control
        m.d.comb += [
            fetch.mode.eq(csr.mode),
            *(getattr(fetch, name).eq(getattr(redirect, name))
              for name in ("stop", "redirect", "target", "invalidate", "update", "outcome")),
        ]

        # ---- D: decode, read registers -----------------------------------------------------------
        m.d.comb += [
            decompress.raw.eq(d.payload.raw),
            decode.insn.eq(decompress.insn),
            regfile.rs1.eq(decode.control.rs1),
            regfile.rs2.eq(decode.control.rs2),
            forward_a.number.eq(decode.control.rs1),
            forward_b.number.eq(decode.control.rs2),
            forward_a.stored.eq(regfile.value1),
            forward_b.stored.eq(regfile.value2),
            x.enter.valid.eq(d.moves),
            x.enter.p.pc.eq(d.payload.pc),
            x.enter.p.insn.eq(decompress.insn),
            x.enter.p.half.eq(d.payload.raw[:16]),
            x.enter.p.compressed.eq(decompress.compressed),
            x.enter.p.fetch_fault.eq(d.payload.fault),
            x.enter.p.guess.eq(d.payload.guess),
            x.enter.p.control.eq(decode.control),
            x.enter.p.a.eq(forward_a.value),
            x.enter.p.b.eq(forward_b.value),
            x.enter.p.late_a.eq(forward_a.wait),
            x.enter.p.late_b.eq(forward_b.wait),
            x.enter.p.deferred.eq((forward_a.wait | forward_b.wait) & decode.control.deferrable),
            d.next_ready.eq(x.enter.ready),
        ]
        d_waits = (forward_a.wait | forward_b.wait & ~decode.control.late_b) & ~decode.control.deferrable
        d.stall_on(d_waits)
        d.kill_on(redirect.redirect)
        d.kill_on(commit.flush)

        # ---- X: execute --------------------------------------------------------------------------
        x_control = x.payload.control
        x_is_div = x.valid & (x_control.unit == Unit.DIV)
        x_result = Signal(64)
        m_result = Signal(64)
        m.d.comb += [
            alu.op.eq(x_control.alu),
            alu.a.eq(x.payload.a),
            alu.b.eq(Mux(x_control.use_imm, x_control.imm, x.payload.b)),
            branch.conditional.eq(x_control.conditional),
            branch.condition.eq(x.payload.insn[12:15]),
            branch.jump.eq(x_control.jump),
            branch.indirect.eq(x_control.indirect),
            branch.compressed.eq(x.payload.compressed),
            branch.pc.eq(x.payload.pc),
            branch.imm.eq(x_control.imm),
            branch.a.eq(x.payload.a),
            branch.less.eq(alu.less),
            branch.equal.eq(alu.equal),
            # The instruction there need not have arrived.
            branch.behind.eq(Mux(d.valid, d.payload.pc, fetch.out.p.pc)),
            mul.start.eq(x.moves),
            mul.op.eq(x.payload.insn[12:14]),
            mul.word.eq(x_control.word),
            mul.a.eq(x.payload.a),
            mul.b.eq(x.payload.b),
            div.valid.eq(x_is_div),
            div.op.eq(x.payload.insn[12:14]),
            div.word.eq(x_control.word),
            div.a.eq(x.payload.a),
            div.b.eq(x.payload.b),
            div.take.eq(x.moves),
            x_result.eq(Mux(x_control.jump, branch.link,
                            Mux(x_control.pc_relative, branch.target, alu.result))),
            m_.enter.valid.eq(x.moves),
            *(getattr(m_.enter.p, name).eq(getattr(x.payload, name))
              for name in ("pc", "insn", "half", "compressed", "fetch_fault", "guess", "deferred")),
            m_.enter.p.next_pc.eq(redirect.x_next_pc),
            m_.enter.p.control.eq(x_control),
            # What an instruction waits for is in M while it is in X, and leaves M when it leaves X.
            m_.enter.p.result.eq(Mux(x.payload.deferred, Mux(x.payload.late_a, m_result, x.payload.a), x_result)),
            m_.enter.p.source.eq(Mux(x.payload.late_b, m_result, x.payload.b)),
            m_.enter.p.target.eq(Mux(redirect.x_taken, branch.link, branch.target)),
            x.next_ready.eq(m_.enter.ready),
            redirect.x_valid.eq(x.valid),
            redirect.x_moves.eq(x.moves),
            redirect.x.eq(x.payload),
            redirect.taken.eq(branch.taken),
            redirect.x_target.eq(branch.target),
            redirect.link.eq(branch.link),
            redirect.foreseen.eq(branch.foreseen),
            redirect.m.eq(m_.payload),
            redirect.m_fence_i.eq(commit.retires & m_control.fence_i),
            redirect.m_decides.eq(commit.decides),
            redirect.m_flush.eq(commit.flush),
            redirect.m_branches.eq(commit.branches),
            redirect.m_update.eq(commit.update),
            redirect.m_target.eq(commit.target),
            redirect.holds.eq(late.holds),
        ]
        x.stall_on(x_is_div & ~div.done | csr.busy)
        x.kill_on(commit.flush)

        # ---- M: access memory and CSRs, commit ---------------------------------------------------
        access_mode, x_request = Signal(Mode), Signal(MemRequest)
        x_address = (x.payload.a + x_control.imm)[:64]      # of a memory access, before the ALU has it
        m.d.comb += [
            access_mode.eq(csr.access_mode(m_control.sys)),
            commit.valid.eq(m_.valid),
            commit.op.eq(m_.payload),
            commit.rd_value.eq(m_result),
            commit.fetch_fault.eq(fetch.fault),
            commit.access_mode.eq(access_mode),
            commit.csr_request.eq(csr.request),
            commit.mem_done.eq(lsu.done),
            commit.mem.eq(lsu.response),
            lsu.valid.eq(commit.mem_valid),
            *request_of(lsu.request, m_control, mode=access_mode, vaddr=m_.payload.result, source=m_.payload.source),
            lsu.clear_reservation.eq(commit.trap_enter | commit.ret_enter),
            m_result.eq(Mux(m_.payload.deferred, late.sum, m_.payload.result)),
            late.subtract.eq(m_control.conditional | m_control.alu.invert),
            late.word.eq(m_control.alu.word),
            late.condition.eq(m_.payload.insn[12:15]),
            late.a.eq(m_.payload.result),
            late.b.eq(Mux(m_control.use_imm, m_control.imm, m_.payload.source)),
            commit.branch_turns.eq(late.holds ^ m_.payload.guess.taken),
            m_.next_ready.eq(w.enter.ready),
            w.enter.valid.eq(m_.moves & ~commit.trap_enter),
            w.enter.p.rd.eq(m_control.rd),
            w.enter.p.value.eq(m_result),
        ]
        with m.Switch(m_control.unit):
            with m.Case(Unit.LOAD, Unit.HLOAD, Unit.AMO):
                m.d.comb += m_result.eq(lsu.response.result)
            with m.Case(Unit.CSR):
                m.d.comb += m_result.eq(csr.rdata)
            with m.Case(Unit.MUL):
                m.d.comb += m_result.eq(mul.result)
            with m.Case(Unit.DIV):
                m.d.comb += m_result.eq(div.result)
        m_.stall_on(commit.stall)
        connect(m, lsu.translate, mmu.data)
        connect(m, csr.pmp, mmu.pmp)
        connect(m, lsu.memory, memory.port)
        m.d.comb += [
            memory.flush.eq(self.flush),
            self.flushed.eq(memory.flushed),
            self.lost.eq(memory.lost),
            self.lost_paddr.eq(memory.lost_paddr),
            lsu.implicit_store.eq(mmu.memory.valid & mmu.memory.write & mmu.memory.done & ~mmu.memory.error),
            lsu.implicit_paddr.eq(mmu.memory.paddr),
            mmu.uncached_first.eq(self.uncached_first),
            mmu.uncached_last.eq(self.uncached_last),
        ]
        if cached:
            connect(m, mmu.memory, memory.walker)
            connect(m, memory.bus, flipped(self.dbus))
            m.d.comb += [
                memory.next_offset.eq(x_address),
                memory.advance.eq(m_.enter.ready),
                memory.uncached_first.eq(self.uncached_first),
                memory.uncached_last.eq(self.uncached_last),
                memory.clean.eq(commit.clean),
                commit.cleaned.eq(memory.cleaned),
                csr.event_data_miss.eq(memory.miss),
            ]
        else:
            m.submodules.walks = walks = WordBus()
            m.submodules.dbus = dbus = Arbiter(2)
            connect(m, mmu.memory, walks.words)
            connect(m, walks.bus, dbus.masters[0])
            connect(m, memory.bus, dbus.masters[1])
            connect(m, dbus.bus, flipped(self.dbus))
            m.d.comb += commit.cleaned.eq(1)

        # ---- CSRs and traps ----------------------------------------------------------------------
        m.d.comb += [
            csr.next.csr.eq(x_control.unit == Unit.CSR),
            csr.next.addr.eq(x.payload.insn[20:32]),
            csr.next.write.eq(writes_csr(x.payload)),
            csr.next.sys.eq(x_control.sys),
            csr.next.cbo_valid.eq(x_control.unit == Unit.CBO),
            csr.next.cbo.eq(x_control.cbo),
            csr.next.masked_by.eq(x_control.masked_by),
            csr.advance.eq(m_.enter.ready),
            csr.request.addr.eq(m_.payload.insn[20:32]),
            csr.request.op.eq(m_control.csr_op),
            csr.request.write.eq(writes_csr(m_.payload)),
            csr.request.operand.eq(m_.payload.result),
            csr.request_valid.eq(commit.csr_valid),
            csr.commit.eq(commit.csr_commit),
            csr.sys_op.eq(m_control.sys),
            csr.pause.eq(m_control.pause),
            csr.acts.eq(commit.acts),
            csr.trap.eq(commit.trap),
            csr.trap_enter.eq(commit.trap_enter),
            csr.ret_enter.eq(commit.ret_enter),
            csr.retire.eq(commit.retires),
            csr.time.eq(self.mtime),
            *(getattr(csr, name).eq(getattr(self, name)) for name in ("irq_msip", "irq_mtip", "irq_meip", "irq_seip")),
            mmu.context.eq(csr.context),
            mmu.fence.eq(commit.fence),
            # The translation of the next access is looked up while it is in X, as its data is.
            *request_of(x_request, x_control, mode=csr.access_mode(x_control.sys), vaddr=x_address, source=0),
            *translation_of(mmu.next, x_request),
            mmu.advance.eq(m_.enter.ready),
            mmu.changes.eq(commit.csr_valid & csr.retranslates),
            mmu.expected.eq(commit.is_mem),
            csr.log_append.eq(mmu.log_append),
            csr.event_fetch_miss.eq(fetch.event_miss),
            csr.event_branch_miss.eq(redirect.x_redirects | commit.branches),
            csr.event_tlb_miss.eq(mmu.tlb_miss),
            csr.event_tlb_miss_g.eq(mmu.g_miss),
            csr.event_walk_reference.eq(mmu.reference),
            record.record.eq(commit.record),
            self.retire.eq(record.retire),
        ]
        m.d.comb += [commit.csr[name].eq(getattr(csr, name)) for name, _ in CsrVerdict.as_shape()]

        # ---- W: write the register ---------------------------------------------------------------
        w_rd = Mux(w.valid, w.payload.rd, 0)
        m.d.comb += [
            w.next_ready.eq(1),
            regfile.rd.eq(w_rd),
            regfile.rd_value.eq(w.payload.value),
        ]

        # ---- Forwarding --------------------------------------------------------------------------
        x_producer, m_producer, w_producer = Signal(Producer), Signal(Producer), Signal(Producer)
        m.d.comb += [
            x_producer.rd.eq(Mux(x.valid, x_control.rd, 0)),
            x_producer.ready.eq(~x_control.late & ~x.payload.deferred),
            x_producer.value.eq(x_result),
            m_producer.rd.eq(Mux(m_.valid, m_control.rd, 0)),
            m_producer.ready.eq(~commit.stall),
            m_producer.value.eq(m_result),
            w_producer.rd.eq(w_rd),
            w_producer.ready.eq(1),
            w_producer.value.eq(w.payload.value),
        ]
        for forward in (forward_a, forward_b):
            m.d.comb += [forward.x.eq(x_producer), forward.m.eq(m_producer), forward.w.eq(w_producer)]

        # ---- What became of this cycle -----------------------------------------------------------
        now = Signal(Activity)
        producer = Mux(x.valid, x_control.unit, m_control.unit).matches(Unit.LOAD, Unit.HLOAD, Unit.AMO)
        m.d.comb += [
            now.m_valid.eq(m_.valid),
            now.m_held.eq(commit.stall | commit.update),
            now.m_memory.eq(commit.mem_valid),
            now.m_walk.eq(lsu.translate.request.valid & ~lsu.translate.request.ready),
            now.m_trap.eq(commit.trap_enter),
            now.flush.eq(commit.flush),
            now.m_branches.eq(commit.branches),
            now.x_valid.eq(x.valid),
            now.x_held.eq(x_is_div & ~div.done),
            now.redirect.eq(redirect.x_redirects),
            now.d_valid.eq(d.valid),
            now.d_wait.eq(d_waits),
            now.d_wait_load.eq(now.d_wait & producer),
            now.f_walk.eq(fetch.translate.request.valid & ~fetch.translate.request.ready),
            now.f_memory.eq(self.ibus.stb & ~self.ibus.ack & ~self.ibus.err),
            self.activity.eq(now),
        ]
        return m
