// Clock and reset for the test bench; ends when every chain has given its words, or after +cycles=N.
#include <cstdlib>
#include <cstring>
#include <memory>
#include "Vtop.h"
#include "verilated.h"

int main(int argc, char** argv) {
    auto context = std::make_unique<VerilatedContext>();
    context->commandArgs(argc, argv);
    auto top = std::make_unique<Vtop>(context.get());
    long limit = 1000000;
    bool random = false;
    for (int i = 1; i < argc; ++i) {
        if (!std::strncmp(argv[i], "+cycles=", 8)) limit = std::atol(argv[i] + 8);
        if (!std::strcmp(argv[i], "+random")) random = true;
    }
    top->rst = 1;
    top->random = random;
    long cycle = 0;
    for (; cycle < limit && (cycle < 8 || !top->done); ++cycle) {
        top->cycle = cycle;
        top->rst = cycle < 4;
        top->clk = 0;
        top->eval();
        top->clk = 1;
        top->eval();
        context->timeInc(1);
    }
    const bool done = top->done;
    top->final();
    std::printf("%ld cycles%s\n", cycle, done ? "" : ", not finished");
    return done ? 0 : 1;
}
