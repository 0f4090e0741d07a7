// Offers sf_gearbox an entry in every cycle and takes every word: writes the cycle of each word, its marks and its data.
//
//   bench ENTRIES OUT CYCLES
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "Vsf_gearbox.h"
#include "verilated.h"

int main(int, char** argv) {
    VerilatedContext context;
    context.randReset(2);
    Vsf_gearbox top(&context);
    std::ifstream in(argv[1], std::ios::binary);
    const std::vector<char> file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::ofstream out(argv[2], std::ios::binary);
    const std::size_t bytes = sizeof top.in_entry;
    std::size_t at = 0;
    for (std::uint32_t cycle = 0; cycle < std::stoul(argv[3]); ++cycle) {
        top.rst = cycle < 10;
        top.out_ready = 1;
        top.in_valid = cycle >= 10 && at < file.size();
        if (top.in_valid) std::memcpy(&top.in_entry, &file[at], bytes);
        top.clk = 0;
        top.eval();
        if (top.in_valid && top.in_ready) at += bytes;
        if (top.out_valid && cycle >= 10) {
            const std::uint32_t marks[2] = {cycle, static_cast<std::uint32_t>(top.out_first | top.out_last << 1)};
            out.write(reinterpret_cast<const char*>(marks), sizeof marks);
            out.write(reinterpret_cast<const char*>(&top.out_data), sizeof top.out_data);
        }
        top.clk = 1;
        top.eval();
    }
}
