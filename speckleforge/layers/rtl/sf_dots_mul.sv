// Dot products with multipliers: LANES vectors of operands with OUTPUTS vectors of weights, all at once.
//
// Shapes:  operand (lane * TAPS + t), weight (output * TAPS + t), sum (lane * OUTPUTS + output); weights and sums signed,
//          operands where SIGNED is set. A sum has BITS + WEIGHT_BITS + log2(TAPS) bits, so it cannot overflow.
// Latency: 1 + log2(TAPS) cycles from operands and weights to their sums; one set a cycle.
// Cost:    LANES * OUTPUTS * TAPS multipliers with a register each, LANES * OUTPUTS * (TAPS - 1) adders.
`default_nettype none

module sf_dots_mul #(
    parameter int LANES       = 1,
    parameter int OUTPUTS     = 1,
    parameter int TAPS        = 9,
    parameter int BITS        = 4,
    parameter bit SIGNED      = 1'b0,
    parameter int WEIGHT_BITS = 4,
    parameter int SUM_BITS    = BITS + WEIGHT_BITS + $clog2(TAPS)  // leave as it is
) (
    input  wire                                clk,
    input  wire [LANES*TAPS*BITS-1:0]          operands,
    input  wire [OUTPUTS*TAPS*WEIGHT_BITS-1:0] weights,
    output wire [LANES*OUTPUTS*SUM_BITS-1:0]   sums
);
  localparam int PRODUCT_BITS = BITS + WEIGHT_BITS;

  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    for (genvar o = 0; o < OUTPUTS; o++) begin : g_output
      logic [TAPS*PRODUCT_BITS-1:0] products;
      for (genvar t = 0; t < TAPS; t++) begin : g_tap
        wire signed [BITS:0] x = {
          SIGNED && operands[(lane*TAPS+t)*BITS+BITS-1], operands[(lane*TAPS+t)*BITS+:BITS]
        };
        wire signed [WEIGHT_BITS-1:0] w = weights[(o*TAPS+t)*WEIGHT_BITS+:WEIGHT_BITS];
        wire signed [PRODUCT_BITS-1:0] product = x * w;
        always_ff @(posedge clk) products[t*PRODUCT_BITS+:PRODUCT_BITS] <= product;
      end
      sf_add_tree #(
          .INPUTS(TAPS), .BITS(PRODUCT_BITS)
      ) tree (
          .clk(clk), .terms(products), .sum(sums[(lane*OUTPUTS+o)*SUM_BITS+:SUM_BITS])
      );
    end
  end
endmodule

`default_nettype wire
