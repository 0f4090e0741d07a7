// Pipelined maximum of INPUTS numbers.
//
// Shapes:  number i in bits [i*BITS +: BITS]; SIGNED: two's complement.
// Latency: one register stage every binary level; none for one input.
// Cost:    INPUTS - 1 comparators and multiplexers.
`default_nettype none

module sf_max_tree #(
    parameter int INPUTS = 4,
    parameter int BITS   = 8,
    parameter bit SIGNED = 1'b0
) (
    input  wire                    clk,
    input  wire  [INPUTS*BITS-1:0] numbers,
    output wire  [BITS-1:0]        largest
);
  localparam int LEVELS = $clog2(INPUTS);
  // Two's complement compares like unsigned once the sign is inverted.
  localparam logic [BITS-1:0] FLIP = SIGNED ? {1'b1, {(BITS - 1) {1'b0}}} : '0;

  function automatic int level_count(input int level);
    level_count = (INPUTS + (1 << level) - 1) >> level;
  endfunction
  function automatic int level_start(input int level);
    level_start = 0;
    for (int k = 0; k < level; k++) level_start = level_start + level_count(k) * BITS;
  endfunction

  wire [level_start(LEVELS + 1)-1:0] nodes;
  assign nodes[INPUTS*BITS-1:0] = numbers;
  assign largest = nodes[level_start(LEVELS)+:BITS];

  for (genvar level = 1; level <= LEVELS; level++) begin : g_level
    localparam int FROM = level_start(level - 1);
    localparam int TO = level_start(level);
    for (genvar i = 0; i < level_count(level); i++) begin : g_number
      wire [BITS-1:0] a = nodes[FROM+2*i*BITS+:BITS];
      logic [BITS-1:0] held;
      if (2 * i + 1 < level_count(level - 1)) begin : g_pair
        wire [BITS-1:0] b = nodes[FROM+(2*i+1)*BITS+:BITS];
        always_ff @(posedge clk) held <= (a ^ FLIP) > (b ^ FLIP) ? a : b;
      end else begin : g_single
        always_ff @(posedge clk) held <= a;
      end
      assign nodes[TO+i*BITS+:BITS] = held;
    end
  end

  if (LEVELS == 0) begin : g_none
    wire unused_clk = clk;
  end
endmodule

`default_nettype wire
