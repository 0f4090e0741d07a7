// Simulation stand-ins of UltraScale's clock hardware: the clock that comes out is the one that goes in, and it locks after 16
// cycles. One cycle of the oscillator is one of the core clock: frequencies are not simulated, but checked once at the start.
//
// A pair gives a clock only where its two sides are opposite, so that a side which is not wired is seen.
`default_nettype none
/* verilator lint_off UNUSED */
/* verilator lint_off UNDRIVEN */
/* verilator lint_off DECLFILENAME */

module IBUFDS (
    input  wire I,
    input  wire IB,
    output wire O
);
  assign O = I && !IB;
endmodule

module BUFG (
    input  wire I,
    output wire O
);
  assign O = I;
endmodule

// Limits are those of any speed grade. Sources: as in the clock planner.
module sf_mmcm_model #(
    parameter real CLKIN1_PERIOD = 10.0,
    parameter int DIVCLK_DIVIDE = 1,
    parameter real CLKFBOUT_MULT_F = 10.0,
    parameter real CLKOUT0_DIVIDE_F = 10.0,
    parameter real VCO_LEAST = 600.0,
    parameter real VCO_MOST = 1200.0,
    parameter real MULT_MOST = 64.0
) (
    input  wire CLKIN1,
    input  wire CLKFBIN,
    output wire CLKFBOUT,
    output wire CLKOUT0,
    output wire LOCKED
);
  localparam real DETECTOR = 1000.0 / CLKIN1_PERIOD / DIVCLK_DIVIDE;
  localparam real VCO = DETECTOR * CLKFBOUT_MULT_F;
  localparam real NEAR = 1.001;  // the period is in whole picoseconds

  initial begin
    if (DETECTOR * NEAR < 10.0 || DETECTOR > 450.0 * NEAR) $fatal(1, "phase detector at %f MHz", DETECTOR);
    if (VCO * NEAR < VCO_LEAST || VCO > VCO_MOST * NEAR) $fatal(1, "oscillator at %f MHz", VCO);
    if (CLKFBOUT_MULT_F < 2.0 || CLKFBOUT_MULT_F > MULT_MOST) $fatal(1, "multiplier %f", CLKFBOUT_MULT_F);
    if (CLKOUT0_DIVIDE_F < 1.0 || CLKOUT0_DIVIDE_F > 128.0) $fatal(1, "output divider %f", CLKOUT0_DIVIDE_F);
    if (DIVCLK_DIVIDE < 1 || DIVCLK_DIVIDE > 106) $fatal(1, "input divider %d", DIVCLK_DIVIDE);
  end

  logic [4:0] cycles;
  initial cycles = '0;
  always_ff @(posedge CLKIN1) if (!cycles[4]) cycles <= cycles + 5'd1;

  assign CLKFBOUT = CLKIN1;
  assign CLKOUT0 = CLKIN1;
  assign LOCKED = cycles[4];
endmodule

module MMCME3_BASE #(
    parameter real CLKIN1_PERIOD = 0.0,
    parameter int DIVCLK_DIVIDE = 1,
    parameter real CLKFBOUT_MULT_F = 5.0,
    parameter real CLKOUT0_DIVIDE_F = 1.0
) (
    input  wire CLKIN1,
    input  wire CLKFBIN,
    input  wire PWRDWN,
    input  wire RST,
    output wire CLKFBOUT,
    output wire CLKFBOUTB,
    output wire CLKOUT0,
    output wire CLKOUT0B,
    output wire CLKOUT1,
    output wire CLKOUT1B,
    output wire CLKOUT2,
    output wire CLKOUT2B,
    output wire CLKOUT3,
    output wire CLKOUT3B,
    output wire CLKOUT4,
    output wire CLKOUT5,
    output wire CLKOUT6,
    output wire LOCKED
);
  sf_mmcm_model #(
      .CLKIN1_PERIOD   (CLKIN1_PERIOD),
      .DIVCLK_DIVIDE   (DIVCLK_DIVIDE),
      .CLKFBOUT_MULT_F (CLKFBOUT_MULT_F),
      .CLKOUT0_DIVIDE_F(CLKOUT0_DIVIDE_F)
  ) u_model (
      .CLKIN1  (CLKIN1),
      .CLKFBIN (CLKFBIN),
      .CLKFBOUT(CLKFBOUT),
      .CLKOUT0 (CLKOUT0),
      .LOCKED  (LOCKED)
  );
endmodule

module MMCME4_BASE #(
    parameter real CLKIN1_PERIOD = 0.0,
    parameter int DIVCLK_DIVIDE = 1,
    parameter real CLKFBOUT_MULT_F = 5.0,
    parameter real CLKOUT0_DIVIDE_F = 1.0
) (
    input  wire CLKIN1,
    input  wire CLKFBIN,
    input  wire PWRDWN,
    input  wire RST,
    output wire CLKFBOUT,
    output wire CLKFBOUTB,
    output wire CLKOUT0,
    output wire CLKOUT0B,
    output wire CLKOUT1,
    output wire CLKOUT1B,
    output wire CLKOUT2,
    output wire CLKOUT2B,
    output wire CLKOUT3,
    output wire CLKOUT3B,
    output wire CLKOUT4,
    output wire CLKOUT5,
    output wire CLKOUT6,
    output wire LOCKED
);
  sf_mmcm_model #(
      .CLKIN1_PERIOD   (CLKIN1_PERIOD),
      .DIVCLK_DIVIDE   (DIVCLK_DIVIDE),
      .CLKFBOUT_MULT_F (CLKFBOUT_MULT_F),
      .CLKOUT0_DIVIDE_F(CLKOUT0_DIVIDE_F),
      .VCO_LEAST       (800.0),
      .VCO_MOST        (1600.0),
      .MULT_MOST       (128.0)
  ) u_model (
      .CLKIN1  (CLKIN1),
      .CLKFBIN (CLKFBIN),
      .CLKFBOUT(CLKFBOUT),
      .CLKOUT0 (CLKOUT0),
      .LOCKED  (LOCKED)
  );
endmodule
`default_nettype wire
