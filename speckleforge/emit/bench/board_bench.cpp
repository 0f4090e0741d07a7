// Test bench of the board's top: nothing but its pins. Obeys a script, sends bytes bit by bit into the serial input, and
// collects the bytes that leave the serial output, with the cycle in which each was whole.
//
//   sf_board_bench CLOCKS_PER_BIT SCRIPT OUT
//
// Knows neither packets nor expected values: END marks are all it counts. Script, one command a line:
//   seed N       random numbers of what registers hold before reset; first line
//   run N        N cycles with the line idle
//   send FILE    the file's bytes, back to back; goes on when the last stop bit is out
//   packets N    until N packets in all have come: runs of bytes between END marks
// The output that stands still while a packet is waited for ends the run with code 3.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "board_design.h"
#include "verilated.h"

namespace {

constexpr std::uint64_t STANDSTILL_CYCLES = 2000000;
constexpr std::uint8_t END = 0xC0;

class Bench {
public:
    Bench(int per_bit, const std::string& out, int seed) : per_bit_(per_bit), received_(out, std::ios::binary) {
        if (!received_) {
            throw std::runtime_error("cannot write " + out);
        }
        context_.randReset(2);
        context_.randSeed(seed);
        top_ = std::make_unique<board::Top>(&context_, "sf_top");
        board::set_clock(*top_, false);
        board::set_rx(*top_, true);
        board::set_button(*top_, false);
        top_->eval();
    }

    void run(std::uint64_t cycles) {
        for (std::uint64_t i = 0; i < cycles; ++i) {
            step();
        }
    }

    void send(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        if (!in) {
            throw std::runtime_error("cannot read " + path);
        }
        for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) {
            const int bits = 0x200 | static_cast<std::uint8_t>(*at) << 1;  // stop bit, data, start bit
            for (int i = 0; i < 10; ++i) {
                board::set_rx(*top_, (bits >> i & 1) != 0);
                run(per_bit_);
            }
        }
    }

    void packets(std::uint64_t count) {
        last_byte_ = cycle_;
        while (packets_ < count) {
            step();
            if (cycle_ - last_byte_ > STANDSTILL_CYCLES) {
                throw std::runtime_error("standstill: " + std::to_string(packets_) + " of " + std::to_string(count) +
                                         " packets have come from the serial pin");
            }
        }
    }

    std::uint64_t cycles() const { return cycle_; }

private:
    void step() {
        board::set_clock(*top_, true);
        top_->eval();
        board::set_clock(*top_, false);
        top_->eval();
        ++cycle_;
        receive(board::tx(*top_));
    }

    // Samples the middle of each bit. Until the line has been idle for a character after power-up nothing is believed.
    void receive(bool pin) {
        if (count_ > 0) {
            if (--count_ == 0) {
                bit(pin);
            }
        } else if (idle_ < 10 * per_bit_) {
            idle_ = pin ? idle_ + 1 : 0;
        } else if (!pin) {
            count_ = per_bit_ + per_bit_ / 2;
            bits_ = 0;
            value_ = 0;
        }
    }

    void bit(bool pin) {
        if (bits_ < 8) {
            value_ |= static_cast<int>(pin) << bits_++;
            count_ = per_bit_;
            return;
        }
        if (!pin) {
            throw std::runtime_error("a stop bit of the serial output is low");
        }
        last_byte_ = cycle_;
        received_.write(reinterpret_cast<const char*>(&cycle_), sizeof cycle_);
        received_.put(static_cast<char>(value_));
        packets_ += value_ == END && inside_ ? 1 : 0;
        inside_ = value_ != END;
    }

    VerilatedContext context_;
    std::unique_ptr<board::Top> top_;
    int per_bit_;
    std::ofstream received_;
    int count_ = 0, idle_ = 0, bits_ = 0, value_ = 0;
    bool inside_ = false;
    std::uint64_t cycle_ = 0, last_byte_ = 0, packets_ = 0;
};

int run_script(int per_bit, const std::string& script, const std::string& out) {
    std::ifstream file(script);
    std::unique_ptr<Bench> bench;
    std::string command, argument;
    while (file >> command >> argument) {
        if (command == "seed") {
            bench = std::make_unique<Bench>(per_bit, out, std::atoi(argument.c_str()));
        } else if (!bench) {
            throw std::runtime_error("a script begins with seed");
        } else if (command == "run") {
            bench->run(std::stoull(argument));
        } else if (command == "send") {
            bench->send(argument);
        } else if (command == "packets") {
            bench->packets(std::stoull(argument));
        } else {
            throw std::runtime_error("no such command: " + command);
        }
    }
    if (!bench) {
        throw std::runtime_error("empty script");
    }
    std::cout << "cycles " << bench->cycles() << "\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: sf_board_bench CLOCKS_PER_BIT SCRIPT OUT\n";
        return 2;
    }
    try {
        return run_script(std::atoi(argv[1]), argv[2], argv[3]);
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << "\n";
        return 3;
    }
}
