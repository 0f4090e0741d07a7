// Dot products by distributed arithmetic: no multiplier, stationary weights that may change between frames.
//
// Shapes:  operand (lane * TAPS + t), sum (lane * OUTPUTS + output); weights and sums signed, operands where SIGNED is set.
//          Each GROUP taps look up the sum of their weights for every bit-plane of the operands; a tree adds the groups,
//          then the planes are added, each shifted by its place (the highest is subtracted where SIGNED).
// Weights: written one by one into a bank at any time (`write_out`, `write_tap` one-hot). `fill` makes the tables from those
//          of `fill_bank` in 2**GROUP + 2 cycles: operands given while `filling` is set have no sums. Those given up to two
//          cycles after `fill` still meet the old tables. A bank must not be written while the tables are made from it.
// Latency: 2 + log2(groups) + log2(BITS) cycles from operands to sums; one set a cycle.
// Cost:    for a sum (groups - 1) * BITS + BITS - 1 adders and groups * BITS look-ups; see sf_subset_sums.
`default_nettype none

module sf_dots_da #(
    parameter int LANES       = 1,
    parameter int OUTPUTS     = 1,
    parameter int TAPS        = 9,
    parameter int BITS        = 4,
    parameter bit SIGNED      = 1'b0,
    parameter int WEIGHT_BITS = 4,
    parameter int GROUP       = 5,
    parameter int BANKS       = 1,
    parameter int SUM_BITS    = BITS + WEIGHT_BITS + $clog2(TAPS)  // leave as it is
) (
    input  wire                              clk,
    input  wire                              rst,
    input  wire [LANES*TAPS*BITS-1:0]        operands,
    output wire [LANES*OUTPUTS*SUM_BITS-1:0] sums,
    input  wire                              write,
    input  wire [OUTPUTS-1:0]                write_out,
    input  wire [TAPS-1:0]                   write_tap,
    input  wire                              write_bank,
    input  wire [WEIGHT_BITS-1:0]            write_data,
    input  wire                              fill,
    input  wire                              fill_bank,
    output logic                             filling
);
  localparam int GROUPS = (TAPS + GROUP - 1) / GROUP;
  localparam int POSITION_BITS = GROUP > 1 ? $clog2(GROUP) : 1;
  localparam int VALUE_BITS = WEIGHT_BITS + $clog2(GROUP);  // of a full table
  localparam int PLANE_BITS = WEIGHT_BITS + $clog2(TAPS);
  localparam int LEVELS = $clog2(BITS);
  localparam bit SHARED = GROUP > 4;  // RAM of 32 words, of which a primitive holds many ports

  // ---- Weights ------------------------------------------------------------------------------------------------------

  wire [GROUPS-1:0] taps_of_group;
  wire [POSITION_BITS*TAPS-1:0] positions;
  for (genvar g = 0; g < GROUPS; g++) begin : g_hot
    localparam int INPUTS = g < GROUPS - 1 ? GROUP : TAPS - g * GROUP;
    assign taps_of_group[g] = |write_tap[g*GROUP+:INPUTS];
  end
  for (genvar t = 0; t < TAPS; t++) begin : g_position
    for (genvar i = 0; i < POSITION_BITS; i++) begin : g_bit
      assign positions[i*TAPS+t] = write_tap[t] && ((t % GROUP) >> i) % 2 == 1;
    end
  end

  logic                     weight;
  logic [GROUPS-1:0]        weight_group;
  logic [OUTPUTS-1:0]       weight_out;
  logic [POSITION_BITS-1:0] weight_position;
  logic                     weight_bank;
  logic [WEIGHT_BITS-1:0]   weight_data;
  always_ff @(posedge clk) begin
    weight <= write && !rst;
    weight_group <= taps_of_group;
    weight_out <= write_out;
    for (int i = 0; i < POSITION_BITS; i++) weight_position[i] <= |positions[i*TAPS+:TAPS];
    weight_bank <= write_bank;
    weight_data <= write_data;
  end

  // ---- Filling ------------------------------------------------------------------------------------------------------

  // Entries in Gray code: each differs from the one before in one weight, that of the lowest set bit of their count.
  logic                     running, chosen, changed;
  logic [GROUP-1:0]         count;
  logic                     bank;
  logic [POSITION_BITS-1:0] position;
  logic [GROUP-1:0]         chosen_entry, changed_entry;
  logic                     chosen_clear, changed_clear, chosen_subtract, changed_subtract;
  wire  [GROUP-1:0]         gray = count ^ (count >> 1);
  wire  [GROUP-1:0]         lowest = count & (~count + 1'b1);

  always_ff @(posedge clk) begin
    if (fill) begin
      count <= '0;
      bank <= fill_bank;
    end else begin
      count <= count + 1'b1;
    end
    if (rst) running <= 1'b0;
    else if (fill) running <= 1'b1;
    else if (&count) running <= 1'b0;
    chosen <= running && !rst;
    changed <= chosen && !rst;
    filling <= (fill || running || chosen) && !rst;

    position <= '0;
    for (int i = 0; i < GROUP; i++) if (lowest[i]) position <= POSITION_BITS'(i);
    chosen_entry <= gray;
    chosen_clear <= count == '0;
    chosen_subtract <= (gray & lowest) == '0;
    changed_entry <= chosen_entry;
    changed_clear <= chosen_clear;
    changed_subtract <= chosen_subtract;
  end

  // ---- Look up, add -------------------------------------------------------------------------------------------------

  // A group that the tree adds later is looked up later: delays of operands, which outputs share, cost less than those of
  // what was looked up. The group's filling is as late.
  function automatic int levels_alone(input int group);
    int place, nodes;
    levels_alone = 0;
    place = group;
    nodes = GROUPS;
    while (nodes > 1) begin
      if (place == nodes - 1 && nodes % 2 == 1) levels_alone = levels_alone + 1;
      place = place / 2;
      nodes = (nodes + 1) / 2;
    end
  endfunction

  // Groups of a (lane, output, plane), sign-extended where the last table is narrower.
  wire [LANES*OUTPUTS*BITS*GROUPS*VALUE_BITS-1:0] values;
  for (genvar g = 0; g < GROUPS; g++) begin : g_group
    localparam int INPUTS = g < GROUPS - 1 ? GROUP : TAPS - g * GROUP;
    localparam int OWN_BITS = WEIGHT_BITS + $clog2(INPUTS);
    localparam int CYCLES = levels_alone(g);
    localparam int FILL_BITS = POSITION_BITS + 1 + 3 + INPUTS;
    wire [LANES*INPUTS*BITS-1:0] own, late;
    wire [LANES*OUTPUTS*BITS*OWN_BITS-1:0] found;
    for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
      assign own[lane*INPUTS*BITS+:INPUTS*BITS] = operands[(lane*TAPS+g*GROUP)*BITS+:INPUTS*BITS];
    end
    wire has_entry;  // an entry that this table has
    if (INPUTS == GROUP) begin : g_full
      assign has_entry = 1'b1;
    end else begin : g_rest
      assign has_entry = changed_entry[GROUP-1:INPUTS] == '0;
    end
    sf_delay #(
        .BITS(LANES * INPUTS * BITS), .CYCLES(CYCLES)
    ) operands_late (
        .clk(clk), .now(own), .late(late)
    );
    wire [POSITION_BITS-1:0] late_position;
    wire [INPUTS-1:0] late_entry;
    wire late_bank, late_clear, late_subtract, late_valid;
    sf_delay #(
        .BITS(FILL_BITS), .CYCLES(CYCLES)
    ) fill_late (
        .clk(clk),
        .now({position, bank, changed_clear, changed_subtract, changed && has_entry, changed_entry[INPUTS-1:0]}),
        .late({late_position, late_bank, late_clear, late_subtract, late_valid, late_entry})
    );
    sf_subset_sums #(
        .LANES(LANES), .OUTPUTS(OUTPUTS), .INPUTS(INPUTS), .BITS(BITS), .WEIGHT_BITS(WEIGHT_BITS), .BANKS(BANKS),
        .SHARED(SHARED), .POSITION_BITS(POSITION_BITS)
    ) tables (
        .clk(clk), .operands(late), .values(found), .write(weight_out & {OUTPUTS{weight && weight_group[g]}}),
        .write_position(weight_position), .write_bank(weight_bank), .write_data(weight_data),
        .fill_position(late_position), .fill_bank(late_bank), .fill_clear(late_clear), .fill_subtract(late_subtract),
        .fill_valid(late_valid), .fill_entry(late_entry)
    );
    for (genvar i = 0; i < LANES * OUTPUTS * BITS; i++) begin : g_value
      assign values[(i*GROUPS+g)*VALUE_BITS+:VALUE_BITS] = VALUE_BITS'($signed(found[i*OWN_BITS+:OWN_BITS]));
    end
  end

  for (genvar s = 0; s < LANES * OUTPUTS; s++) begin : g_sum
    // Bit-planes, two neighbours at a time: the lower one's low bits pass, the rest adds to the higher one. A node of n
    // planes has PLANE_BITS + n bits (one plane: PLANE_BITS).
    wire [(LEVELS+1)*BITS*SUM_BITS-1:0] nodes;
    for (genvar plane = 0; plane < BITS; plane++) begin : g_plane
      localparam int TREE_BITS = VALUE_BITS + $clog2(GROUPS);
      wire [TREE_BITS-1:0] total;
      sf_add_tree #(
          .INPUTS(GROUPS), .BITS(VALUE_BITS), .LATE(1'b1)
      ) tree (
          .clk(clk), .terms(values[(s*BITS+plane)*GROUPS*VALUE_BITS+:GROUPS*VALUE_BITS]), .sum(total)
      );
      wire unused_total = &{1'b0, total};
      assign nodes[plane*SUM_BITS+:SUM_BITS] = SUM_BITS'($signed(total[PLANE_BITS-1:0]));
    end

    for (genvar level = 1; level <= LEVELS; level++) begin : g_level
      localparam int REACH = 1 << level;  // planes of a full node
      localparam int FROM = (level - 1) * BITS;
      localparam int TO = level * BITS;
      for (genvar i = 0; i * REACH < BITS; i++) begin : g_node
        localparam int LOW = REACH / 2;
        localparam int PLANES = (i + 1) * REACH <= BITS ? REACH : BITS - i * REACH;
        if (PLANES > LOW) begin : g_pair
          localparam int WIDTH = PLANE_BITS + PLANES;
          localparam bit SUBTRACT = SIGNED && PLANES == LOW + 1 && (i + 1) * REACH >= BITS;
          wire [SUM_BITS-1:0] a = nodes[(FROM+2*i)*SUM_BITS+:SUM_BITS];
          wire [SUM_BITS-1:0] b = nodes[(FROM+2*i+1)*SUM_BITS+:SUM_BITS];
          wire signed [WIDTH-LOW-1:0] high = (WIDTH-LOW)'($signed(a[SUM_BITS-1:LOW]));
          wire signed [WIDTH-LOW-1:0] added = b[WIDTH-LOW-1:0];
          logic signed [WIDTH-1:0] held;
          always_ff @(posedge clk) held <= {SUBTRACT ? high - added : high + added, a[LOW-1:0]};
          assign nodes[(TO+i)*SUM_BITS+:SUM_BITS] = SUM_BITS'(held);
          wire unused_sign = &{1'b0, b};
        end else begin : g_single
          localparam int WIDTH = PLANES > 1 ? PLANE_BITS + PLANES : PLANE_BITS;
          logic signed [WIDTH-1:0] held;
          always_ff @(posedge clk) held <= nodes[(FROM+2*i)*SUM_BITS+:WIDTH];
          assign nodes[(TO+i)*SUM_BITS+:SUM_BITS] = SUM_BITS'(held);
        end
      end
      for (genvar i = (BITS + REACH - 1) / REACH; i < BITS; i++) begin : g_none
        assign nodes[(TO+i)*SUM_BITS+:SUM_BITS] = '0;
      end
    end
    wire unused_nodes = &{1'b0, nodes};

    assign sums[s*SUM_BITS+:SUM_BITS] =
        SIGNED && BITS == 1 ? -nodes[LEVELS*BITS*SUM_BITS+:SUM_BITS] : nodes[LEVELS*BITS*SUM_BITS+:SUM_BITS];
  end
endmodule

`default_nettype wire
