// Drives sf_firmware through its buses with three clocks of any period and phase; obeys a script, knows no expected value.
//
//   bench SCRIPT OUT SEED DMA_PS CORE_PS AXIL_PS
//
//   beats FILE            queue beats for the stream: per beat data, u64 keep, u8 last, u8 dest, u8 user, u8 pause (cycles before it)
//   gaps IN OUT           percent of cycles without an offered beat, and of cycles in which records are refused
//   write ADDR VALUE, read ADDR, until ADDR MASK VALUE, image FILE       registers by byte address
//   strobe ADDR VALUE STRB                                              a write of some bytes
//   records N             until N records have come
//   sent                  until every queued beat was offered
//   idle N                N cycles of axil_clk
//   reset dma|core|axil N N cycles of reset
//   clock dma|core|axil on|off
#include <cstdint>
#include <cstdio>
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

#include "Vsf_firmware.h"
#include "verilated.h"

namespace {

constexpr std::uint64_t LIMIT_PS = 4'000'000'000;  // of simulated time

struct Clock {
    std::string name;
    CData* pin;
    CData* rst;
    std::uint64_t half, next;
    bool on = true;
};

struct Beat {
    std::vector<std::uint8_t> data;
    std::uint64_t keep;
    std::uint8_t last, dest, user, pause;
};

class Bench {
public:
    Bench(const std::string& out, std::uint64_t seed, const std::uint64_t (&periods)[3])
        : random_(seed),
          beats_out_(out + "/beats.bin", std::ios::binary),
          reads_(out + "/reads.txt"),
          answers_(out + "/answers.txt"),
          starts_(out + "/starts.txt") {
        context_.randReset(2);
        context_.randSeed(static_cast<int>(seed % 1000000) + 1);
        top_ = std::make_unique<Vsf_firmware>(&context_, "sf_firmware");
        top_->s_axis_tvalid = top_->m_axis_tready = 0;
        top_->s_axil_awvalid = top_->s_axil_wvalid = top_->s_axil_arvalid = 0;
        top_->s_axil_bready = top_->s_axil_rready = 0;
        clocks_[0] = {"dma", &top_->dma_clk, &top_->dma_rst, periods[0] / 2, 0};
        clocks_[1] = {"core", &top_->core_clk, &top_->core_rst, periods[1] / 2, 0};
        clocks_[2] = {"axil", &top_->axil_clk, &top_->axil_rst, periods[2] / 2, 0};
        for (auto& clock : clocks_) {
            clock.next = 1 + random_() % (2 * clock.half);
            *clock.pin = 0;
            *clock.rst = 0;
        }
        top_->eval();
    }

    void beats(const std::string& path) {
        const std::vector<std::uint8_t> file = read_file(path);
        const std::size_t bytes = sizeof top_->s_axis_tdata;
        for (std::size_t at = 0; at < file.size(); at += bytes + 12) {
            Beat beat;
            beat.data.assign(file.begin() + at, file.begin() + at + bytes);
            std::memcpy(&beat.keep, &file[at + bytes], 8);
            beat.last = file[at + bytes + 8];
            beat.dest = file[at + bytes + 9];
            beat.user = file[at + bytes + 10];
            beat.pause = file[at + bytes + 11];
            queue_.push_back(beat);
        }
    }

    void gaps(int in, int out) { in_gap_ = in, out_gap_ = out; }

    // One edge of one clock.
    void tick() {
        Clock* clock = nullptr;
        for (auto& one : clocks_) {
            if (one.on && (clock == nullptr || one.next < clock->next)) clock = &one;
        }
        now_ = clock->next;
        if (now_ > LIMIT_PS) throw std::runtime_error("standstill after " + std::to_string(records_) + " records");
        clock->next += clock->half;
        const bool rising = *clock->pin == 0;
        if (rising && clock == &clocks_[0]) sample_dma();
        if (rising && clock == &clocks_[2]) sample_axil();
        *clock->pin = rising;
        top_->eval();
        if (!rising) return;
        if (clock == &clocks_[0]) drive_dma();
        if (clock == &clocks_[2]) ++axil_cycles_;
        top_->eval();
    }

    void axil_cycle() {
        for (const std::uint64_t start = axil_cycles_; axil_cycles_ == start;) tick();
    }

    int write(std::uint32_t addr, std::uint32_t value, int strobe = 15) {
        top_->s_axil_awaddr = addr;
        top_->s_axil_wdata = value;
        top_->s_axil_wstrb = strobe;
        bool address = false, data = false;
        int answer = -1;
        while (answer < 0) {
            top_->s_axil_awvalid = !address && (top_->s_axil_awvalid || !chance(40));
            top_->s_axil_wvalid = !data && (top_->s_axil_wvalid || !chance(40));
            top_->s_axil_bready = !chance(40);
            top_->eval();
            axil_cycle();
            address |= aw_;
            data |= w_;
            if (b_) answer = seen_bresp_;
        }
        top_->s_axil_awvalid = top_->s_axil_wvalid = top_->s_axil_bready = 0;
        return answer;
    }

    std::pair<int, std::uint32_t> read(std::uint32_t addr) {
        top_->s_axil_araddr = addr;
        bool address = false;
        while (true) {
            top_->s_axil_arvalid = !address;
            top_->s_axil_rready = !chance(40);
            top_->eval();
            axil_cycle();
            address |= ar_;
            if (r_) {
                top_->s_axil_arvalid = top_->s_axil_rready = 0;
                return {seen_rresp_, seen_rdata_};
            }
        }
    }

    void obey(const std::string& command, std::istringstream& line) {
        if (command == "beats") return beats(word(line));
        if (command == "gaps") {
            const int in = number(line);
            return gaps(in, number(line));
        }
        if (command == "write" || command == "strobe") {
            const std::uint32_t addr = number(line), value = number(line);
            answers_ << write(addr, value, command == "strobe" ? number(line) : 15) << "\n";
        } else if (command == "read") {
            const std::uint32_t addr = number(line);
            const auto [answer, value] = read(addr);
            answers_ << answer << "\n";
            reads_ << value << "\n";
        } else if (command == "until") {
            const std::uint32_t addr = number(line), mask = number(line), value = number(line);
            while ((read(addr).second & mask) != value) {}
        } else if (command == "image") {
            const std::uint32_t addr = number(line);
            auto bytes = read_file(word(line));
            bytes.resize((bytes.size() + 3) / 4 * 4);
            for (std::size_t at = 0; at < bytes.size(); at += 4) {
                std::uint32_t value;
                std::memcpy(&value, &bytes[at], 4);
                write(addr, value);
            }
        } else if (command == "records") {
            for (const std::uint64_t wanted = number(line); records_ < wanted;) tick();
        } else if (command == "sent") {
            while (!queue_.empty() || top_->s_axis_tvalid) tick();
        } else if (command == "idle") {
            for (std::uint64_t left = number(line); left > 0; --left) axil_cycle();
        } else if (command == "reset") {
            Clock& clock = find(word(line));
            *clock.rst = 1;
            const std::uint64_t end = now_ + 2 * clock.half * number(line);
            while (now_ < end) tick();
            *clock.rst = 0;
        } else if (command == "clock") {
            Clock& clock = find(word(line));
            clock.on = word(line) == "on";
            clock.next = now_ + clock.half;
        } else {
            throw std::runtime_error("no such command: " + command);
        }
    }

private:
    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

    static std::vector<std::uint8_t> read_file(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        if (!in) throw std::runtime_error("cannot read " + path);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    Clock& find(const std::string& name) {
        for (auto& clock : clocks_) {
            if (clock.name == name) return clock;
        }
        throw std::runtime_error("no such clock: " + name);
    }

    static std::uint32_t number(std::istringstream& line) {
        return static_cast<std::uint32_t>(std::stoull(word(line), nullptr, 0));
    }

    static std::string word(std::istringstream& line) {
        std::string text;
        line >> text;
        return text;
    }

    void sample_dma() {
        if (top_->s_axis_tvalid && !top_->s_axis_tready) throw std::runtime_error("the stream was made to wait");
        if (top_->s_axis_tvalid && (top_->s_axis_tuser & 2)) starts_ << now_ << "\n";
        if (!top_->m_axis_tvalid || !top_->m_axis_tready) return;
        const std::uint64_t when = now_;
        const std::uint64_t keep = top_->m_axis_tkeep;
        const std::uint8_t marks[4] = {top_->m_axis_tlast, top_->m_axis_tdest, top_->m_axis_tuser, 0};
        beats_out_.write(reinterpret_cast<const char*>(&top_->m_axis_tdata), sizeof top_->m_axis_tdata);
        beats_out_.write(reinterpret_cast<const char*>(&keep), 8);
        beats_out_.write(reinterpret_cast<const char*>(marks), 4);
        beats_out_.write(reinterpret_cast<const char*>(&when), 8);
        records_ += top_->m_axis_tlast;
    }

    void drive_dma() {
        top_->m_axis_tready = !chance(out_gap_);
        top_->s_axis_tvalid = 0;
        if (queue_.empty() || chance(in_gap_)) return;
        Beat& beat = queue_.front();
        if (beat.pause > 0) {
            --beat.pause;
            return;
        }
        top_->s_axis_tvalid = 1;
        std::memcpy(&top_->s_axis_tdata, beat.data.data(), beat.data.size());
        top_->s_axis_tkeep = beat.keep;
        top_->s_axis_tlast = beat.last;
        top_->s_axis_tdest = beat.dest;
        top_->s_axis_tuser = beat.user;
        queue_.pop_front();
    }

    void sample_axil() {
        aw_ = top_->s_axil_awvalid && top_->s_axil_awready;
        w_ = top_->s_axil_wvalid && top_->s_axil_wready;
        b_ = top_->s_axil_bvalid && top_->s_axil_bready;
        ar_ = top_->s_axil_arvalid && top_->s_axil_arready;
        r_ = top_->s_axil_rvalid && top_->s_axil_rready;
        seen_bresp_ = top_->s_axil_bresp;
        seen_rresp_ = top_->s_axil_rresp;
        seen_rdata_ = top_->s_axil_rdata;
    }

    VerilatedContext context_;
    std::mt19937_64 random_;
    std::ofstream beats_out_, reads_, answers_, starts_;
    std::unique_ptr<Vsf_firmware> top_;
    Clock clocks_[3];
    std::deque<Beat> queue_;
    std::uint64_t now_ = 0, axil_cycles_ = 0, records_ = 0;
    int in_gap_ = 0, out_gap_ = 0, seen_bresp_ = 0, seen_rresp_ = 0;
    std::uint32_t seen_rdata_ = 0;
    bool aw_ = false, w_ = false, b_ = false, ar_ = false, r_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 7) throw std::runtime_error("usage: bench SCRIPT OUT SEED DMA_PS CORE_PS AXIL_PS");
        const std::uint64_t periods[3] = {std::stoull(argv[4]), std::stoull(argv[5]), std::stoull(argv[6])};
        Bench bench(argv[2], std::stoull(argv[3]), periods);
        std::ifstream script(argv[1]);
        for (std::string text; std::getline(script, text);) {
            std::istringstream line(text);
            std::string command;
            if (line >> command) bench.obey(command, line);
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << "\n";
        return 3;
    }
}
