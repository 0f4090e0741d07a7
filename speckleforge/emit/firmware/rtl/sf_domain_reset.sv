// Reset of one clock of three: a reset of any clock resets all of them, and none works while another's pointers change.
//
// Shapes:  synchronous reset in (active high), requests of the two other clocks; the request for them, `away` and the reset out.
// Latency: `away` begins one cycle after `rst_in`, or three to four after a request of another clock; `rst` WAIT cycles later. Both
//          end at least HOLD cycles after `rst_in`.
// Cost:    25 FF, about 25 LUT.
//
// Two steps, on the side that asks as on the others. First all are `away`: what works is in reset, and registers that another
// clock looks at (pointers, requests, answers) stand still. Only then, with `rst`, do these go to 0: so nobody takes the Gray
// code of a pointer that jumps to 0 for words, nor the answer to an older request for its own. WAIT lets the slowest clock see
// the request before the fastest one resets, HOLD lets it reset before the fastest one works again: clocks may differ by a
// factor of up to 8. The block begins in reset.
//
// Crossing: level request -> u_others.meta of the two other clocks; declared where three of these are wired.
`default_nettype none

module sf_domain_reset #(
    parameter int WAIT = 32,   // powers of two
    parameter int HOLD = 512
) (
    input  wire        clk,
    input  wire        rst_in,
    input  wire  [1:0] others,
    output logic       request,
    output logic       away,
    output logic       rst
);
  localparam int HOLD_BITS = $clog2(HOLD);
  localparam int WAIT_BITS = $clog2(WAIT);

  logic [1:0] others_seen;
  logic [HOLD_BITS:0] held;
  logic [WAIT_BITS:0] waited;
  wire asks = rst_in || !held[HOLD_BITS];

  initial request = 1'b1;
  initial away = 1'b1;
  initial rst = 1'b1;
  initial held = '0;
  initial waited = {1'b1, {WAIT_BITS{1'b0}}};

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
    request <= asks;
    away <= asks || others_seen != 2'b00;
    if (!away) waited <= '0;
    else if (!waited[WAIT_BITS]) waited <= waited + 1'b1;
    rst <= away && waited[WAIT_BITS];
  end
endmodule
`default_nettype wire
