// Core clock from the board's oscillator with the clock manager of UltraScale (MMCME3) or UltraScale+ (MMCME4).
//
// Shapes:  oscillator in, as a differential pair or at one pin; core clock and `locked` out.
// Latency: at most 100 microseconds until `locked`. Source: AMD DS923, MMCM_TLOCKMAX.
// Cost:    one MMCM, one BUFG; one IBUFDS for a pair.
// f_vco = f_in / DIVIDE * MULTIPLY_8THS / 8; f_out = f_vco * 8 / OUTPUT_8THS. The dividers come from the clock planner, which
// knows the limits. The loop closes inside: nothing leaves or enters in step with the oscillator, so its phase is free.
`default_nettype none
// The primitive has outputs that this clock does not need; leaving them open is the vendor's way.
/* verilator lint_off PINCONNECTEMPTY */

module sf_clock_ultrascale #(
    parameter bit PLUS = 1'b0,          // UltraScale+
    parameter bit DIFFERENTIAL = 1'b0,  // the oscillator's other side is at clk_in_n
    parameter int PERIOD_PS = 10000,    // of the oscillator
    parameter int DIVIDE = 1,
    parameter int MULTIPLY_8THS = 80,
    parameter int OUTPUT_8THS = 80
) (
    input  wire clk_in,
    input  wire clk_in_n,
    output wire clk_out,
    output wire locked
);
  wire oscillator, loop, made;

  if (DIFFERENTIAL) begin : g_pair
    IBUFDS u_pair (
        .I (clk_in),
        .IB(clk_in_n),
        .O (oscillator)
    );
  end else begin : g_single
    wire unused = &{1'b0, clk_in_n};
    assign oscillator = clk_in;
  end

  if (PLUS) begin : g_plus
    MMCME4_BASE #(
        .CLKIN1_PERIOD   (PERIOD_PS / 1000.0),
        .DIVCLK_DIVIDE   (DIVIDE),
        .CLKFBOUT_MULT_F (MULTIPLY_8THS / 8.0),
        .CLKOUT0_DIVIDE_F(OUTPUT_8THS / 8.0)
    ) u_mmcm (
        .CLKIN1   (oscillator),
        .CLKFBIN  (loop),
        .PWRDWN   (1'b0),
        .RST      (1'b0),
        .CLKFBOUT (loop),
        .CLKFBOUTB(),
        .CLKOUT0  (made),
        .CLKOUT0B (),
        .CLKOUT1  (),
        .CLKOUT1B (),
        .CLKOUT2  (),
        .CLKOUT2B (),
        .CLKOUT3  (),
        .CLKOUT3B (),
        .CLKOUT4  (),
        .CLKOUT5  (),
        .CLKOUT6  (),
        .LOCKED   (locked)
    );
  end else begin : g_base
    MMCME3_BASE #(
        .CLKIN1_PERIOD   (PERIOD_PS / 1000.0),
        .DIVCLK_DIVIDE   (DIVIDE),
        .CLKFBOUT_MULT_F (MULTIPLY_8THS / 8.0),
        .CLKOUT0_DIVIDE_F(OUTPUT_8THS / 8.0)
    ) u_mmcm (
        .CLKIN1   (oscillator),
        .CLKFBIN  (loop),
        .PWRDWN   (1'b0),
        .RST      (1'b0),
        .CLKFBOUT (loop),
        .CLKFBOUTB(),
        .CLKOUT0  (made),
        .CLKOUT0B (),
        .CLKOUT1  (),
        .CLKOUT1B (),
        .CLKOUT2  (),
        .CLKOUT2B (),
        .CLKOUT3  (),
        .CLKOUT3B (),
        .CLKOUT4  (),
        .CLKOUT5  (),
        .CLKOUT6  (),
        .LOCKED   (locked)
    );
  end

  BUFG u_global (
      .I(made),
      .O(clk_out)
  );
endmodule
/* verilator lint_on PINCONNECTEMPTY */
`default_nettype wire
