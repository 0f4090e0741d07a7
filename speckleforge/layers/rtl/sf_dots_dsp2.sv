// Dot products with DSP48E2 units, two products in each: LANES vectors of operands with OUTPUTS vectors of weights.
//
// Shapes:  operand (lane * TAPS + t), weight (output * TAPS + t), sum (lane * OUTPUTS + output); weights and sums signed,
//          operands where SIGNED is set, each of up to 8 bits. The two products of a unit belong to neighbouring lanes,
//          which share the weight (LANES is even), or with PAIR_OUTPUTS to neighbouring outputs, which share the operand
//          (half of the last unit idles where OUTPUTS is odd).
// Sums:    CHAIN units, one a tap, add up in a cascade through PCIN and PCOUT; an adder tree adds the cascades. A product
//          is at most 2**(BITS + WEIGHT_BITS - 1) in size and the low sum of a unit has 18 signed bits, so that up to
//          2**(18 - BITS - WEIGHT_BITS) taps cannot leave it: 4 of 8 x 8 bits. More than 8 would cost more than they save.
// Latency: 3 + CHAIN + log2(number of cascades) cycles from operands and weights to their sums; one set a cycle.
// Cost:    ceil(LANES * OUTPUTS / 2) * TAPS DSP48E2 (PAIR_OUTPUTS: LANES * ceil(OUTPUTS / 2) * TAPS), for each sum an adder
//          less than cascades, delays of operands and weights of (CHAIN - 1) / 2 cycles on average.
`default_nettype none

module sf_dots_dsp2 #(
    parameter int LANES        = 2,
    parameter int OUTPUTS      = 1,
    parameter int TAPS         = 9,
    parameter int BITS         = 8,
    parameter bit SIGNED       = 1'b0,
    parameter int WEIGHT_BITS  = 8,
    parameter bit PAIR_OUTPUTS = 1'b0,
    parameter int SUM_BITS     = BITS + WEIGHT_BITS + $clog2(TAPS)  // leave as it is
) (
    input  wire                                clk,
    input  wire [LANES*TAPS*BITS-1:0]          operands,
    input  wire [OUTPUTS*TAPS*WEIGHT_BITS-1:0] weights,
    output wire [LANES*OUTPUTS*SUM_BITS-1:0]   sums
);
  if (BITS > 8 || WEIGHT_BITS > 8) begin : g_wide
    $fatal(1, "sf_dots_dsp2: numbers of more than 8 bits");
  end
  if (!PAIR_OUTPUTS && LANES % 2 != 0) begin : g_odd
    $fatal(1, "sf_dots_dsp2: an odd number of lanes");
  end

  localparam int MOST = BITS + WEIGHT_BITS > 15 ? 1 << (18 - BITS - WEIGHT_BITS) : 8;
  localparam int CHAIN = (TAPS + (TAPS + MOST - 1) / MOST - 1) / ((TAPS + MOST - 1) / MOST);
  localparam int CHAINS = (TAPS + CHAIN - 1) / CHAIN;
  localparam int TERM_BITS = BITS + WEIGHT_BITS + $clog2(CHAIN);
  localparam int TREE_BITS = TERM_BITS + $clog2(CHAINS);

  // Taps of the cascade that holds tap t; cycles by which the tap waits, so that all cascades end together.
  function automatic int length(input int t);
    length = t / CHAIN < CHAINS - 1 ? CHAIN : TAPS - (CHAINS - 1) * CHAIN;
  endfunction
  function automatic int wait_of(input int t);
    wait_of = CHAIN - length(t) + t % CHAIN;
  endfunction

  // Operands and weights in their unit's cycle, as signed numbers of 9 bits.
  wire [LANES*TAPS*9-1:0] operand;
  wire [OUTPUTS*TAPS*9-1:0] weight;
  for (genvar i = 0; i < LANES * TAPS; i++) begin : g_operand
    wire [BITS-1:0] late;
    sf_delay #(.BITS(BITS), .CYCLES(wait_of(i % TAPS))) delay (.clk(clk), .now(operands[i*BITS+:BITS]), .late(late));
    assign operand[i*9+:9] = {{(9 - BITS) {SIGNED && late[BITS-1]}}, late};
  end
  for (genvar i = 0; i < OUTPUTS * TAPS; i++) begin : g_weight
    wire [WEIGHT_BITS-1:0] late;
    sf_delay #(.BITS(WEIGHT_BITS), .CYCLES(wait_of(i % TAPS))) delay (
        .clk(clk), .now(weights[i*WEIGHT_BITS+:WEIGHT_BITS]), .late(late)
    );
    assign weight[i*9+:9] = {{(9 - WEIGHT_BITS) {late[WEIGHT_BITS-1]}}, late};
  end

  // Each pair of sums: (lane, o) in the low fields, its neighbour in the high ones.
  localparam int LANE_STEP = PAIR_OUTPUTS ? 1 : 2;
  localparam int OUTPUT_STEP = PAIR_OUTPUTS ? 2 : 1;
  for (genvar lane = 0; lane < LANES; lane += LANE_STEP) begin : g_lane
    for (genvar o = 0; o < OUTPUTS; o += OUTPUT_STEP) begin : g_output
      localparam bit WHOLE = !PAIR_OUTPUTS || o + 1 < OUTPUTS;
      wire [CHAINS*TERM_BITS-1:0] low, high;
      wire [TAPS*48-1:0] chain_out, sum;
      wire [TREE_BITS-1:0] low_sum, high_sum;
      for (genvar t = 0; t < TAPS; t++) begin : g_tap
        localparam bit HEAD = t % CHAIN == 0;
        localparam int HIGH_LANE = PAIR_OUTPUTS ? lane : lane + 1;
        localparam int HIGH_OUTPUT = WHOLE && PAIR_OUTPUTS ? o + 1 : o;
        wire signed [8:0] shared = PAIR_OUTPUTS ? operand[(lane*TAPS+t)*9+:9] : weight[(o*TAPS+t)*9+:9];
        wire signed [8:0] first = PAIR_OUTPUTS ? weight[(o*TAPS+t)*9+:9] : operand[(lane*TAPS+t)*9+:9];
        wire signed [8:0] second = PAIR_OUTPUTS ? weight[(HIGH_OUTPUT*TAPS+t)*9+:9] : operand[(HIGH_LANE*TAPS+t)*9+:9];
        wire [47:0] chain_in;
        if (HEAD) begin : g_head
          assign chain_in = '0;
        end else begin : g_behind
          assign chain_in = chain_out[(t-1)*48+:48];
        end
        sf_dsp_pair #(
            .HEAD(HEAD)
        ) pair (
            .clk(clk), .high(WHOLE ? second : 9'sd0), .low(first), .factor(shared),
            .chain_in(chain_in), .chain_out(chain_out[t*48+:48]), .sum(sum[t*48+:48])
        );
      end
      for (genvar chain = 0; chain < CHAINS; chain++) begin : g_chain
        localparam int TAIL = chain < CHAINS - 1 ? (chain + 1) * CHAIN - 1 : TAPS - 1;
        // The top bit of the low field is inverted; where the sum is shorter it plays no part.
        localparam logic [17:0] OFFSET = 18'h20000;
        assign low[chain*TERM_BITS+:TERM_BITS] = sum[TAIL*48+:TERM_BITS] ^ OFFSET[TERM_BITS-1:0];
        assign high[chain*TERM_BITS+:TERM_BITS] = sum[TAIL*48+18+:TERM_BITS];
      end
      wire unused = &{1'b0, chain_out, sum, low_sum, high_sum};

      sf_add_tree #(
          .INPUTS(CHAINS), .BITS(TERM_BITS)
      ) low_tree (
          .clk(clk), .terms(low), .sum(low_sum)
      );
      sf_add_tree #(
          .INPUTS(CHAINS), .BITS(TERM_BITS)
      ) high_tree (
          .clk(clk), .terms(high), .sum(high_sum)
      );
      assign sums[(lane*OUTPUTS+o)*SUM_BITS+:SUM_BITS] = low_sum[SUM_BITS-1:0];
      if (WHOLE) begin : g_whole
        localparam int HIGH = PAIR_OUTPUTS ? lane * OUTPUTS + o + 1 : (lane + 1) * OUTPUTS + o;
        assign sums[HIGH*SUM_BITS+:SUM_BITS] = high_sum[SUM_BITS-1:0];
      end
    end
  end
endmodule

`default_nettype wire
