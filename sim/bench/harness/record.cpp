// The buffers of retirement records and of the pipeline's activity, and the watch on stores that a host must answer (HTIF).

#include <cstring>

#include "bench.h"

static uint64_t records[RECORD_CAPACITY][RECORD_WORDS];
static uint64_t last_retirement;
static uint32_t activity[ACTIVITY_CAPACITY];

std::vector<uint64_t> watches;

// Places of the fields of `retire` that the harness itself reads; Python sets them from isa.retire.
static struct {
    uint32_t write_word = 0, write_lsb = 0, address_word = 0;
} layout;

bool watched(uint64_t address) {
    for (const uint64_t watch : watches)
        if ((address ^ watch) < 8) return true;
    return false;
}

void capture() {
    if (!(top->retire[0] & 1)) {
        if (settings.quiet_limit && status.cycles - last_retirement >= settings.quiet_limit) {
            status.events |= QUIET;
            last_retirement = status.cycles;
        }
        return;
    }
    last_retirement = status.cycles;
    ++status.retired;
    if (watches.empty() && !settings.record) return;
    if (status.count == RECORD_CAPACITY) {
        ++status.lost;
        status.events |= OVERFLOW;
        return;
    }
    uint64_t* const record = records[status.count];
    std::memcpy(record, top->retire.data(), sizeof records[0]);
    const bool store = record[layout.write_word] >> layout.write_lsb & 1;
    if (store && watched(record[layout.address_word])) status.events |= RETIRE_WATCH;
    if (!settings.record) return;
    if (++status.count >= settings.threshold) status.events |= RECORDS;
}

void observe() {
    if (!settings.activity) return;
    if (status.activity_count == ACTIVITY_CAPACITY) status.events |= OVERFLOW;
    else activity[status.activity_count++] = top->activity;
}

BENCH_API void bench_layout(uint32_t write_word, uint32_t write_lsb, uint32_t address_word) {
    layout = {write_word, write_lsb, address_word};
}

BENCH_API uint64_t* bench_records() { return records[0]; }
BENCH_API uint32_t bench_capacity() { return RECORD_CAPACITY; }
BENCH_API void bench_drained() { status.count = 0; }
BENCH_API uint32_t* bench_activity() { return activity; }
BENCH_API uint32_t bench_activity_capacity() { return ACTIVITY_CAPACITY; }
BENCH_API void bench_activity_drained() { status.activity_count = 0; }

BENCH_API void bench_watch(uint64_t address) { watches.push_back(address & ~uint64_t{7}); }
BENCH_API void bench_clear_watches() { watches.clear(); }

void forget_records() {
    status.count = 0;
    last_retirement = 0;
}
