// Core clock from the board's oscillator with the ECP5's PLL (EHXPLLL).
//
// Shapes:  oscillator in; core clock and `locked` out.
// Latency: some hundred microseconds until `locked`.
// Cost:    one EHXPLLL, one global clock net.
// f_vco = f_in / REFERENCE_DIV * LOOP_DIV; f_out = f_vco / OUTPUT_DIV. The dividers come from the clock
// planner, which knows the limits. The loop closes over its own output (CLKOP), so OUTPUT_DIV is free.
`default_nettype none
// The primitive has outputs that this clock does not need; leaving them open is the vendor's way.
/* verilator lint_off PINCONNECTEMPTY */

module sf_clock_ecp5 #(
    parameter int REFERENCE_DIV = 1,
    parameter int LOOP_DIV = 24,
    parameter int OUTPUT_DIV = 24
) (
    input  wire  clk_in,
    output logic clk_out,
    output logic locked
);
  wire loop;

  (* ICP_CURRENT = "12" *) (* LPF_RESISTOR = "8" *) (* MFG_ENABLE_FILTEROPAMP = "1" *) (* MFG_GMCREF_SEL = "2" *)
  EHXPLLL #(
      .PLLRST_ENA      ("DISABLED"),
      .INTFB_WAKE      ("DISABLED"),
      .STDBY_ENABLE    ("DISABLED"),
      .DPHASE_SOURCE   ("DISABLED"),
      .OUTDIVIDER_MUXA ("DIVA"),
      .OUTDIVIDER_MUXB ("DIVB"),
      .OUTDIVIDER_MUXC ("DIVC"),
      .OUTDIVIDER_MUXD ("DIVD"),
      .CLKI_DIV        (REFERENCE_DIV),
      .CLKFB_DIV       (1),
      .CLKOP_ENABLE    ("ENABLED"),
      .CLKOP_DIV       (LOOP_DIV),
      .CLKOP_CPHASE    (LOOP_DIV - 1),
      .CLKOP_FPHASE    (0),
      .CLKOS_ENABLE    ("ENABLED"),
      .CLKOS_DIV       (OUTPUT_DIV),
      .CLKOS_CPHASE    (OUTPUT_DIV - 1),
      .CLKOS_FPHASE    (0),
      .FEEDBK_PATH     ("CLKOP")
  ) u_pll (
      .RST         (1'b0),
      .STDBY       (1'b0),
      .CLKI        (clk_in),
      .CLKOP       (loop),
      .CLKOS       (clk_out),
      .CLKOS2      (),
      .CLKOS3      (),
      .CLKFB       (loop),
      .CLKINTFB    (),
      .PHASESEL0   (1'b0),
      .PHASESEL1   (1'b0),
      .PHASEDIR    (1'b1),
      .PHASESTEP   (1'b1),
      .PHASELOADREG(1'b1),
      .PLLWAKESYNC (1'b0),
      .ENCLKOP     (1'b0),
      .ENCLKOS     (1'b0),
      .ENCLKOS2    (1'b0),
      .ENCLKOS3    (1'b0),
      .INTLOCK     (),
      .REFCLK      (),
      .LOCK        (locked)
  );
endmodule
/* verilator lint_on PINCONNECTEMPTY */
`default_nettype wire
