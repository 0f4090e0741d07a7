// Fully connected layer: features are used up as they arrive, UNROLL_IN features by UNROLL_OUT outputs a cycle.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits, an image of HEIGHT rows of WIDTH columns or a vector
//          (HEIGHT 1); out: UNROLL_OUT features of OUT_BITS bits a word, those past UNITS don't-care.
//          A word takes PARTS parts of UNROLL_IN features, each GROUPS groups of UNROLL_OUT outputs: PARTS * GROUPS cycles.
// Weights: one memory of words * PARTS * GROUPS x BANKS weights for each multiplier, read in the order of arrival; the
//          loader turns the canonical order (output, channel, row, column) into it.
// Latency: from the last word's step to the first output word: 6 + log2(UNROLL_IN) + ceil(SHIFT_BITS / 2) + 2
//          + (PARTS - 1) * GROUPS cycles, then one word a cycle.
// Cost:    UNROLL_IN * UNROLL_OUT multipliers and memories, UNROLL_OUT requantisers, UNITS accumulators.
`default_nettype none

module sf_dense #(
    parameter int LANES       = 1,
    parameter int CHANNELS    = 1,
    parameter int BITS        = 4,
    parameter bit SIGNED      = 1'b0,
    parameter int WIDTH       = 16,
    parameter int HEIGHT      = 1,
    parameter int OFFSET      = 0,
    parameter int UNITS       = 4,
    parameter int OUT_BITS    = 4,
    parameter bit OUT_SIGNED  = 1'b0,
    parameter int WEIGHT_BITS = 4,
    parameter int BIAS_BITS   = 12,
    parameter int SHIFT_BITS  = 4,
    parameter int ACC_BITS    = 13,
    parameter int UNROLL_IN   = 1,
    parameter int UNROLL_OUT  = 1,
    parameter int FIFO        = 4,
    parameter int BANKS       = 1
) (
    input  wire                            clk,
    input  wire                            rst,
    input  wire                            in_valid,
    output wire                            in_ready,
    input  wire  [LANES*CHANNELS*BITS-1:0] in_data,
    input  wire                            in_first,
    input  wire                            in_last,
    input  wire  [7:0]                     in_tag,
    output wire                            out_valid,
    input  wire                            out_ready,
    output wire  [UNROLL_OUT*OUT_BITS-1:0] out_data,
    output wire                            out_first,
    output wire                            out_last,
    output wire  [7:0]                     out_tag,
    input  wire  [2:0]                     par_valid,  // weight, bias, shift
    input  wire                            par_first,
    input  wire  [31:0]                    par_data,
    input  wire                            par_bank
);
  localparam int WORD_FEATURES = LANES * CHANNELS;
  localparam int ROW_WORDS = (WIDTH + OFFSET + LANES - 1) / LANES;
  localparam int PARTS = (WORD_FEATURES + UNROLL_IN - 1) / UNROLL_IN;
  localparam int GROUPS = (UNITS + UNROLL_OUT - 1) / UNROLL_OUT;
  localparam int PHASES = PARTS * GROUPS;          // cycles of a word
  localparam int DEPTH = HEIGHT * ROW_WORDS * PHASES;  // weights of one bank in a memory
  localparam int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int DEPTH_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int WEIGHT_ADDRESS = DEPTH * BANKS > 1 ? $clog2(DEPTH * BANKS) : 1;
  localparam int GROUP_ADDRESS = GROUPS * BANKS > 1 ? $clog2(GROUPS * BANKS) : 1;
  localparam int PRODUCT_BITS = BITS + WEIGHT_BITS;
  localparam int SUM_BITS = PRODUCT_BITS + $clog2(UNROLL_IN);

  function automatic logic [WEIGHT_ADDRESS-1:0] weight_at(input logic bank, input logic [DEPTH_BITS-1:0] at);
    weight_at = WEIGHT_ADDRESS'(at) + (BANKS > 1 && bank ? WEIGHT_ADDRESS'(DEPTH) : '0);
  endfunction
  function automatic logic [GROUP_ADDRESS-1:0] group_at(input logic bank, input logic [GROUP_BITS-1:0] at);
    group_at = GROUP_ADDRESS'(at) + (BANKS > 1 && bank ? GROUP_ADDRESS'(GROUPS) : '0);
  endfunction

  // ---- Words --------------------------------------------------------------------------------------------------------

  wire room, may_emit, emit, at_first_word, at_last_word, walk_image, walk_first, walk_last, walk_first_row;
  logic busy;
  wire [(ROW_WORDS > 1 ? $clog2(ROW_WORDS) : 1)-1:0] walk_word, walk_next_word;
  wire step = in_valid && in_ready;
  assign in_ready = !busy && (room || !may_emit);

  // The last word of a frame emits: the whole output vector.
  sf_walk #(
      .WORDS(ROW_WORDS), .ROWS(HEIGHT), .IMAGE_WORDS(ROW_WORDS), .IMAGE_ROWS(HEIGHT),
      .EMIT_WORD(ROW_WORDS - 1), .EMIT_WORDS(1), .EMIT_ROW(HEIGHT - 1), .EMIT_ROWS(1)
  ) walk (
      .clk(clk), .rst(rst), .step(step), .restart(in_first), .image(walk_image), .may_emit(may_emit), .emit(emit),
      .emit_first(walk_first), .emit_last(walk_last), .first_row(walk_first_row), .first_word(at_first_word),
      .last_word(at_last_word), .word(walk_word), .next_word(walk_next_word)
  );
  wire unused_walk = &{1'b0, walk_image, walk_first, walk_last, walk_first_row, walk_word, walk_next_word, in_last};

  // A word holds the next one back until its phases are through.
  if (PHASES == 1) begin : g_never_busy
    assign busy = 1'b0;
  end else begin : g_busy
    logic [PHASE_BITS-1:0] left;
    always_ff @(posedge clk) begin
      if (step) left <= PHASE_BITS'(PHASES - 1);
      else if (busy) left <= left - 1'b1;
      if (rst) busy <= 1'b0;
      else if (step) busy <= 1'b1;
      else if (left == PHASE_BITS'(1)) busy <= 1'b0;
    end
  end

  // Lanes outside the image and features behind the last one count as zero.
  wire [PARTS*UNROLL_IN*BITS-1:0] features;
  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    localparam bit LEFT = lane < OFFSET;
    localparam bit RIGHT = (ROW_WORDS - 1) * LANES - OFFSET + lane >= WIDTH;
    localparam int COLUMN_BITS = CHANNELS * BITS;
    wire outside = (LEFT && at_first_word) || (RIGHT && at_last_word);
    assign features[lane*COLUMN_BITS+:COLUMN_BITS] = outside ? '0 : in_data[lane*COLUMN_BITS+:COLUMN_BITS];
  end
  wire unused_edges = &{1'b0, at_first_word, at_last_word};
  if (PARTS * UNROLL_IN > WORD_FEATURES) begin : g_rest
    localparam int REST = (PARTS * UNROLL_IN - WORD_FEATURES) * BITS;
    assign features[PARTS*UNROLL_IN*BITS-1-:REST] = '0;
  end

  // ---- Phases -------------------------------------------------------------------------------------------------------

  // What travels with a phase; index 0 is the cycle after the step.
  localparam int OPERANDS = 2;                          // a feature meets its weight
  localparam int ADD = OPERANDS + 1 + $clog2(UNROLL_IN);
  localparam int DONE = ADD + 1 + (SHIFT_BITS + 1) / 2 + 2;
  logic [DONE:0]                 active;        // a phase
  logic [DONE:0]                 starts, ends;  // of the first and of the last part of a frame
  logic [DONE:0][GROUP_BITS-1:0] group;
  logic [DONE:0]                 group_first, group_last;
  logic [DONE:0][7:0]            tag;
  logic [PARTS*UNROLL_IN*BITS-1:0] pending;     // the part at hand lowest
  logic [DEPTH_BITS-1:0]         at;            // of the phase, in the order of arrival
  logic                          at_start;      // in the first part of the frame
  logic                          in_last_word;

  if (PHASES == 1) begin : g_single
    always_ff @(posedge clk) begin
      active[0] <= step && !rst;
      if (step) begin
        at_start <= in_first;
        pending <= features;
      end
    end
    assign group[0] = '0;
    assign group_first[0] = 1'b1;
    assign group_last[0] = 1'b1;
    assign ends[0] = in_last_word;
  end else begin : g_phases
    logic [GROUP_BITS-1:0] group_count;
    logic                  first_group, last_group, last_part, last_phase;
    logic [PHASE_BITS-1:0] phase;
    assign group[0] = group_count;
    assign group_first[0] = first_group;
    assign group_last[0] = last_group;
    assign ends[0] = in_last_word && last_part;
    always_ff @(posedge clk) begin
      if (rst) active[0] <= 1'b0;
      else if (step) active[0] <= 1'b1;
      else if (last_phase) active[0] <= 1'b0;
      if (step) begin
        phase <= '0;
        group_count <= '0;
        first_group <= 1'b1;
        last_group <= GROUPS == 1;
        last_part <= PARTS == 1;
        last_phase <= 1'b0;
        at_start <= in_first;
        pending <= features;
      end else begin
        phase <= phase + 1'b1;
        first_group <= last_group;
        last_group <= GROUPS == 1 || group_count == GROUP_BITS'(GROUPS - 2) && !last_group;
        last_phase <= phase == PHASE_BITS'(PHASES - 2);
        if (phase == PHASE_BITS'(PHASES - GROUPS - 1)) last_part <= 1'b1;
        group_count <= last_group ? '0 : group_count + 1'b1;
        if (last_group) begin
          at_start <= 1'b0;
          pending <= pending >> UNROLL_IN * BITS;
        end
      end
    end
  end
  assign starts[0] = at_start;

  always_ff @(posedge clk) begin
    if (step) begin
      tag[0] <= in_tag;
      in_last_word <= emit;
    end
    // Weights are read in one sweep a frame.
    if (step && in_first) at <= '0;
    else if (active[0]) at <= at + 1'b1;
    active[DONE:1] <= rst ? '0 : active[DONE-1:0];
    starts[DONE:1] <= starts[DONE-1:0];
    ends[DONE:1] <= ends[DONE-1:0];
    group[DONE:1] <= group[DONE-1:0];
    group_first[DONE:1] <= group_first[DONE-1:0];
    group_last[DONE:1] <= group_last[DONE-1:0];
    tag[DONE:1] <= tag[DONE-1:0];
  end

  // ---- Parameters ---------------------------------------------------------------------------------------------------

  // Canonical order to (memory, address). The element at hand: feature `lane_channel` of word `word_base`, as part and
  // position in it; the output as group and position in it. A column further is CHANNELS features further in the word.
  localparam int INPUT_BITS = UNROLL_IN > 1 ? $clog2(UNROLL_IN) : 1;
  localparam int WIDTH_BITS = $clog2(WIDTH + 1);
  localparam int HEIGHT_BITS = $clog2(HEIGHT + 1);
  localparam int CHANNEL_BITS = $clog2(CHANNELS + 1);
  localparam int LANE_BITS = $clog2(LANES + 1);
  localparam logic [DEPTH_BITS-1:0] STEP_PARTS = DEPTH_BITS'(CHANNELS / UNROLL_IN * GROUPS);
  localparam logic [DEPTH_BITS-1:0] STEP_CARRY = DEPTH_BITS'((CHANNELS / UNROLL_IN + 1) * GROUPS);
  localparam int STEP_INPUT = CHANNELS % UNROLL_IN;
  localparam int START_INPUT = OFFSET * CHANNELS % UNROLL_IN;
  localparam logic [DEPTH_BITS-1:0] START_PART = DEPTH_BITS'(OFFSET * CHANNELS / UNROLL_IN * GROUPS);

  logic [2:0]              load;
  logic [31:0]             element;
  logic                    load_bank;
  logic [INPUT_BITS-1:0]   input_index;    // position in its part
  logic [DEPTH_BITS-1:0]   part_base;      // address of its part, from its word's
  logic [DEPTH_BITS-1:0]   word_base;      // address of its word
  logic [INPUT_BITS-1:0]   channel_input;  // of the same channel in lane 0
  logic [DEPTH_BITS-1:0]   channel_part;
  logic [INPUT_BITS-1:0]   start_input;    // of the same channel in lane OFFSET
  logic [DEPTH_BITS-1:0]   start_part;
  logic [LANE_BITS-1:0]    lanes_left;
  logic [WIDTH_BITS-1:0]   columns_left;
  logic [HEIGHT_BITS-1:0]  rows_left;
  logic [CHANNEL_BITS-1:0] channels_left;
  logic [GROUP_BITS-1:0]   load_group;
  logic [UNROLL_OUT-1:0]   out_hot;

  wire last_lane = lanes_left == '0;
  wire last_column = columns_left == '0;
  wire last_row = rows_left == '0;
  wire last_channel = channels_left == '0;
  wire weight_ends = last_column && last_row && last_channel;
  wire out_ends = load[0] ? weight_ends : 1'b1;
  wire input_wraps = int'(input_index) + STEP_INPUT >= UNROLL_IN;
  wire channel_wraps = int'(channel_input) == UNROLL_IN - 1;
  wire start_wraps = int'(start_input) == UNROLL_IN - 1;
  wire [INPUT_BITS-1:0] next_channel_input = channel_wraps ? '0 : channel_input + 1'b1;
  wire [INPUT_BITS-1:0] next_start_input = start_wraps ? '0 : start_input + 1'b1;
  wire [DEPTH_BITS-1:0] next_channel_part = channel_part + (channel_wraps ? DEPTH_BITS'(GROUPS) : '0);
  wire [DEPTH_BITS-1:0] next_start_part = start_part + (start_wraps ? DEPTH_BITS'(GROUPS) : '0);

  // To element 0 of an output.
  wire restart_output = par_first && |par_valid || |load && out_ends;
  always_ff @(posedge clk) begin
    load <= par_valid;
    element <= par_data;
    load_bank <= par_bank;
    if (par_first && |par_valid) begin
      out_hot <= UNROLL_OUT'(1);
      load_group <= '0;
    end else if (|load && out_ends) begin
      out_hot <= out_hot << 1 | UNROLL_OUT'(out_hot[UNROLL_OUT-1]);
      if (out_hot[UNROLL_OUT-1]) load_group <= load_group + 1'b1;
    end
    if (restart_output) begin
      columns_left <= WIDTH_BITS'(WIDTH - 1);
      rows_left <= HEIGHT_BITS'(HEIGHT - 1);
      channels_left <= CHANNEL_BITS'(CHANNELS - 1);
      lanes_left <= LANE_BITS'(LANES - 1 - OFFSET);
      word_base <= '0;
      channel_input <= '0;
      channel_part <= '0;
      start_input <= INPUT_BITS'(START_INPUT);
      start_part <= START_PART;
      input_index <= INPUT_BITS'(START_INPUT);
      part_base <= START_PART;
    end else if (|load) begin
      columns_left <= last_column ? WIDTH_BITS'(WIDTH - 1) : columns_left - 1'b1;
      if (last_column) begin
        lanes_left <= LANE_BITS'(LANES - 1 - OFFSET);
        word_base <= last_row ? '0 : word_base + DEPTH_BITS'(PHASES);
        rows_left <= last_row ? HEIGHT_BITS'(HEIGHT - 1) : rows_left - 1'b1;
        input_index <= last_row ? next_start_input : start_input;
        part_base <= last_row ? next_start_part : start_part;
        if (last_row) begin
          channels_left <= channels_left - 1'b1;
          channel_input <= next_channel_input;
          channel_part <= next_channel_part;
          start_input <= next_start_input;
          start_part <= next_start_part;
        end
      end else if (last_lane) begin
        lanes_left <= LANE_BITS'(LANES - 1);
        word_base <= word_base + DEPTH_BITS'(PHASES);
        input_index <= channel_input;
        part_base <= channel_part;
      end else begin
        lanes_left <= lanes_left - 1'b1;
        input_index <= INPUT_BITS'(int'(input_index) + STEP_INPUT - (input_wraps ? UNROLL_IN : 0));
        part_base <= part_base + (input_wraps ? STEP_CARRY : STEP_PARTS);
      end
    end
  end

  // Two more registers: the address is summed, then spread over the device.
  logic [2:0]                middle, write;
  logic [31:0]               middle_data, write_data;
  logic [INPUT_BITS-1:0]     middle_input;
  logic [UNROLL_OUT-1:0]     middle_out, write_out;
  logic [DEPTH_BITS-1:0]     middle_at;
  logic [GROUP_BITS-1:0]     middle_group;
  logic                      middle_bank;
  logic [UNROLL_IN-1:0]      write_in;
  logic [WEIGHT_ADDRESS-1:0] write_weight;
  logic [GROUP_ADDRESS-1:0]  write_group;
  wire                       unused_data = &{1'b0, write_data};
  always_ff @(posedge clk) begin
    middle <= rst ? '0 : load;
    middle_data <= element;
    middle_input <= input_index;
    middle_out <= out_hot;
    middle_at <= word_base + part_base;
    middle_group <= load_group;
    middle_bank <= load_bank;
    write <= rst ? '0 : middle;
    write_data <= middle_data;
    write_in <= UNROLL_IN'(1) << middle_input;
    write_out <= middle_out;
    write_weight <= weight_at(middle_bank, middle_at + DEPTH_BITS'(middle_group));
    write_group <= group_at(middle_bank, middle_group);
  end

  // ---- Multiply, accumulate, requantise -----------------------------------------------------------------------------

  logic [WEIGHT_ADDRESS-1:0]           address;   // of the phase one stage further
  logic [1:0][UNROLL_IN*BITS-1:0]      operands;  // features, until their weights are there
  always_ff @(posedge clk) begin
    operands <= {operands[0], pending[UNROLL_IN*BITS-1:0]};
  end
  assign address = weight_at(tag[0][0], at);

  wire [UNROLL_OUT*OUT_BITS-1:0] word;
  for (genvar o = 0; o < UNROLL_OUT; o++) begin : g_out
    wire [BIAS_BITS-1:0] bias;
    wire [SHIFT_BITS-1:0] shift;
    logic [UNROLL_IN*PRODUCT_BITS-1:0] products;
    for (genvar i = 0; i < UNROLL_IN; i++) begin : g_in
      wire [WEIGHT_BITS-1:0] weight;
      sf_memory #(
          .WIDTH(WEIGHT_BITS), .DEPTH(DEPTH * BANKS)
      ) memory (
          .clk(clk), .write(write[0] && write_out[o] && write_in[i]), .write_address(write_weight),
          .write_data(write_data[WEIGHT_BITS-1:0]), .address(address), .data(weight)
      );
      // A block RAM is slow at its output: the weight is registered once more before the multiplier.
      logic signed [WEIGHT_BITS-1:0] w;
      wire signed [BITS:0] x = {SIGNED && operands[1][i*BITS+BITS-1], operands[1][i*BITS+:BITS]};
      wire signed [PRODUCT_BITS-1:0] product = x * w;
      always_ff @(posedge clk) begin
        w <= weight;
        products[i*PRODUCT_BITS+:PRODUCT_BITS] <= product;
      end
    end
    sf_memory #(
        .WIDTH(BIAS_BITS), .DEPTH(GROUPS * BANKS)
    ) bias_memory (
        .clk(clk), .write(write[1] && write_out[o]), .write_address(write_group),
        .write_data(write_data[BIAS_BITS-1:0]), .address(group_at(tag[ADD-1][0], group[ADD-1])), .data(bias)
    );
    sf_memory #(
        .WIDTH(SHIFT_BITS), .DEPTH(GROUPS * BANKS)
    ) shift_memory (
        .clk(clk), .write(write[2] && write_out[o]), .write_address(write_group),
        .write_data(write_data[SHIFT_BITS-1:0]), .address(group_at(tag[ADD][0], group[ADD])), .data(shift)
    );
    wire signed [SUM_BITS-1:0] sum;
    sf_add_tree #(
        .INPUTS(UNROLL_IN), .BITS(PRODUCT_BITS)
    ) tree (
        .clk(clk), .terms(products), .sum(sum)
    );

    logic signed [ACC_BITS-1:0] total;    // of the group at hand
    wire signed [ACC_BITS-1:0]  carried;  // its total up to the part before
    wire signed [ACC_BITS-1:0]  start = ACC_BITS'($signed(bias));
    always_ff @(posedge clk) if (active[ADD]) total <= (starts[ADD] ? start : carried) + ACC_BITS'(sum);
    if (GROUPS == 1) begin : g_one
      assign carried = total;
    end else if (GROUPS < 4) begin : g_ring
      // Groups follow one another in a ring: the oldest total is the one whose turn it is.
      logic [(GROUPS-1)*ACC_BITS-1:0] others;
      wire [GROUPS*ACC_BITS-1:0] ring = {total, others};
      assign carried = ring[ACC_BITS-1:0];
      always_ff @(posedge clk) if (active[ADD]) others <= ring[ACC_BITS+:(GROUPS-1)*ACC_BITS];
    end else begin : g_memory
      // Written two stages after it is read: the same group comes again after GROUPS phases at the earliest.
      sf_memory #(
          .WIDTH(ACC_BITS), .DEPTH(GROUPS)
      ) totals (
          .clk(clk), .write(active[ADD+1]), .write_address(group[ADD+1]), .write_data(total),
          .address(group[ADD-1]), .data(carried)
      );
    end
    sf_requantise #(
        .ACC_BITS(ACC_BITS), .SHIFT_BITS(SHIFT_BITS), .OUT_BITS(OUT_BITS), .OUT_SIGNED(OUT_SIGNED)
    ) requantise (
        .clk(clk), .acc(total), .shift(shift), .result(word[o*OUT_BITS+:OUT_BITS])
    );
  end
  wire unused_travel = &{1'b0, starts, ends, group, group_first, group_last, tag};

  wire [$clog2(GROUPS + 1)-1:0] promise = step && emit ? $clog2(GROUPS + 1)'(GROUPS) : '0;
  sf_fifo #(
      .WIDTH(UNROLL_OUT * OUT_BITS + 10), .DEPTH(FIFO), .RESERVE(GROUPS)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(promise),
      .push(active[DONE] && ends[DONE]), .push_data({group_first[DONE], group_last[DONE], tag[DONE], word}),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
