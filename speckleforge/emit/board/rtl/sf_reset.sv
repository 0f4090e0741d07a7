// Reset synchroniser: reset begins at once and ends on a clock edge, after the clock is stable and the button is free.
//
// Shapes:  asynchronous request in (active high); synchronous reset out (active high).
// Latency: `rst` falls 2**HOLD_BITS + 4 cycles after the request.
// Cost:    about HOLD_BITS + 5 FF, 8 LUT.
`default_nettype none

module sf_reset #(
    parameter int HOLD_BITS = 8
) (
    input  wire  clk,
    input  wire  request,
    output logic rst
);
  (* async_reg = "true" *) logic [2:0] sync;
  logic [HOLD_BITS:0] hold;

  // The bitstream sets these, so that the design starts in reset.
  initial sync = '1;
  initial hold = '0;

  always_ff @(posedge clk or posedge request) begin
    if (request) sync <= '1;
    else sync <= {sync[1:0], 1'b0};
  end

  always_ff @(posedge clk) begin
    if (sync[2]) hold <= '0;
    else if (!hold[HOLD_BITS]) hold <= hold + 1'b1;
    rst <= !hold[HOLD_BITS];
  end
endmodule
`default_nettype wire
