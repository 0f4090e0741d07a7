// Drives the serial pins of sf_board_uart: argv = clocks per bit, input file, output file, extra bit times to wait,
// and how much longer the bits that it sends are, in per mille.
// Input bytes above 0xFF in the 16-bit little-endian input file are commands: 0x100 + n waits n bit times with the line
// high; 0x200 + n holds the line low for n clock cycles (a spike).
#include <cstdio>
#include <cstdlib>
#include <vector>
#include "Vsf_board_uart.h"
#include "verilated.h"

static Vsf_board_uart* top;
static std::vector<unsigned char> received;
static double sent_until = 0, per_sent_bit;
static long long now = 0;
static int per_bit, rx_count = -1, rx_shift = 0, rx_bits = 0;

static void clock_cycle(int pin) {
  ++now;
  top->uart_rx = pin;
  top->clk = 0; top->eval();
  top->clk = 1; top->eval();
  if (rx_count < 0) {
    if (!top->uart_tx) { rx_count = per_bit + per_bit / 2 - 1; rx_bits = 0; rx_shift = 0; }
  } else if (rx_count-- == 0) {
    if (rx_bits == 8) {
      if (!top->uart_tx) { std::fprintf(stderr, "stop bit is low\n"); std::exit(2); }
      received.push_back(rx_shift);
    } else {
      rx_shift |= top->uart_tx << rx_bits++;
      rx_count = per_bit - 1;
    }
  }
}

static void send_bit(int pin) {
  for (sent_until += per_sent_bit; now < sent_until;) clock_cycle(pin);
}

static void hold(int pin, int cycles) {
  for (int i = 0; i < cycles; ++i) clock_cycle(pin);
  sent_until = now;
}

int main(int, char** argv) {
  per_bit = std::atoi(argv[1]);
  per_sent_bit = per_bit * (1 + std::atoi(argv[5]) / 1000.0);
  top = new Vsf_board_uart;
  top->rst = 1; hold(1, 4);
  top->rst = 0; hold(1, 4);
  std::FILE* in = std::fopen(argv[2], "rb");
  int low, high;
  while ((low = std::fgetc(in)) != EOF && (high = std::fgetc(in)) != EOF) {
    int value = low | high << 8;
    if (value >= 0x200) { hold(0, value - 0x200); continue; }
    if (value >= 0x100) { hold(1, (value - 0x100) * per_bit); continue; }
    send_bit(0);
    for (int i = 0; i < 8; ++i) send_bit(value >> i & 1);
    send_bit(1);
  }
  hold(1, std::atoi(argv[4]) * per_bit);
  std::FILE* out = std::fopen(argv[3], "wb");
  std::fwrite(received.data(), 1, received.size(), out);
  std::fclose(out);
  return 0;
}
