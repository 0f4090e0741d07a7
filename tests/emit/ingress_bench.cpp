// Drives sf_ingress with random words, frames broken in every way, and a reader that pauses; compares with a plain queue.
//
//   usage: bench SEED CYCLES; prints: frames offered, taken, dropped, stray words, most words held. Ends with 1 at a difference.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>

#include "Vsf_ingress.h"
#include "Vsf_ingress___024root.h"
#include "sizes.h"
#include "verilated.h"

struct Word {
    std::uint32_t data, id;
    bool first, last, error;
    std::uint8_t dest;
};

int fail(const char* what, long cycle) {
    std::printf("%s in cycle %ld\n", what, cycle);
    return 1;
}

int main(int argc, char** argv) {
    (void)argc;
    const int seed = std::atoi(argv[1]);
    const long cycles = std::atol(argv[2]);
    VerilatedContext context;
    context.randReset(2);
    context.randSeed(seed + 1);
    auto top = std::make_unique<Vsf_ingress>(&context, "top");
    std::mt19937_64 random(seed);
    std::deque<Word> held;
    long offered = 0, taken = 0, dropped = 0, stray = 0, seen_dropped = 0, seen_stray = 0, frames = 0;
    bool inside = false;                // of a frame that was taken
    bool outside = true;                // of any frame
    int words = 0;                      // of this frame
    bool steady = true;                 // since it was empty, a word came in every cycle
    int input_rate = 100, output_rate = 100;
    for (long cycle = 0; cycle < cycles; ++cycle) {
        if (cycle % 1500 == 0) {
            input_rate = int(random() % 3) * 40 + 20;
            output_rate = int(random() % 4) * 33 + 1;
        }
        top->rst = cycle < 4;
        const bool valid = cycle >= 4 && int(random() % 100) < input_rate;
        Word word{std::uint32_t(random() % 4096), std::uint32_t(random()), false, false, random() % 8 == 0,
                  std::uint8_t(random())};
        word.first = outside ? random() % 8 != 0 : random() % 60 == 0;
        const int at = word.first ? 1 : words + 1;
        word.last = random() % 40 == 0 || (at == WORDS && random() % 8 != 0);
        top->in_valid = valid;
        top->in_data = word.data;
        top->in_first = word.first;
        top->in_last = word.last;
        top->in_error = word.error;
        top->in_pulse_id = word.id;
        top->in_dest = word.dest;
        top->out_ready = int(random() % 100) < output_rate;
        top->clk = 0;
        top->eval();
        const std::size_t before = held.size();
        const long ids = taken - frames;
        if (cycle >= 4) {
            if (before == 0) steady = true;
            if (steady && top->out_valid != (before != 0)) return fail("a word is late", cycle);
            seen_dropped += top->dropped;
            seen_stray += top->stray;
            if (top->out_valid && top->out_ready) {
                if (held.empty()) return fail("a word of nothing", cycle);
                const Word want = held.front();
                held.pop_front();
                frames += want.first;
                if (top->out_data != want.data || top->out_first != want.first || top->out_last != want.last ||
                    top->out_error != want.error || (want.first && (top->out_pulse_id != want.id || top->out_dest != want.dest)))
                    return fail("another word", cycle);
            } else if (top->out_valid == 0 && held.size() > 8) {
                return fail("words held are not offered", cycle);
            }
        }
        if (valid) {
            if (word.first) {
                ++offered;
                words = 0;
                outside = false;
                inside = top->room;
                // A frame is refused only where its words, or its id, might have no place.
                if (!inside && before + WORDS <= CAPACITY && ids < 16)
                    return fail("a frame was dropped though there was room", cycle);
                if (inside && (before + WORDS > CAPACITY + 8 || ids >= 16)) return fail("more was taken than there is room", cycle);
                (inside ? taken : dropped) += 1;
            }
            if (!inside) steady = false;
            if (outside) {
                ++stray;
            } else {
                ++words;
                if (inside) held.push_back(word);
                if (word.last || words == WORDS) outside = true, inside = false;
            }
        }
        if (!valid) steady = false;
        top->clk = 1;
        top->eval();
        context.timeInc(1);
    }
    if (std::labs(seen_dropped - dropped) > 1 || std::labs(seen_stray - stray) > 1) return fail("wrong counts", cycles);
    std::printf("%ld %ld %ld %ld %u\n", offered, taken, dropped, stray, top->rootp->sf_ingress__DOT__high_water);
    return 0;
}
