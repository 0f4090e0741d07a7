// When tables of weights (sf_dots_da) are made anew: a frame waits at the input while they fill with its bank's weights.
//
// Tables are fresh for a bank until it is written or another one fills them. The word that is held is the first of its
// frame, so all steps of the frame before are done: their look-ups are over when the first entry changes.
// `ready`: a word would be taken. `fill` begins a fill, `filling` comes back from the tables.
// Latency: none. Cost: BANKS FF.
`default_nettype none

module sf_refill #(
    parameter int BANKS = 1
) (
    input  wire  clk,
    input  wire  rst,
    input  wire  in_valid,
    input  wire  in_first,
    input  wire  in_bank,
    input  wire  ready,
    input  wire  write,       // of a weight
    input  wire  write_bank,
    input  wire  filling,
    output wire  fill,
    output wire  hold         // the word is not offered to the kernel
);
  logic [BANKS-1:0] fresh;
  wire  [BANKS-1:0] asked = BANKS'(1) << (BANKS > 1 && in_bank ? 1 : 0);
  wire  [BANKS-1:0] written = write ? BANKS'(1) << (BANKS > 1 && write_bank ? 1 : 0) : '0;
  wire              stale = (fresh & asked) == '0;

  assign fill = in_valid && in_first && ready && stale && !filling;
  assign hold = in_first && (stale || filling);
  always_ff @(posedge clk) begin
    fresh <= (fill ? asked : fresh) & ~written;
    if (rst) fresh <= '0;
  end
endmodule

`default_nettype wire
