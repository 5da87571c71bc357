// The design's state at power-on, kept so that every program of a process starts from the same registers
// and memories: `rst` alone leaves the register file, the TLBs and the predictors as the last program left
// them.

#include <cstring>
#include <vector>

#include "bench.h"
#if VM_COVERAGE     // Verilator cannot save a model that counts: a process then runs one program

void save_power_on_state() {}
BENCH_API void bench_power_on() {}

#else
#include "verilated_save.h"

static std::vector<uint8_t> power_on;

namespace {

class Saver final : public VerilatedSerialize {
  public:
    Saver() { m_isOpen = true; }
    void flush() override {
        power_on.insert(power_on.end(), m_bufp, m_cp);
        m_cp = m_bufp;
    }
};

class Loader final : public VerilatedDeserialize {
  public:
    Loader() {
        m_isOpen = true;
        m_endp = m_cp = m_bufp;
    }
    // The base class wants bufferInsertSize() readable bytes ahead; past the end of the state they mean
    // nothing.
    void fill() override {
        const size_t left = m_endp - m_cp;
        std::memmove(m_bufp, m_cp, left);
        m_cp = m_bufp;
        const size_t more = std::min(bufferSize() - left, power_on.size() - place);
        std::memcpy(m_bufp + left, power_on.data() + place, more);
        place += more;
        m_endp = m_bufp + left + more;
    }

  private:
    size_t place = 0;
};

}  // namespace

void save_power_on_state() {
    power_on.clear();
    Saver saver;
    saver << *top;
    saver.flush();
}

BENCH_API void bench_power_on() {
    Loader loader;
    loader >> *top;
}

#endif
