// Switching activity of sf_core over whole frames, as a SAIF file. Compiled in where Verilator traces it (--trace-saif).
//
// Time begins with the trace. Each net changes at most once a cycle, at the rising edge: what the bench drives is driven
// there too, as registers before the core would. Verilator takes every net for low before its first values, so that a
// net that begins high counts a change that was none: FILE.start holds these first values alone, for a reader to
// subtract. Where waveforms are traced instead (--trace-vcd), the files are waveforms of the same cycles.
#ifndef SF_ACTIVITY_H
#define SF_ACTIVITY_H

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "Vsf_core.h"

#if VM_TRACE_SAIF
#include "verilated_saif_c.h"
using ActivityTrace = VerilatedSaifC;
#elif VM_TRACE_VCD
#include "verilated_vcd_c.h"
using ActivityTrace = VerilatedVcdC;
#endif

#if VM_TRACE_SAIF || VM_TRACE_VCD

class Activity {
public:
    // From the first word of frame `skip` to the first word of frame `skip + count`, at a clock of `khz`. Frames begin
    // `interval` cycles apart from now on, or as soon afterwards as the core takes them.
    void ask(Vsf_core& top, const std::string& path, std::uint64_t khz, std::uint64_t interval, std::uint64_t skip,
             std::uint64_t count) {
        top_ = &top;
        path_ = path;
        khz_ = khz;
        interval_ = interval;
        from_ = frames_ + skip;
        to_ = from_ + count;
        trace_ = std::make_unique<ActivityTrace>();
        start_ = std::make_unique<ActivityTrace>();
        top.trace(trace_.get(), LEVELS);
        top.trace(start_.get(), LEVELS);
        state_ = WAITS;
    }

    bool may_begin(std::uint64_t cycle) const { return cycle >= next_; }

    // The first word of a frame was taken.
    void frame_begins(std::uint64_t cycle) {
        next_ = cycle + interval_;
        if (state_ == WAITS && frames_ == from_) {
            state_ = BEGINS;
        } else if (state_ == RUNS && frames_ == to_) {
            state_ = ENDS;
        }
        ++frames_;
    }

    // The clock is high and everything that is driven in this cycle is applied.
    void high() {
        if (state_ == BEGINS) {
            trace_->open(path_.c_str());
            start_->open((path_ + ".start").c_str());
            top_->eval();
            start_->dump(std::uint64_t{0});
            start_->close();
            dump();
            state_ = RUNS;
        } else if (state_ == RUNS || state_ == ENDS) {
            top_->eval();
            dump();
        }
        if (state_ == ENDS) {
            trace_->close();
            state_ = DONE;
        }
    }

    // The clock has fallen.
    void low() {
        if (state_ == RUNS || state_ == ENDS) {
            dump();
        }
    }

    void finish() const {
        if (state_ != NOTHING && state_ != DONE) {
            throw std::runtime_error("the frames whose activity was asked for never came");
        }
    }

private:
    static constexpr int LEVELS = 1000;
    static constexpr std::uint64_t PICOSECONDS_KHZ = 1000000000;  // period in ps times frequency in kHz
    enum State { NOTHING, WAITS, BEGINS, RUNS, ENDS, DONE };

    void dump() { trace_->dump(half_cycles_++ * PICOSECONDS_KHZ / (2 * khz_)); }

    Vsf_core* top_ = nullptr;
    std::unique_ptr<ActivityTrace> trace_, start_;
    std::string path_;
    State state_ = NOTHING;
    std::uint64_t khz_ = 0, from_ = 0, to_ = 0, frames_ = 0, half_cycles_ = 0;
    std::uint64_t interval_ = 0, next_ = 0;  // in cycles of the bench
};

#else

class Activity {
public:
    void ask(Vsf_core&, const std::string&, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
        throw std::runtime_error("this bench records no activity");
    }
    bool may_begin(std::uint64_t) const { return true; }
    void frame_begins(std::uint64_t) {}
    void high() {}
    void low() {}
    void finish() const {}
};

#endif

#endif
