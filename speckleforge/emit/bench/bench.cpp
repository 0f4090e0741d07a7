// Test bench of sf_core: obeys a script, drives frames, collects every stream, every record and the cycles they came in.
//
//   sf_bench SCRIPT OUT
//
// Knows no expected value: whoever reads what it wrote compares. Script, one command a line:
//   seed N                 random numbers of gaps and of what registers hold before reset; first line
//   boot FILE              bytes of the boot memory (before reset)
//   reset                  begin, and begin again: streams, records and accepted words collected so far are forgotten, queued
//                          words are not
//   gaps IN RES            percent of cycles without an offered word, and of cycles in which records are refused
//   push 0|1               1: begin frames whether or not the core has room for them, as a detector does
//   frames FILE            queue frames: u32 pulse id, u32 words, u32 marks (1 first, 2 last, 4 broken), then the words; goes on at once
//   wait                   until every queued frame was taken and its record has come, or it was dropped
//   run N                  N cycles
//   read ADDR, write ADDR VALUE, image FILE        registers; `image` writes a file to DATA, 4 bytes at a time
//   until ADDR MASK VALUE  read until (register & MASK) == VALUE
//   activity KHZ INTERVAL SKIP COUNT FILE   frames begin INTERVAL cycles apart; switching activity of COUNT frames behind
//                          the next SKIP (activity.h)
// At the end the high-water marks of the FIFOs since the last reset are written. Numbers in decimal or 0x. A stand-still ends the run with code 3 and says which stream waits.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "Vsf_core.h"
#include "Vsf_core___024root.h"
#include "activity.h"
#include "bench_design.h"
#include "sf_registers.h"
#include "verilated.h"

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::uint64_t STANDSTILL_CYCLES = 1000000;
constexpr std::uint64_t QUIET_CYCLES = 2000;  // longer than any kernel works on one word

Bytes read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw std::runtime_error("cannot read " + path);
    }
    return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

// A file of fixed-size entries.
class Sink {
public:
    explicit Sink(const std::string& path) : path_(path) { restart(); }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink() { std::fclose(file_); }

    void restart() {
        file_ = file_ == nullptr ? std::fopen(path_.c_str(), "wb") : std::freopen(path_.c_str(), "wb", file_);
        if (file_ == nullptr) {
            throw std::runtime_error("cannot write " + path_);
        }
    }

    void put(const void* data, std::size_t bytes) {
        if (std::fwrite(data, 1, bytes, file_) != bytes) {
            throw std::runtime_error("the disk is full");
        }
    }

private:
    std::string path_;
    std::FILE* file_ = nullptr;
};

struct Word {
    Bytes data;
    std::uint32_t pulse_id;
    bool first, last, error, begins, ends;  // begins, ends: of the queued frame, whatever its marks say
};

class Bench {
public:
    Bench(const std::string& out, std::uint64_t seed)
        : random_(seed), accepts_(out + "/accepts.bin"), records_(out + "/records.bin"), reads_(out + "/reads.bin") {
        context_.randReset(2);
        context_.randSeed(static_cast<int>(seed % 1000000) + 1);
        context_.traceEverOn(true);  // allows it; does nothing else
        top_ = std::make_unique<Vsf_core>(&context_, "sf_core");
        for (int i = 0; i < design::BOUNDARIES; ++i) {
            streams_.push_back(std::make_unique<Sink>(out + "/stream_" + std::to_string(i) + ".bin"));
        }
        top_->clk = 0;
        top_->rst = 1;
        top_->in_valid = 0;
        top_->in_dest = 0;
        top_->in_error = 0;
        top_->res_ready = 0;
        top_->cfg_valid = 0;
        top_->eval();
    }

    void boot(const Bytes& image) {
        if (image.size() != design::BOOT_BYTES) {
            throw std::runtime_error("boot image has " + std::to_string(image.size()) + " bytes");
        }
        for (std::size_t i = 0; i < image.size(); ++i) {
            design::boot_memory(*top_->rootp)[i] = image[i];
        }
    }

    void reset() {
        top_->rst = 1;
        run(8);
        for (auto& stream : streams_) {
            stream->restart();
        }
        accepts_.restart();
        records_.restart();
        received_ = expected_ = 0;
        for (const Word& word : queue_) {
            expected_ += word.first;
        }
        top_->rst = 0;
        run(1);
    }

    void gaps(int in, int res) {
        in_gap_ = in;
        res_gap_ = res;
    }

    void push(bool on) { push_ = on; }

    void frames(const Bytes& file) {
        for (std::size_t at = 0; at < file.size();) {
            std::uint32_t head[3];
            if (at + sizeof head > file.size()) {
                throw std::runtime_error("broken file of frames");
            }
            std::memcpy(head, file.data() + at, sizeof head);
            at += sizeof head;
            if (at + std::size_t{head[1]} * design::IN_BYTES > file.size()) {
                throw std::runtime_error("broken file of frames");
            }
            for (std::uint32_t i = 0; i < head[1]; ++i, at += design::IN_BYTES) {
                const bool begins = i == 0, ends = i + 1 == head[1];
                queue_.push_back({Bytes(file.begin() + at, file.begin() + at + design::IN_BYTES), head[0],
                                  begins && (head[2] & 1) != 0, ends && (head[2] & 2) != 0, ends && (head[2] & 4) != 0,
                                  begins, ends});
            }
            expected_ += head[2] & 1;
        }
    }

    void wait() {
        while (!queue_.empty() || received_ < expected_) {
            step();
        }
        // Words that the last result did not need are still under way: rows that a pool in floor mode leaves out.
        for (idle_ = 0; idle_ < QUIET_CYCLES;) {
            step();
        }
    }

    void run(std::uint64_t cycles) {
        for (std::uint64_t i = 0; i < cycles; ++i) {
            idle_ = 0;  // asked for
            step();
        }
    }

    std::uint32_t read(std::uint32_t addr) {
        request(addr, false, 0);
        while (!answered_) {
            step();
        }
        return answer_;
    }

    void write(std::uint32_t addr, std::uint32_t value) { request(addr, true, value); }

    void image(const Bytes& bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += 4) {
            std::uint32_t word = 0;
            std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(4, bytes.size() - at));
            write(SF_DATA, word);
        }
    }

    void log_read(std::uint32_t addr) {
        const std::uint32_t entry[2] = {addr, read(addr)};
        reads_.put(entry, sizeof entry);
    }

    void until(std::uint32_t addr, std::uint32_t mask, std::uint32_t value) {
        for (int i = 0; i < 1000000; ++i) {
            if ((read(addr) & mask) == value) {
                return;
            }
        }
        throw std::runtime_error("register " + std::to_string(addr) + " never had the value waited for");
    }

    void activity(std::uint64_t khz, std::uint64_t interval, std::uint64_t skip, std::uint64_t count,
                  const std::string& file) {
        activity_.ask(*top_, file, khz, interval, skip, count);
    }

    void finish(const std::string& out) {
        activity_.finish();
        Sink marks(out + "/high_water.bin");
        for (const std::uint32_t mark : design::high_water(*top_->rootp)) {
            marks.put(&mark, sizeof mark);
        }
    }

    std::uint64_t cycles() const { return cycle_; }

private:
    bool chance(int percent) { return percent > 0 && static_cast<int>(random_() % 100) < percent; }

    void request(std::uint32_t addr, bool is_write, std::uint32_t value) {
        top_->cfg_valid = 1;
        top_->cfg_write = is_write;
        top_->cfg_addr = addr;
        top_->cfg_wdata = value;
        answered_ = false;
        bool accepted = false;
        while (!accepted) {
            step();
            accepted = cfg_accepted_;
        }
        top_->cfg_valid = 0;
    }

    bool may_begin(const Word& word) const {
        return (push_ || !word.first || design::room(*top_)) && (!word.begins || activity_.may_begin(cycle_));
    }

    void offer() {
        if (!offering_ && !queue_.empty() && top_->rst == 0 && !chance(in_gap_) && may_begin(queue_.front())) {
            const Word& word = queue_.front();
            offering_ = true;
            std::memset(&top_->in_data, 0, sizeof top_->in_data);
            std::memcpy(&top_->in_data, word.data.data(), word.data.size());
            top_->in_first = word.first;
            top_->in_last = word.last;
            top_->in_error = word.error;
            top_->in_pulse_id = word.first ? word.pulse_id : 0xDEADBEEF;
        }
        top_->in_valid = offering_;
        top_->res_ready = !chance(res_gap_);
    }

    // One clock cycle. What is sampled is what the next edge sees.
    void step() {
        offer();
        activity_.high();
        top_->clk = 0;
        top_->eval();
        activity_.low();
        bool moved = false;
        if (top_->rst == 0) {
            moved = sample();
        }
        top_->clk = 1;
        top_->eval();
        ++cycle_;
        idle_ = moved ? 0 : idle_ + 1;
        if (idle_ > STANDSTILL_CYCLES) {
            throw std::runtime_error("standstill: " + design::waiting(*top_->rootp));
        }
    }

    bool sample() {
        bool moved = design::sample(*top_->rootp, streams_);
        if (top_->in_valid && top_->in_ready) {
            moved = true;
            offering_ = false;
            if (queue_.front().begins) {
                first_cycle_ = cycle_;
                activity_.frame_begins(cycle_);
            }
            if (queue_.front().ends) {
                const std::uint64_t entry[2] = {first_cycle_, cycle_};
                accepts_.put(entry, sizeof entry);
            }
            queue_.pop_front();
        }
        expected_ -= design::dropped(*top_->rootp);
        if (top_->res_valid && top_->res_ready) {
            moved = true;
            ++received_;
            records_.put(&cycle_, sizeof cycle_);
            records_.put(&top_->res_data, design::RES_BYTES);
        }
        cfg_accepted_ = top_->cfg_valid && top_->cfg_ready;
        if (top_->cfg_rvalid) {
            answered_ = true;
            answer_ = top_->cfg_rdata;
        }
        return moved || cfg_accepted_;
    }

    VerilatedContext context_;
    std::unique_ptr<Vsf_core> top_;
    std::mt19937_64 random_;
    std::vector<std::unique_ptr<Sink>> streams_;
    Sink accepts_, records_, reads_;
    std::deque<Word> queue_;
    Activity activity_;
    int in_gap_ = 0, res_gap_ = 0;
    bool push_ = false, offering_ = false, cfg_accepted_ = false, answered_ = false;
    std::uint32_t answer_ = 0;
    std::uint64_t cycle_ = 0, first_cycle_ = 0, idle_ = 0, expected_ = 0, received_ = 0;
};

std::uint32_t number(std::istringstream& line) {
    std::string text;
    line >> text;
    return static_cast<std::uint32_t>(std::stoull(text, nullptr, 0));
}

std::string path(std::istringstream& line) {
    std::string rest;
    std::getline(line >> std::ws, rest);
    return rest;
}

void obey(Bench& bench, const std::string& command, std::istringstream& line) {
    if (command == "boot") {
        bench.boot(read_file(path(line)));
    } else if (command == "reset") {
        bench.reset();
    } else if (command == "gaps") {
        const int in = static_cast<int>(number(line));
        bench.gaps(in, static_cast<int>(number(line)));
    } else if (command == "push") {
        bench.push(number(line) != 0);
    } else if (command == "frames") {
        bench.frames(read_file(path(line)));
    } else if (command == "wait") {
        bench.wait();
    } else if (command == "run") {
        bench.run(number(line));
    } else if (command == "read") {
        bench.log_read(number(line));
    } else if (command == "write") {
        const std::uint32_t addr = number(line);
        bench.write(addr, number(line));
    } else if (command == "image") {
        bench.image(read_file(path(line)));
    } else if (command == "until") {
        const std::uint32_t addr = number(line), mask = number(line);
        bench.until(addr, mask, number(line));
    } else if (command == "activity") {
        const std::uint32_t khz = number(line), interval = number(line);
        const std::uint32_t skip = number(line), count = number(line);
        bench.activity(khz, interval, skip, count, path(line));
    } else {
        throw std::runtime_error("no such command: " + command);
    }
}

int run_script(const std::string& script, const std::string& out) {
    std::ifstream file(script);
    if (!file) {
        throw std::runtime_error("cannot read " + script);
    }
    std::unique_ptr<Bench> bench;
    std::string text;
    while (std::getline(file, text)) {
        std::istringstream line(text);
        std::string command;
        if (!(line >> command)) {
            continue;
        }
        if (command == "seed") {
            bench = std::make_unique<Bench>(out, number(line));
        } else if (!bench) {
            throw std::runtime_error("a script begins with seed");
        } else {
            obey(*bench, command, line);
        }
    }
    if (!bench) {
        throw std::runtime_error("empty script");
    }
    bench->finish(out);
    std::cout << "cycles " << bench->cycles() << "\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: sf_bench SCRIPT OUT\n";
        return 2;
    }
    try {
        return run_script(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << "\n";
        return 3;
    }
}
