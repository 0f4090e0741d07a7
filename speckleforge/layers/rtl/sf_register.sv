// One register, 0 at power-up.
//
// Shapes:  BITS bits.
// Latency: 1 cycle.
// Cost:    BITS FF.
`default_nettype none

module sf_register #(
    parameter int BITS = 8
) (
    input  wire             clk,
    input  wire  [BITS-1:0] now,
    output logic [BITS-1:0] late
);
  initial late = '0;
  always_ff @(posedge clk) late <= now;
endmodule

`default_nettype wire
