// RAM behind the two Wishbone ports: stalls, bus errors, and a back door.

#include <sys/mman.h>

#include "bench.h"

Ram ram;
std::vector<ErrorRange> error_ranges;

constexpr CData CTI_CLASSIC = 0b000, CTI_INCREMENT = 0b010;   // rtl/wishbone.py

// `dat_r` outside the cycle of `ack`: a master that samples it early reads this and not the right data by
// luck.
constexpr uint64_t POISON = 0xBAD0BAD0BAD0BAD0u;

void Responder::reset(uint64_t seed) {
    random.seed(seed * 2 + instruction);
    active = bursting = false;
    ack = err = 0;
    dat_r = POISON;
}

bool Responder::fails() {
    const uint64_t address = adr << 3;
    const uint64_t index = adr - (settings.ram_base >> 3);
    for (ErrorRange& range : error_ranges) {
        const bool port = instruction ? range.on_iram : range.on_dram;
        const bool kind = we ? range.on_write : range.on_read;
        if (port && kind && range.left && address + 7 >= range.first && address <= range.last) {
            if (range.left > 0) --range.left;
            ++status.bus_errors;
            return true;
        }
    }
    if (index >= ram.count) return true;
    if (we && cti != CTI_CLASSIC) return false;
    if (random.chance(settings.error_chance)) {
        ++status.bus_errors;
        return true;
    }
    return false;
}

void Responder::begin() {
    active = true;
    wait = bursting ? 0 : settings.latency;
    if (random.chance(settings.stall_chance)) wait += 1 + random.next() % settings.stall_longest;
    failing = fails();
    beat_adr = adr, beat_dat_w = dat_w, beat_sel = sel, beat_we = we;
}

bool Responder::respond() {
    const bool request = cyc && stb;
    if (request && !active) begin();
    const bool end = request && wait == 0;
    const CData next_ack = end && !failing, next_err = end && failing;
    const QData next_data = next_ack && !we ? ram.words[adr - (settings.ram_base >> 3)] : POISON;
    const bool changed = next_ack != ack || next_err != err || next_data != dat_r;
    ack = next_ack, err = next_err, dat_r = next_data;
    return changed;
}

void Responder::clock() {
    if (!active) return;
    const bool same = adr == beat_adr && sel == beat_sel && we == beat_we && (!we || dat_w == beat_dat_w);
    const bool held = cyc && stb && same;
    if (!held) {
        status.protocol_address = beat_adr << 3;
        status.events |= PROTOCOL;
        active = false;
    } else if (wait) {
        --wait;
        ++status.stalled;
    } else {
        active = false;
        bursting = ack && cti == CTI_INCREMENT;
        if (we && ack) {
            uint64_t mask = 0;
            for (int byte = 0; byte < 8; ++byte)
                if (sel >> byte & 1) mask |= uint64_t{0xFF} << 8 * byte;
            uint64_t& word = ram.words[adr - (settings.ram_base >> 3)];
            word = (word & ~mask) | (dat_w & mask);
            if (watched(adr << 3)) flush_for |= BUS_WATCH;
        }
    }
}

// Gives the machine `size` bytes of zeroed RAM and returns their address; null when the host has not so
// much memory.
BENCH_API uint64_t* bench_ram(uint64_t size) {
    if (ram.words) munmap(ram.words, ram.count * 8);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    ram.words = memory == MAP_FAILED ? nullptr : static_cast<uint64_t*>(memory);
    ram.count = ram.words ? size / 8 : 0;
    return ram.words;
}

// Makes the byte addresses first..last answer with `err`. `where`: bit 0 iram, 1 dram, 2 reads, 3 writes.
BENCH_API void bench_error_at(uint64_t first, uint64_t last, uint32_t where, int64_t beats) {
    const auto bit = [where](int n) { return bool(where >> n & 1); };
    error_ranges.push_back({first, last, bit(0), bit(1), bit(2), bit(3), beats});
}

BENCH_API void bench_clear_errors() { error_ranges.clear(); }
