// Pipelined sum of INPUTS signed numbers.
//
// Shapes:  term i in bits [i*BITS +: BITS]; the sum has BITS + log2(INPUTS) bits, so it cannot overflow.
// Latency: one register stage every LEVELS_PER_STAGE binary levels; none for one input. Where LATE is set (and a level is
//          a stage), a number without a partner is not held: term i comes as many cycles later as it passes levels alone.
// Cost:    INPUTS - 1 adders.
`default_nettype none

module sf_add_tree #(
    parameter int INPUTS           = 8,
    parameter int BITS             = 8,
    parameter int LEVELS_PER_STAGE = 1,
    parameter bit LATE             = 1'b0,
    parameter int SUM_BITS         = BITS + $clog2(INPUTS)  // leave as it is
) (
    input  wire                    clk,
    input  wire  [INPUTS*BITS-1:0] terms,
    output logic [SUM_BITS-1:0]    sum
);
  localparam int LEVELS = $clog2(INPUTS);

  // Terms of a level, and where they begin in the one vector that holds all levels.
  function automatic int level_terms(input int level);
    level_terms = (INPUTS + (1 << level) - 1) >> level;
  endfunction
  function automatic int level_start(input int level);
    level_start = 0;
    for (int k = 0; k < level; k++) level_start = level_start + level_terms(k) * (BITS + k);
  endfunction

  wire [level_start(LEVELS + 1)-1:0] nodes;
  assign nodes[INPUTS*BITS-1:0] = terms;
  assign sum = nodes[level_start(LEVELS)+:SUM_BITS];

  for (genvar level = 1; level <= LEVELS; level++) begin : g_level
    localparam int WIDTH = BITS + level;
    localparam int FROM = level_start(level - 1);
    localparam int TO = level_start(level);
    localparam bit REGISTER = level % LEVELS_PER_STAGE == 0 || level == LEVELS;
    for (genvar i = 0; i < level_terms(level); i++) begin : g_term
      wire signed [WIDTH-2:0] a = nodes[FROM+2*i*(WIDTH-1)+:WIDTH-1];
      logic signed [WIDTH-1:0] total;
      if (2 * i + 1 < level_terms(level - 1)) begin : g_pair
        wire signed [WIDTH-2:0] b = nodes[FROM+(2*i+1)*(WIDTH-1)+:WIDTH-1];
        assign total = WIDTH'(a) + WIDTH'(b);
      end else begin : g_single
        assign total = WIDTH'(a);
      end
      if (REGISTER && !(LATE && 2 * i + 1 >= level_terms(level - 1))) begin : g_register
        logic [WIDTH-1:0] held;
        always_ff @(posedge clk) held <= total;
        assign nodes[TO+i*WIDTH+:WIDTH] = held;
      end else begin : g_wire
        assign nodes[TO+i*WIDTH+:WIDTH] = total;
      end
    end
  end

  if (LEVELS == 0) begin : g_none
    wire unused_clk = clk;
  end
endmodule

`default_nettype wire
