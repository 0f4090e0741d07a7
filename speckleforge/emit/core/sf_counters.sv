// Counters: 32 bits each, in one small memory that is gone round, so that they cost little.
//
// Shapes:  one event bit a counter, any number at once, every cycle; the counter at `addr` out.
// Latency: an event shows after at most ROUND + 4 cycles, or 2 * ROUND + 8 where the counters are being cleared.
// Cost:    2 x ROUND x 32 bits of LUT RAM, 7 or (above 16 counters) 8 * COUNTERS FF, about 150 + 20 * COUNTERS LUT.
//
// Each counter's events are collected, then added to its word when its turn comes, every ROUND cycles. Clearing sets
// one word a cycle to 0; events from the strobe on count.
`default_nettype none

module sf_counters #(
    parameter int COUNTERS = 1,                      // at most 32
    parameter int ROUND = COUNTERS > 16 ? 32 : 16,   // leave as it is
    parameter int ADDR_BITS = $clog2(ROUND)          // leave as it is
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 clear,
    input  wire  [COUNTERS-1:0] events,
    input  wire  [ADDR_BITS-1:0] addr,
    output logic [31:0]         value
);
  // While the words are cleared, and a round after that, a counter's turn does not come.
  localparam int BITS = $clog2(2 * ROUND + 4);
  logic [31:0] words[0:ROUND-1];
  logic [ADDR_BITS-1:0] turn;
  logic [5:0]  clearing;  // words still to be set to 0
  logic [BITS-1:0] collected[0:ROUND-1];
  logic [BITS-1:0] picked;
  logic [COUNTERS-1:0] now;

  // Two cycles: pick what was collected, then add it.
  logic [ADDR_BITS-1:0] adding;
  wire  [31:0] sum = clearing != 6'd0 ? 32'd0 : words[adding] + 32'(picked);

  assign value = words[addr];

  always_ff @(posedge clk) words[adding] <= sum;

  for (genvar i = 0; i < ROUND; i = i + 1) begin : g_collect
    if (i < COUNTERS) begin : g_counter
      always_ff @(posedge clk) begin
        if (rst || clear) collected[i] <= '0;
        else collected[i] <= (turn == ADDR_BITS'(i) && clearing == 6'd0 ? '0 : collected[i]) + BITS'(now[i]);
      end
    end else begin : g_none
      assign collected[i] = '0;
    end
  end

  always_ff @(posedge clk) begin
    turn <= turn + 1'b1;
    adding <= turn;
    picked <= clearing != 6'd0 ? '0 : collected[turn];
    now <= rst ? '0 : events;
    if (clearing != 6'd0) clearing <= clearing - 6'd1;
    if (rst || clear) clearing <= 6'(ROUND + 2);
    if (rst) turn <= '0;
  end
endmodule
`default_nettype wire
