// Behaviour of the UltraScale primitive DSP48E2, as far as this project uses it. For simulation only: synthesis has it.
//
// Modelled: registers A1, A2, B1, B2, C, D, AD, M, P and those of INMODE, OPMODE, ALUMODE, each in or out by its attribute,
//           with clock enables and synchronous resets, zero at start; the pre-adder; the 27 x 18 multiplier; X, Y, Z, W
//           multiplexers for 0, M, P, PCIN, C, RND; the sum of the four; PCOUT.
// Refused:  every attribute that asks for something else, when the design is elaborated and at the start; every operation, carry, shifted
//           or A:B operand and unused cascade input, in the clock cycle that asks for it. Outputs not modelled are unknown.
// Source:   AMD UG579, UltraScale Architecture DSP Slice, v1.9, chapters 2 and 3.
`default_nettype none

module DSP48E2 #(
    parameter integer      ACASCREG                  = 1,
    parameter integer      ADREG                     = 1,
    parameter integer      ALUMODEREG                = 1,
    parameter string       AMULTSEL                  = "A",
    parameter integer      AREG                      = 1,
    parameter string       AUTORESET_PATDET          = "NO_RESET",
    parameter string       AUTORESET_PRIORITY        = "RESET",
    parameter string       A_INPUT                   = "DIRECT",
    parameter integer      BCASCREG                  = 1,
    parameter string       BMULTSEL                  = "B",
    parameter integer      BREG                      = 1,
    parameter string       B_INPUT                   = "DIRECT",
    parameter integer      CARRYINREG                = 1,
    parameter integer      CARRYINSELREG             = 1,
    parameter integer      CREG                      = 1,
    parameter integer      DREG                      = 1,
    parameter integer      INMODEREG                 = 1,
    parameter logic [3:0]  IS_ALUMODE_INVERTED       = 4'b0000,
    parameter logic [0:0]  IS_CARRYIN_INVERTED       = 1'b0,
    parameter logic [0:0]  IS_CLK_INVERTED           = 1'b0,
    parameter logic [4:0]  IS_INMODE_INVERTED        = 5'b00000,
    parameter logic [8:0]  IS_OPMODE_INVERTED        = 9'b000000000,
    parameter logic [0:0]  IS_RSTALLCARRYIN_INVERTED = 1'b0,
    parameter logic [0:0]  IS_RSTALUMODE_INVERTED    = 1'b0,
    parameter logic [0:0]  IS_RSTA_INVERTED          = 1'b0,
    parameter logic [0:0]  IS_RSTB_INVERTED          = 1'b0,
    parameter logic [0:0]  IS_RSTCTRL_INVERTED       = 1'b0,
    parameter logic [0:0]  IS_RSTC_INVERTED          = 1'b0,
    parameter logic [0:0]  IS_RSTD_INVERTED          = 1'b0,
    parameter logic [0:0]  IS_RSTINMODE_INVERTED     = 1'b0,
    parameter logic [0:0]  IS_RSTM_INVERTED          = 1'b0,
    parameter logic [0:0]  IS_RSTP_INVERTED          = 1'b0,
    parameter logic [47:0] MASK                      = 48'h3FFFFFFFFFFF,
    parameter integer      MREG                      = 1,
    parameter integer      OPMODEREG                 = 1,
    parameter logic [47:0] PATTERN                   = 48'h000000000000,
    parameter string       PREADDINSEL               = "A",
    parameter integer      PREG                      = 1,
    parameter logic [47:0] RND                       = 48'h000000000000,
    parameter string       SEL_MASK                  = "MASK",
    parameter string       SEL_PATTERN               = "PATTERN",
    parameter string       USE_MULT                  = "MULTIPLY",
    parameter string       USE_PATTERN_DETECT        = "NO_PATDET",
    parameter string       USE_SIMD                  = "ONE48",
    parameter string       USE_WIDEXOR               = "FALSE",
    parameter string       XORSIMD                   = "XOR24_48_96"
) (
    output wire  [29:0] ACOUT,
    output wire  [17:0] BCOUT,
    output wire         CARRYCASCOUT,
    output wire  [3:0]  CARRYOUT,
    output wire         MULTSIGNOUT,
    output wire         OVERFLOW,
    output wire  [47:0] P,
    output wire         PATTERNBDETECT,
    output wire         PATTERNDETECT,
    output wire  [47:0] PCOUT,
    output wire         UNDERFLOW,
    output wire  [7:0]  XOROUT,
    input  wire  [29:0] A,
    input  wire  [29:0] ACIN,
    input  wire  [3:0]  ALUMODE,
    input  wire  [17:0] B,
    input  wire  [17:0] BCIN,
    input  wire  [47:0] C,
    input  wire         CARRYCASCIN,
    input  wire         CARRYIN,
    input  wire  [2:0]  CARRYINSEL,
    input  wire         CEA1,
    input  wire         CEA2,
    input  wire         CEAD,
    input  wire         CEALUMODE,
    input  wire         CEB1,
    input  wire         CEB2,
    input  wire         CEC,
    input  wire         CECARRYIN,
    input  wire         CECTRL,
    input  wire         CED,
    input  wire         CEINMODE,
    input  wire         CEM,
    input  wire         CEP,
    input  wire         CLK,
    input  wire  [26:0] D,
    input  wire  [4:0]  INMODE,
    input  wire         MULTSIGNIN,
    input  wire  [8:0]  OPMODE,
    input  wire  [47:0] PCIN,
    input  wire         RSTA,
    input  wire         RSTALLCARRYIN,
    input  wire         RSTALUMODE,
    input  wire         RSTB,
    input  wire         RSTC,
    input  wire         RSTCTRL,
    input  wire         RSTD,
    input  wire         RSTINMODE,
    input  wire         RSTM,
    input  wire         RSTP
);
  /* verilator inline_module */  // thousands of units in a design: constant pins and attributes shorten their code

  // ---- What is refused ----------------------------------------------------------------------------------------------

  function automatic bit staged(input integer registers, input integer cascaded);
    staged = registers == 2 ? cascaded == 1 || cascaded == 2 : (registers == 0 || registers == 1) && cascaded == registers;
  endfunction
  function automatic bit flag(input integer attribute);
    flag = attribute == 0 || attribute == 1;
  endfunction
  localparam bit PATTERNS = USE_PATTERN_DETECT != "NO_PATDET" || AUTORESET_PATDET != "NO_RESET" || SEL_MASK != "MASK"
      || AUTORESET_PRIORITY != "RESET" || SEL_PATTERN != "PATTERN" || MASK != 48'h3FFFFFFFFFFF || PATTERN != '0;
  localparam bit INVERTED = |{
    IS_ALUMODE_INVERTED, IS_CARRYIN_INVERTED, IS_CLK_INVERTED, IS_INMODE_INVERTED, IS_OPMODE_INVERTED,
    IS_RSTALLCARRYIN_INVERTED, IS_RSTALUMODE_INVERTED, IS_RSTA_INVERTED, IS_RSTB_INVERTED, IS_RSTCTRL_INVERTED,
    IS_RSTC_INVERTED, IS_RSTD_INVERTED, IS_RSTINMODE_INVERTED, IS_RSTM_INVERTED, IS_RSTP_INVERTED
  };
  localparam bit FLAGS = flag(ADREG) && flag(CREG) && flag(DREG) && flag(MREG) && flag(PREG) && flag(ALUMODEREG)
      && flag(CARRYINREG) && flag(CARRYINSELREG) && flag(INMODEREG) && flag(OPMODEREG);
  localparam string REFUSED =
      !staged(AREG, ACASCREG) ? "AREG with this ACASCREG" :
      !staged(BREG, BCASCREG) ? "BREG with this BCASCREG" :
      !FLAGS ? "a register that is neither there (1) nor not (0)" :
      AMULTSEL != "A" && AMULTSEL != "AD" || BMULTSEL != "B" || PREADDINSEL != "A" ? "a pre-adder of B" :
      A_INPUT != "DIRECT" || B_INPUT != "DIRECT" ? "a cascade of A or B" :
      USE_MULT != "MULTIPLY" ? "a unit without its multiplier" :
      USE_SIMD != "ONE48" || USE_WIDEXOR != "FALSE" || XORSIMD != "XOR24_48_96" ? "SIMD or wide XOR" :
      PATTERNS ? "the pattern detector" :
      INVERTED ? "inverted pins" : "";
  if (REFUSED != "") begin : g_refused
    $fatal(1, "DSP48E2: not modelled: %s", REFUSED);
  end
  initial if (REFUSED != "") $fatal(1, "DSP48E2: not modelled: %s", REFUSED);  // the one above may be a mere warning

  // ---- Registers ----------------------------------------------------------------------------------------------------

  logic [29:0] a1, a2;
  logic [17:0] b1, b2;
  logic [26:0] d, ad;
  logic [47:0] c, p;
  logic [44:0] m;
  logic [4:0]  inmode_held;
  logic [8:0]  opmode_held;
  logic [3:0]  alumode_held;
  initial begin
    {a1, a2, b1, b2, d, ad, c, p, m} = '0;
    {inmode_held, opmode_held, alumode_held} = '0;
  end

  wire [26:0] sum_ad;
  wire [44:0] product;
  wire [47:0] total;
  always_ff @(posedge CLK) begin
    if (RSTA) {a1, a2} <= '0;
    else begin
      if (CEA1) a1 <= A;
      if (CEA2) a2 <= AREG == 2 ? a1 : A;
    end
    if (RSTB) {b1, b2} <= '0;
    else begin
      if (CEB1) b1 <= B;
      if (CEB2) b2 <= BREG == 2 ? b1 : B;
    end
    if (RSTC) c <= '0;
    else if (CEC) c <= C;
    if (RSTD) d <= '0;
    else if (CED) d <= D;
    if (RSTD) ad <= '0;
    else if (CEAD) ad <= sum_ad;
    if (RSTM) m <= '0;
    else if (CEM) m <= product;
    if (RSTP) p <= '0;
    else if (CEP) p <= total;
    if (RSTINMODE) inmode_held <= '0;
    else if (CEINMODE) inmode_held <= INMODE;
    if (RSTCTRL) opmode_held <= '0;
    else if (CECTRL) opmode_held <= OPMODE;
    if (RSTALUMODE) alumode_held <= '0;
    else if (CEALUMODE) alumode_held <= ALUMODE;
  end
  wire [4:0] inmode = INMODEREG == 1 ? inmode_held : INMODE;
  wire [8:0] opmode = OPMODEREG == 1 ? opmode_held : OPMODE;
  wire [3:0] alumode = ALUMODEREG == 1 ? alumode_held : ALUMODE;

  // ---- Pre-adder, multiplier, sum -----------------------------------------------------------------------------------

  wire [29:0] a_last = AREG == 0 ? A : a2;
  wire [17:0] b_last = BREG == 0 ? B : b2;
  wire [26:0] a_chosen = inmode[1] ? '0 : inmode[0] ? a1[26:0] : a_last[26:0];
  wire [26:0] d_chosen = !inmode[2] ? '0 : DREG == 1 ? d : D;
  assign sum_ad = inmode[3] ? d_chosen - a_chosen : d_chosen + a_chosen;

  wire signed [26:0] multiplicand = AMULTSEL != "AD" ? a_chosen : ADREG == 1 ? ad : sum_ad;
  wire signed [17:0] multiplier = inmode[4] ? b1 : b_last;
  assign product = 45'(multiplicand) * 45'(multiplier);

  wire [44:0] m_last = MREG == 1 ? m : product;
  wire [47:0] c_last = CREG == 1 ? c : C;
  logic [47:0] w, x, y, z;
  always_comb begin
    case (opmode[8:7])
      2'b00: w = '0;
      2'b01: w = p;
      2'b10: w = RND;
      default: w = c_last;
    endcase
    // The multiplier's two partial products go through X and Y; here X brings the product and Y nothing.
    case (opmode[1:0])
      2'b00: x = '0;
      2'b01: x = {{3{m_last[44]}}, m_last};
      2'b10: x = p;
      default: x = 'x;
    endcase
    case (opmode[3:2])
      2'b00, 2'b01: y = '0;
      2'b11: y = c_last;
      default: y = 'x;
    endcase
    case (opmode[6:4])
      3'b000: z = '0;
      3'b001: z = PCIN;
      3'b010: z = p;
      3'b011: z = c_last;
      default: z = 'x;
    endcase
  end
  assign total = w + x + y + z;
  assign P = PREG == 1 ? p : total;
  assign PCOUT = P;

  // ---- What is refused in a cycle -----------------------------------------------------------------------------------

  wire takes_p = opmode[8:7] == 2'b01 || opmode[1:0] == 2'b10 || opmode[6:4] == 3'b010;
  wire half_product = (opmode[1:0] == 2'b01) != (opmode[3:2] == 2'b01);
  always_ff @(posedge CLK) begin
    if (alumode != '0) $fatal(1, "DSP48E2: not modelled: ALUMODE %b", alumode);
    if (opmode[1:0] == 2'b11 || opmode[3:2] == 2'b10 || opmode[6:4] > 3'b011 || half_product)
      $fatal(1, "DSP48E2: not modelled: OPMODE %b", opmode);
    if (takes_p && PREG == 0) $fatal(1, "DSP48E2: OPMODE %b needs PREG", opmode);
    if (inmode[0] && AREG != 2 || inmode[4] && BREG != 2) $fatal(1, "DSP48E2: INMODE %b needs two registers", inmode);
    if (CARRYIN || CARRYCASCIN || MULTSIGNIN || CARRYINSEL != '0) $fatal(1, "DSP48E2: not modelled: carries");
    if (ACIN != '0 || BCIN != '0) $fatal(1, "DSP48E2: not modelled: a cascade of A or B");
  end
  wire unused = &{1'b0, CECARRYIN, RSTALLCARRYIN, a1, b1, a_last};

  assign ACOUT = 'x;
  assign BCOUT = 'x;
  assign CARRYCASCOUT = 1'bx;
  assign CARRYOUT = 'x;
  assign MULTSIGNOUT = 1'bx;
  assign OVERFLOW = 1'bx;
  assign PATTERNBDETECT = 1'bx;
  assign PATTERNDETECT = 1'bx;
  assign UNDERFLOW = 1'bx;
  assign XOROUT = 'x;
endmodule

`default_nettype wire
