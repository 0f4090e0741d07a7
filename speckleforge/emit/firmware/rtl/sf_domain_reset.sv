// Reset of one clock of three: a reset of any clock resets all of them, and none works on while another is away.
//
// Shapes:  synchronous reset in (active high), requests of the two other clocks; the request for them and the reset out.
// Latency: `rst` begins WAIT cycles after `rst_in` or three after a request of another clock; it ends at least HOLD cycles later.
// Cost:    20 FF, about 20 LUT.
//
// A request goes out at once and the own reset follows WAIT cycles later, when the others rest: so nobody takes the Gray
// code of a pointer that jumps to 0 for words. Clocks may differ by a factor of up to 8. The block begins in reset.
//
// Crossing: level request -> u_others.meta of the two other clocks; declared where three of these are wired.
`default_nettype none

module sf_domain_reset #(
    parameter int WAIT = 32,
    parameter int HOLD = 128
) (
    input  wire        clk,
    input  wire        rst_in,
    input  wire  [1:0] others,
    output logic       request,
    output logic       rst
);
  localparam int HOLD_BITS = $clog2(HOLD);
  localparam int WAIT_BITS = $clog2(WAIT);

  logic [1:0] others_seen;
  logic [HOLD_BITS:0] held;
  logic [WAIT_BITS:0] waited;

  initial request = 1'b1;
  initial rst = 1'b1;
  initial held = '0;
  initial waited = '0;

  sf_sync #(
      .WIDTH(2)
  ) u_others (
      .clk   (clk),
      .from  (others),
      .stable(others_seen)
  );

  always_ff @(posedge clk) begin
    if (rst_in) held <= '0;
    else if (!held[HOLD_BITS]) held <= held + 1'b1;
    request <= rst_in || !held[HOLD_BITS];
    if (!request) waited <= '0;
    else if (!waited[WAIT_BITS]) waited <= waited + 1'b1;
    rst <= (request && waited[WAIT_BITS]) || others_seen != 2'b00;
  end
endmodule
`default_nettype wire
