// One DSP48E2 of a cascade: two products that share a factor, added to the two sums of the unit before it.
//
// Shapes:  numbers of 9 signed bits; the unit multiplies (high << 18) + low by `factor`, so the sum holds both products:
//          low field in sum[17:0], with its top bit inverted, high field in sum[47:18].
//          HEAD: the first of a cascade, which adds 2**17 instead of `chain_in`. The low field is then never negative, no
//          borrow reaches the high field, and nothing must be corrected, as long as the low sum fits 18 signed bits.
// Latency: 4 cycles from the numbers to the sum; 1 cycle from `chain_in` to the sum.
// Cost:    one DSP48E2, no logic.
`default_nettype none

module sf_dsp_pair #(
    parameter bit HEAD = 1'b1
) (
    input  wire               clk,
    input  wire signed [8:0]  high,
    input  wire signed [8:0]  low,
    input  wire signed [8:0]  factor,
    input  wire        [47:0] chain_in,  // `chain_out` of the unit before: wires of the DSP column only
    output wire        [47:0] chain_out,
    output wire        [47:0] sum
);
  /* verilator inline_module */
  // W adds RND in the head, Z adds PCIN behind it; X and Y add the product.
  localparam logic [8:0] OPMODE = HEAD ? 9'b10_000_01_01 : 9'b00_001_01_01;
  localparam logic [47:0] RND = HEAD ? 48'h20000 : '0;

  wire [29:0] unused_acout;
  wire [17:0] unused_bcout;
  wire [3:0]  unused_carryout;
  wire [7:0]  unused_xorout;
  wire        unused_cascade, unused_sign, unused_overflow, unused_underflow, unused_pattern, unused_pattern_b;

  // C takes no part: tied high and never clocked, as the user guide advises for an unused input.
  DSP48E2 #(
      .AMULTSEL("AD"), .AREG(1), .ACASCREG(1), .BREG(2), .BCASCREG(2), .DREG(1), .ADREG(1), .CREG(1), .MREG(1), .PREG(1),
      .ALUMODEREG(0), .CARRYINREG(0), .CARRYINSELREG(0), .INMODEREG(0), .OPMODEREG(0), .RND(RND)
  ) unit (
      .CLK(clk), .A({{3{high[8]}}, high, 18'b0}), .B({{9{factor[8]}}, factor}), .C({48{1'b1}}), .D({{18{low[8]}}, low}),
      .PCIN(chain_in), .PCOUT(chain_out), .P(sum),
      .OPMODE(OPMODE), .INMODE(5'b00100), .ALUMODE(4'b0000), .CARRYIN(1'b0), .CARRYINSEL(3'b000),
      .CEA1(1'b0), .CEA2(1'b1), .CEB1(1'b1), .CEB2(1'b1), .CEC(1'b0), .CED(1'b1), .CEAD(1'b1), .CEM(1'b1), .CEP(1'b1),
      .CEALUMODE(1'b1), .CECARRYIN(1'b1), .CECTRL(1'b1), .CEINMODE(1'b1),
      .RSTA(1'b0), .RSTB(1'b0), .RSTC(1'b0), .RSTD(1'b0), .RSTM(1'b0), .RSTP(1'b0), .RSTALLCARRYIN(1'b0),
      .RSTALUMODE(1'b0), .RSTCTRL(1'b0), .RSTINMODE(1'b0),
      .ACIN(30'b0), .BCIN(18'b0), .CARRYCASCIN(1'b0), .MULTSIGNIN(1'b0),
      .ACOUT(unused_acout), .BCOUT(unused_bcout), .CARRYCASCOUT(unused_cascade), .CARRYOUT(unused_carryout),
      .MULTSIGNOUT(unused_sign), .OVERFLOW(unused_overflow), .UNDERFLOW(unused_underflow),
      .PATTERNDETECT(unused_pattern), .PATTERNBDETECT(unused_pattern_b), .XOROUT(unused_xorout)
  );
endmodule

`default_nettype wire
