"""Branch prediction: targets, directions, and a stack of return addresses.

Manual: unprivileged ch. 2 "Control Transfer Instructions", the hints of JAL and JALR about return-address stacks.
"""

from amaranth.hdl import *
from amaranth.lib import data, enum, memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from .block_ram import BlockRam
from .config import Config
from .tree import any_of
from .types import Guess, Prediction, Snapshot

SLOTS = 4               # halfwords of a fetched word: an entry stands where its control transfer ends
TAG_BITS = 16
TARGET_BITS = 39        # an Sv39 address; the bits above repeat its highest one
WEAKLY_TAKEN = 0b10     # of the counters 0 to 3; the upper half predicts that a branch is taken
LIMITS = {"btb_entries": 2048, "bht_entries": 16384, "ras_entries": 16}


class Kind(enum.Enum, shape=2):
    """Control transfers that are predicted in different ways."""

    BRANCH = 0      # conditional
    JUMP = 1
    CALL = 2
    RETURN = 3


class Entry(data.Struct):
    """A control transfer that was taken."""

    valid: 1
    kind: Kind
    target: TARGET_BITS - 1     # without its bit 0


class Outcome(data.Struct):
    """An instruction in X, or a branch that M decides, and what became of its prediction."""

    valid: 1        # it leaves the stage
    wrong: 1        # fetch did not go on where execution does; with `valid`
    pc: 64
    compressed: 1
    conditional: 1
    jump: 1         # JAL, JALR
    indirect: 1     # JALR
    rd: 5
    rs1: 5
    taken: 1
    target: 64
    link: 64        # address of the following instruction
    guess: Guess


def outcome_of(outcome, instruction, *, valid, wrong, taken, target, link=0):
    """Assignments of all of an `Outcome`, from an instruction in the pipeline and from what became of it."""
    control = instruction.control
    return [
        outcome.valid.eq(valid),
        outcome.wrong.eq(wrong),
        outcome.taken.eq(taken),
        outcome.target.eq(target),
        outcome.link.eq(link),
        *(getattr(outcome, name).eq(getattr(instruction, name)) for name in ("pc", "compressed", "guess")),
        *(getattr(outcome, name).eq(getattr(control, name)) for name in ("conditional", "jump", "indirect", "rd", "rs1")),
    ]


class Predict(wiring.Component):
    """Predicts every control transfer of a fetched word: a row of entries, one for each halfword, and as many counters.

    1. The tables are read with the word's address in the cycle before `prediction` is valid. A prediction costs no cycle.
    2. `accept` moves history and return stack on, as if the prediction were right. A wrong one (`outcome.wrong`) sets them back
       to the snapshot that the instruction brings, and from there on by what really happened; another redirect, and `forget`,
       only set them back.
    3. The tables learn one cycle after `outcome`: an entry from each taken transfer that was predicted wrongly, a counter from
       each branch that has an entry. What is no control transfer loses its entry.
    4. Rows know nothing of address spaces, and tags are short: a prediction may be wrong in every way.
    """

    def __init__(self, config: Config):
        for name, most in LIMITS.items():
            size = getattr(config, name)
            if not 8 <= size <= most and name != "ras_entries" or not 2 <= size <= most or size & (size - 1):
                raise ValueError(f"With branch prediction {name} is a power of two up to {most}, not {size!r}.")
        self._config = config
        super().__init__({
            "following":  In(64),       # address that is looked up in the next cycle
            "vaddr":      In(64),       # ... in this cycle: of the first byte that is wanted of the word
            "next_word":  In(61),       # ... plus 1, in words
            "prediction": Out(Prediction),
            "target":     Out(64),
            "accept":     In(1),        # fetch takes the word and follows the prediction
            "redirect":   In(1),
            "outcome":    In(Outcome),
            "forget":     In(1),        # the entry of the halfword at `forget_at` cuts an instruction
            "forget_at":  In(64),
            "forget_to":  In(Snapshot),
        })

    def elaborate(self, platform):
        m = Module()
        config, outcome = self._config, self.outcome
        rows, counter_rows = config.btb_entries // SLOTS, config.bht_entries // SLOTS
        row_bits, history_bits = exact_log2(rows), exact_log2(counter_rows)
        m.submodules.tags = tags = BlockRam(TAG_BITS, rows)
        entries = [BlockRam(Entry, rows) for _ in range(SLOTS)]
        counters = [BlockRam(2, counter_rows) for _ in range(SLOTS)]
        for slot in range(SLOTS):
            m.submodules[f"entries{slot}"], m.submodules[f"counters{slot}"] = entries[slot], counters[slot]

        # ---- Lookup ------------------------------------------------------------------------------
        prediction = self.prediction
        history, depth = Signal(history_bits), Signal(range(config.ras_entries))
        wanted, branches, takes, first = (Signal(SLOTS, name=n) for n in ("wanted", "branches", "takes", "first"))
        chosen = Signal(Entry)
        for slot, (entry, counter) in enumerate(zip(entries, counters, strict=True)):
            m.d.comb += [
                # So that the zeros of a fresh table predict a branch that has an entry as taken.
                prediction.counters[slot].eq(counter.data ^ WEAKLY_TAKEN),
                wanted[slot].eq(entry.data.valid & (self.vaddr[1:3] <= slot if slot < 3 else 1)),
                branches[slot].eq(entry.data.kind == Kind.BRANCH),
                takes[slot].eq(wanted[slot] & (~branches[slot] | prediction.counters[slot][1])),
                first[slot].eq(takes[slot] & ~takes[:slot].any()),
                prediction.known[slot].eq(wanted[slot] & prediction.snapshot.row),
            ]
        m.d.comb += [
            prediction.snapshot.row.eq(tags.data == self.vaddr[3 + row_bits:3 + row_bits + TAG_BITS]),
            prediction.snapshot.history.eq(history),
            prediction.snapshot.depth.eq(depth),
            prediction.taken.eq(takes.any() & prediction.snapshot.row),
            prediction.last.eq(Cat(first[1] | first[3], first[2] | first[3])),
            chosen.eq(any_of([Mux(first[slot], entries[slot].data.as_value(), 0) for slot in range(SLOTS)])),
        ]

        # ---- History and depth: where the next lookup begins -------------------------------------
        rd_links, rs1_links = _links(outcome.rd), _links(outcome.rs1)
        calls = outcome.jump & rd_links
        returns = outcome.jump & outcome.indirect & rs1_links & ~rd_links
        snapshot = outcome.guess.snapshot
        next_history, next_depth = Signal(history_bits), Signal(range(config.ras_entries))
        pushes, link = Signal(), Signal(TARGET_BITS - 1)
        m.d.comb += [next_history.eq(history), next_depth.eq(depth)]
        with m.If(self.redirect):
            m.d.comb += [
                next_history.eq(snapshot.history),
                next_depth.eq(snapshot.depth),
                link.eq(outcome.link[1:]),
            ]
            with m.If(outcome.wrong):
                with m.If(outcome.taken | outcome.conditional):
                    m.d.comb += next_history.eq(_longer(snapshot.history, outcome.taken, outcome.target))
                m.d.comb += [next_depth.eq(snapshot.depth + calls - returns), pushes.eq(calls)]
        with m.Elif(self.forget):
            m.d.comb += [next_history.eq(self.forget_to.history), next_depth.eq(self.forget_to.depth)]
        with m.Else():
            m.d.comb += link.eq(Cat((prediction.last + 1)[:2], Mux(prediction.last == 3, self.next_word, self.vaddr[3:])))
            with m.If(self.accept & prediction.snapshot.row):
                with m.If((wanted & (branches | takes)).any()):
                    m.d.comb += next_history.eq(_longer(history, takes.any(), self.target))
                with m.If(takes.any() & (chosen.kind == Kind.CALL)):
                    m.d.comb += [next_depth.eq(depth + 1), pushes.eq(1)]
                with m.If(takes.any() & (chosen.kind == Kind.RETURN)):
                    m.d.comb += next_depth.eq(depth - 1)
        m.d.sync += [history.eq(next_history), depth.eq(next_depth)]

        # ---- Return stack ------------------------------------------------------------------------
        m.submodules.stack = stack = memory.Memory(shape=TARGET_BITS - 1, depth=config.ras_entries, init=[])
        read, write = stack.read_port(domain="comb"), stack.write_port()
        m.d.comb += [
            read.addr.eq(depth),
            write.addr.eq(next_depth),
            write.data.eq(link),
            write.en.eq(pushes),
            self.target.eq(Cat(C(0, 1), Mux(chosen.kind == Kind.RETURN, read.data, chosen.target)).as_signed()),
        ]

        # ---- Learning ----------------------------------------------------------------------------
        learned, kind = Signal(Outcome), Signal(Kind)
        m.d.sync += learned.eq(outcome)
        with m.If(calls):
            m.d.sync += kind.eq(Kind.CALL)
        with m.Elif(returns):
            m.d.sync += kind.eq(Kind.RETURN)
        with m.Else():
            m.d.sync += kind.eq(Mux(outcome.jump, Kind.JUMP, Kind.BRANCH))
        end = Signal(3 + row_bits + TAG_BITS)       # address of the halfword that the instruction ends with
        row, slot_of = slice(3, 3 + row_bits), slice(1, 3)
        # A branch that is not taken keeps its entry, unless that is none of a branch, which asks no counter.
        replaces = learned.valid & learned.wrong & (learned.taken | ~learned.conditional | ~learned.guess.counter[1])
        new_row = replaces & learned.taken & ~learned.guess.snapshot.row
        counts = learned.valid & learned.conditional & (learned.guess.known | learned.taken)
        counter = learned.guess.counter
        m.d.comb += [
            end.eq(learned.pc + Mux(learned.compressed, 0, 2)),
            tags.address.eq(self.following[row]),
            tags.write.eq(new_row),
            tags.write_address.eq(end[row]),
            tags.write_data.eq(end[3 + row_bits:]),
        ]
        for slot, (entry, direction) in enumerate(zip(entries, counters, strict=True)):
            mine = end[slot_of] == slot
            m.d.comb += [
                entry.address.eq(self.following[row]),
                # Never both: what is forgotten was fetched after the redirect of what is learned.
                entry.write.eq(replaces & mine | new_row | self.forget & (self.forget_at[slot_of] == slot)),
                entry.write_address.eq(Mux(self.forget, self.forget_at[row], end[row])),
                entry.write_data.valid.eq(replaces & mine & learned.taken),
                entry.write_data.kind.eq(kind),
                entry.write_data.target.eq(learned.target[1:]),
                direction.address.eq(self.following[3:3 + history_bits] ^ next_history),
                direction.write.eq(counts & mine),
                direction.write_address.eq(end[3:3 + history_bits] ^ learned.guess.snapshot.history),
                direction.write_data.eq(
                    WEAKLY_TAKEN ^ Mux(learned.taken, counter + (counter != 3), counter - (counter != 0))),
            ]
        return m


def _longer(history, taken, target):
    """History after a word with a branch, or one that a taken transfer left for `target`.

    The lower bits of where it went tell more than a bit for `taken`: also which of the word's transfers it was.
    """
    return (history << 1) ^ Mux(taken, target[1:4], 0)


def _links(register):
    """Is this x1 or x5, the registers that hold return addresses?"""
    return register.matches("00-01")
