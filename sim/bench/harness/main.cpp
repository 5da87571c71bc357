// The simulation's main loop. cocotb speaks to the model through VPI; this loop calls its callbacks in the
// order of IEEE 1800 4.4, but generates the clock itself, so that cycles in which Python has nothing to do
// never reach Python.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "bench.h"
#include "verilated.h"
#include "verilated_vpi.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif
#if VM_COVERAGE
#include "verilated_cov.h"
#endif

extern "C" void vlog_startup_routines_bootstrap();
void forget_records();

Settings settings;
Status status;
Vtop* top;
std::deque<uint8_t> uart_sent, uart_waiting;
uint64_t cycles_to_run;
uint32_t flush_for;

static constexpr uint64_t HALF_PERIOD = 5000;       // in units of the time precision
static constexpr uint64_t NEVER = ~uint64_t{0};
static VerilatedContext* context;
static Responder *iram, *dram;

static constexpr int LINES = 4;
static Random irq_random;
static uint32_t irq_left[LINES];                    // cycles for which an interrupt line stays high

#if VM_TRACE
static VerilatedVcdC* trace;

BENCH_API void bench_trace(const char* path) {
    if (trace) trace->close();
    else top->trace(trace = new VerilatedVcdC, 99);
    trace->open(path);
}
static void dump() {
    if (trace && trace->isOpen() && status.cycles >= settings.trace_from && status.cycles < settings.trace_to)
        trace->dump(context->time());
}
static void close_trace() { if (trace) trace->close(); }
#else
static void dump() {}
static void close_trace() {}
#endif

static void value_callbacks() {
    while (VerilatedVpi::callValueCbs()) {}
}

// Lets the design and Python settle at the present time.
static void settle() {
    do {
        do {
            top->eval_step();
            VerilatedVpi::clearEvalNeeded();
            VerilatedVpi::doInertialPuts();
            value_callbacks();
        } while (VerilatedVpi::evalNeeded());
        VerilatedVpi::callCbs(cbReadWriteSynch);
        VerilatedVpi::doInertialPuts();
        value_callbacks();
    } while (VerilatedVpi::evalNeeded());
    top->eval_end_step();
    VerilatedVpi::callCbs(cbReadOnlySynch);
}

static void next_time(uint64_t time) {
    context->time(time);
    VerilatedVpi::callCbs(cbNextSimTime);
    VerilatedVpi::callTimedCbs();
    value_callbacks();
}

static void set_clock(CData level) {
    top->clk = level;
    if (!settings.edges) {
        context->timeInc(HALF_PERIOD);
        top->eval();
        return;
    }
    // Before the flip-flops move: RisingEdge sees what they will sample.
    next_time(context->time() + HALF_PERIOD);
    settle();
}

static void uart() {
    if (PORT(uart_tx, valid) && PORT(uart_tx, ready)) uart_sent.push_back(PORT(uart_tx, payload));
    if (PORT(uart_rx, valid) && PORT(uart_rx, ready)) uart_waiting.pop_front();
}

// Offers the next byte, if any; true when the design sees a change.
static bool offer_uart() {
    const CData valid = !uart_waiting.empty(), payload = valid ? uart_waiting.front() : 0;
    const bool changed = PORT(uart_rx, valid) != valid || PORT(uart_rx, payload) != payload;
    PORT(uart_rx, valid) = valid, PORT(uart_rx, payload) = payload;
    return changed;
}

// Asks for an empty data cache while an event waits for it; true when the design sees a change.
static bool ask_flush() {
    const CData flush = flush_for != 0;
    const bool changed = top->flush != flush;
    top->flush = flush;
    return changed;
}

// Raises and lowers interrupt lines; true when the design sees a change.
static bool disturb() {
    CData irq = 0;
    if (irq_random.chance(settings.irq_chance)) {
        uint32_t& left = irq_left[irq_random.next() % LINES];
        left = 1 + irq_random.next() % settings.irq_longest;
        ++status.irqs;
    }
    for (int i = 0; i < LINES; ++i)
        if (irq_left[i]) irq |= 1 << i, --irq_left[i];
    const bool changed = top->irq != irq;
    top->irq = irq;
    return changed;
}

// Passes the inputs on to the SoC (bench.v), between clock edges.
static void apply_inputs() {
    top->answer = !top->answer;
    top->eval();
}

// One clock cycle, from just after a falling edge to just after the next.
static void cycle() {
    const bool resetting = top->rst, was_finished = top->finished;
    if (!resetting) {
        observe();
        iram->clock();
        dram->clock();
        uart();
    }
    set_clock(1);
    dump();
    bool changed = false;
    if (!resetting) {
        capture();
        ++status.cycles;
        changed = offer_uart() | ask_flush() | disturb() | iram->respond() | dram->respond();
    }
    if (changed) top->answer = !top->answer;
    set_clock(0);
    dump();
    if (flush_for && top->flush && top->flushed) {
        status.events |= flush_for;
        flush_for = 0;
    }
    if (top->finished && !was_finished) {
        status.events |= FINISHED;
        status.finish_code = top->finish_code;
    }
}

// Runs until something needs Python, or to the next time Python asked for.
static void run() {
    const uint64_t deadline = VerilatedVpi::cbNextDeadline();
    // The host may have written to RAM under a beat that is already answered, and is done with the data cache.
    if (!top->rst && (ask_flush() | iram->respond() | dram->respond())) apply_inputs();
    while (!context->gotFinish()) {
        if (deadline != NEVER && context->time() + 2 * HALF_PERIOD > deadline) {
            next_time(std::max(deadline, context->time()));
            return;
        }
        cycle();
        if (--cycles_to_run == 0) status.events |= LIMIT;
        if (status.events) {
            cycles_to_run = 0;
            top->wake = !top->wake;
            return;
        }
    }
}

BENCH_API Settings* bench_settings() { return &settings; }
BENCH_API Status* bench_status() { return &status; }
BENCH_API uint32_t bench_settings_size() { return sizeof settings; }
BENCH_API uint32_t bench_status_size() { return sizeof status; }

BENCH_API void bench_run(uint64_t cycles) {
    status.events = 0;
    cycles_to_run = cycles;
}

// Ends the next run, or one after it, with FLUSHED; until Python runs the design again, no load or store begins.
BENCH_API void bench_flush() { flush_for |= FLUSHED; }

// Holds `rst` for some cycles and forgets records, queues and random state. RAM and watches stay.
BENCH_API void bench_reset(uint32_t cycles) {
    uart_sent.clear();
    uart_waiting.clear();
    offer_uart();
    iram->reset(settings.seed);
    dram->reset(settings.seed);
    top->boot_target = settings.boot_target;
    top->uncached_first = settings.uncached_first;
    top->uncached_last = settings.uncached_last;
    flush_for = 0;
    ask_flush();
    irq_random.seed(settings.seed);
    std::fill(irq_left, irq_left + LINES, 0);
    top->irq = 0;
#ifdef BENCH_MUTANTS
    top->mutant = settings.mutant;
#endif
    const uint32_t edges = settings.edges;
    settings.edges = 0;     // Python is running now and cannot be called back
    top->rst = 1;
    apply_inputs();
    for (uint32_t i = 0; i < cycles; ++i) cycle();
    top->rst = 0;
    apply_inputs();
    settings.edges = edges;
    status = {};
    forget_records();
}

BENCH_API uint32_t bench_uart_take(uint8_t* bytes, uint32_t room) {
    uint32_t n = 0;
    for (; n < room && !uart_sent.empty(); uart_sent.pop_front()) bytes[n++] = uart_sent.front();
    return n;
}
BENCH_API void bench_uart_put(const uint8_t* bytes, uint32_t count) {
    uart_waiting.insert(uart_waiting.end(), bytes, bytes + count);
}

int main(int argc, char** argv) {
    const auto owned_context = std::make_unique<VerilatedContext>();
    context = owned_context.get();
    Verilated::threadContextp(context);
    context->commandArgs(argc, argv);
    context->fatalOnVpiError(false);
#if VM_TRACE
    context->traceEverOn(true);
#endif
    const auto owned_top = std::make_unique<Vtop>(context, "");
    top = owned_top.get();
    Responder instruction{true, RESPONDER_PORTS(iram)}, data{false, RESPONDER_PORTS(dram)};
    iram = &instruction, dram = &data;
    top->clk = 0;
    top->rst = 1;
    PORT(uart_tx, ready) = 1;
    apply_inputs();
    save_power_on_state();

    vlog_startup_routines_bootstrap();
    VerilatedVpi::callCbs(cbStartOfSimulation);
    value_callbacks();
    while (!context->gotFinish()) {
        settle();
        if (context->gotFinish()) break;
        if (cycles_to_run) {
            run();
        } else if (VerilatedVpi::cbNextDeadline() != NEVER) {
            next_time(VerilatedVpi::cbNextDeadline());
        } else {
            break;      // nothing will ever happen again
        }
    }
    top->final();
    VerilatedVpi::callCbs(cbEndOfSimulation);
    close_trace();
#if VM_COVERAGE
    context->coveragep()->write("coverage.dat");
#endif
    return context->errorCount() ? 1 : 0;
}
