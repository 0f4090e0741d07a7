// Synchroniser: signals of another clock, two registers deep. Each bit by itself: a bus must be Gray-coded.
//
// Shapes:  WIDTH bits in, straight from registers of the other clock; the same out.
// Latency: two cycles, and up to one more.
// Cost:    2 * WIDTH FF.
`default_nettype none

module sf_sync #(
    parameter int WIDTH = 1
) (
    input  wire              clk,
    input  wire  [WIDTH-1:0] from,
    output logic [WIDTH-1:0] stable
);
  (* ASYNC_REG = "TRUE" *) logic [WIDTH-1:0] meta;
  (* ASYNC_REG = "TRUE" *) logic [WIDTH-1:0] settled;

  assign stable = settled;

  always_ff @(posedge clk) begin
    meta <= from;
    settled <= meta;
  end
endmodule
`default_nettype wire
