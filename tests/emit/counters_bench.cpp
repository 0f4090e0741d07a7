// Clears sf_counters at every phase of its round, gives an event a cycle to all counters, reads them back.
//
//   usage: bench ROUNDS. Ends with 1 at a counter that lost or found events.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "Vsf_counters.h"
#include "sizes.h"
#include "verilated.h"

int main(int, char** argv) {
    constexpr int EVENTS = 1000;
    VerilatedContext context;
    auto top = std::make_unique<Vsf_counters>(&context, "top");
    const auto cycles = [&](int count) {
        while (count-- > 0) {
            top->clk = 0;
            top->eval();
            top->clk = 1;
            top->eval();
        }
    };
    const int rounds = std::atoi(argv[1]);
    top->clear = 0;
    top->events = 0;
    top->rst = 1;
    cycles(4);
    top->rst = 0;
    for (int phase = 0; phase < rounds; ++phase) {
        cycles(200 + phase);
        top->clear = 1;
        cycles(1);
        top->clear = 0;
        top->events = ALL;
        cycles(EVENTS);
        top->events = 0;
        cycles(100);
        for (int at = 0; at < COUNTERS; ++at) {
            top->addr = at;
            top->eval();
            if (top->value != EVENTS) {
                std::printf("phase %d: counter %d says %u\n", phase, at, unsigned(top->value));
                return 1;
            }
        }
    }
    return 0;
}
