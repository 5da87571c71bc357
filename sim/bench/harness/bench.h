// The C++ half of the test bench: what its parts share. The Python half is sim/bench/dut.py.
//
// The harness owns the clock, the RAM behind the two Wishbone ports, the UART's byte queues and the buffer
// of retirement records. Python sets `settings`, calls bench_run() and sleeps until the port `wake`
// changes; it then finds the reasons in `status.events`. Between two runs the design stands still, right
// after a falling clock edge.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "Vtop.h"

#define BENCH_API extern "C" __attribute__((visibility("default"), used))

// A member of an interface port; Verilator writes a double underscore as ___05F.
#define PORT(interface, member) (top->interface##___05F##member)
#define RESPONDER_PORTS(bus)                                                                       \
    PORT(bus, adr), PORT(bus, dat_w), PORT(bus, dat_r), PORT(bus, sel), PORT(bus, cyc),            \
        PORT(bus, stb), PORT(bus, we), PORT(bus, cti), PORT(bus, ack), PORT(bus, err)

constexpr uint32_t RECORD_WORDS = 16;         // 64-bit words of the packed `retire` port (isa/retire.py)
constexpr uint32_t RECORD_CAPACITY = 1 << 16;
constexpr uint32_t ACTIVITY_CAPACITY = 1 << 20;

enum Event : uint32_t {
    RECORDS = 1 << 0,       // `threshold` records wait
    BUS_WATCH = 1 << 1,     // a store to a watched address ended on the bus, and the data cache is empty
    RETIRE_WATCH = 1 << 2,  // a store to a watched address retired
    FINISHED = 1 << 3,      // the finisher was written
    LIMIT = 1 << 4,         // all cycles of bench_run() are done
    QUIET = 1 << 5,         // nothing retired for `quiet_limit` cycles
    OVERFLOW = 1 << 6,      // a record, or the activity of a cycle, found the buffer full and is lost
    PROTOCOL = 1 << 7,      // a bus master broke a rule of rtl/wishbone.py; `protocol_address` says where
    FLUSHED = 1 << 8,       // the data cache is empty, as bench_flush() asked
};

// Written by Python, read by the harness. Chances are in 2^-32.
struct Settings {
    uint64_t ram_base;
    uint64_t boot_target;
    uint64_t seed;          // of stalls, random bus errors and interrupts; taken by bench_reset()
    uint64_t quiet_limit;   // 0: none
    uint64_t trace_from;    // cycles [from, to) go to the waveform
    uint64_t trace_to;
    uint32_t uncached_first, uncached_last;     // pages that caches leave alone; taken by bench_reset()
    uint32_t stall_chance;  // that a beat is delayed,
    uint32_t stall_longest; // by 1 to this many cycles
    uint32_t error_chance;  // that a beat ends with `err`; never one of a write burst, whose data would be lost
    uint32_t threshold;     // records that wake Python
    uint32_t record;        // 0: count retirements, keep none
    uint32_t edges;         // 1: cocotb sees both clock edges; slow
    uint32_t mutant;        // fault to switch on, in a build that has any (sim/bench/mutate.py)
    uint32_t activity;      // 1: keep the port `activity` of each cycle
    uint32_t latency;       // cycles before each beat is answered, but for those of a burst behind its first
    uint32_t irq_chance;    // that an interrupt line rises in a cycle, one of four,
    uint32_t irq_longest;   // for 1 to this many cycles
    uint32_t reserved;
};

// Written by the harness, read by Python.
struct Status {
    uint64_t cycles;        // since reset
    uint64_t retired;       // records since reset, traps included
    uint64_t lost;          // records that found the buffer full
    uint64_t stalled;       // cycles a bus beat waited
    uint64_t bus_errors;    // injected ones
    uint64_t irqs;          // interrupt lines raised
    uint64_t protocol_address;
    uint32_t events;        // of the last run
    uint32_t count;         // records in the buffer
    uint32_t finish_code;
    uint32_t activity_count; // cycles in the buffer of activity
};

// An address range that answers with `err`; `left` beats of it, or for ever when negative.
struct ErrorRange {
    uint64_t first, last;   // byte addresses, inclusive
    bool on_iram, on_dram, on_read, on_write;
    int64_t left;
};

// xorshift64*: small, fast, and the same on every machine.
class Random {
  public:
    void seed(uint64_t value) {
        state = value * 0x9E3779B97F4A7C15u + 0xD1B54A32D192ED03u;
        if (!state) state = 1;
    }
    uint32_t next() {
        state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
        return static_cast<uint32_t>(state * 0x2545F4914F6CDD1Du >> 32);
    }
    bool chance(uint32_t of_2_32) { return of_2_32 && next() < of_2_32; }

  private:
    uint64_t state = 1;
};

// The responder at one Wishbone port.
class Responder {
  public:
    Responder(bool instruction, const QData& adr, const QData& dat_w, QData& dat_r, const CData& sel,
              const CData& cyc, const CData& stb, const CData& we, const CData& cti, CData& ack, CData& err)
        : instruction{instruction}, adr{adr}, dat_w{dat_w}, dat_r{dat_r}, sel{sel}, cyc{cyc}, stb{stb},
          we{we}, cti{cti}, ack{ack}, err{err} {}

    void reset(uint64_t seed);
    bool respond();         // drives ack, err and dat_r; true when one of them changed
    void clock();           // the rising edge: ends the beat, does the store

  private:
    void begin();
    bool fails();

    const bool instruction;
    const QData &adr, &dat_w;
    QData& dat_r;
    const CData &sel, &cyc, &stb, &we, &cti;
    CData &ack, &err;
    Random random;
    bool active = false;    // a beat has begun and has not ended
    bool failing = false;
    bool bursting = false;  // the next beat goes on with the burst
    uint32_t wait = 0;
    uint64_t beat_adr = 0, beat_dat_w = 0;
    uint8_t beat_sel = 0, beat_we = 0;
};

struct Ram {
    uint64_t* words = nullptr;
    uint64_t count = 0;     // of 64-bit words
};

extern Settings settings;
extern Status status;
extern Ram ram;
extern Vtop* top;
extern std::vector<uint64_t> watches;       // byte addresses, aligned to 8
extern std::vector<ErrorRange> error_ranges;
extern std::deque<uint8_t> uart_sent, uart_waiting;
extern uint64_t cycles_to_run;              // 0: Python's turn
extern uint32_t flush_for;                  // events that wait until the data cache is empty

bool watched(uint64_t address);
void capture();             // takes the record in `retire`, if any
void observe();             // takes `activity`, before the clock edge that ends the cycle
void trace_cycle(uint64_t time);
void save_power_on_state();
