// Two-dimensional convolution: UNROLL_OUT output channels by UNROLL_TAPS taps a cycle, for all kept lanes of a window.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; out: KEPT_LANES columns of OUT_CHANNELS of OUT_BITS bits.
//          Taps in the order input channel, row, column. A window takes PHASES cycles: TAP_FOLDS for each of GROUPS
//          groups of output channels; a step without a window one cycle.
// Weights: one memory of PHASES x BANKS weights for each multiplier position (output channel, tap); lanes share it.
// Latency: from a step to its word at the output: 6 + log2(UNROLL_TAPS) + ceil(SHIFT_BITS / 2) + 2 + PHASES - 1 cycles.
// Cost:    KEPT_LANES * UNROLL_OUT * UNROLL_TAPS multipliers, KEPT_LANES * UNROLL_OUT requantisers, the line buffer.
`default_nettype none

module sf_conv2d #(
    parameter int LANES          = 1,
    parameter int CHANNELS       = 1,
    parameter int BITS           = 4,
    parameter bit SIGNED         = 1'b0,
    parameter int WIDTH          = 8,
    parameter int OFFSET         = 0,
    parameter int IMAGE_WORDS    = 8,
    parameter int IMAGE_ROWS     = 8,
    parameter int KERNEL_ROWS    = 3,
    parameter int KERNEL_COLUMNS = 3,
    parameter int PAD_TOP        = 0,
    parameter int PAD_LEFT       = 0,
    parameter int PAD_RIGHT      = 0,
    parameter int WORDS          = 8,
    parameter int ROWS           = 8,
    parameter int EMIT_WORD      = 2,
    parameter int EMIT_WORD_STEP = 1,
    parameter int EMIT_WORDS     = 6,
    parameter int EMIT_ROW       = 2,
    parameter int EMIT_ROW_STEP  = 1,
    parameter int EMIT_ROWS      = 6,
    parameter int FIRST_LANE     = 0,
    parameter int LANE_STEP      = 1,
    parameter int KEPT_LANES     = 1,
    parameter int OUT_CHANNELS   = 1,
    parameter int OUT_BITS       = 4,
    parameter bit OUT_SIGNED     = 1'b0,
    parameter int WEIGHT_BITS    = 4,
    parameter int BIAS_BITS      = 12,
    parameter int SHIFT_BITS     = 4,
    parameter int ACC_BITS       = 13,
    parameter int UNROLL_OUT     = 1,
    parameter int UNROLL_TAPS    = 9,
    parameter int FIFO           = 16,
    parameter int BANKS          = 1
) (
    input  wire                                         clk,
    input  wire                                         rst,
    input  wire                                         in_valid,
    output wire                                         in_ready,
    input  wire  [LANES*CHANNELS*BITS-1:0]              in_data,
    input  wire                                         in_first,
    input  wire                                         in_last,
    input  wire  [7:0]                                  in_tag,
    output wire                                         out_valid,
    input  wire                                         out_ready,
    output wire  [KEPT_LANES*OUT_CHANNELS*OUT_BITS-1:0] out_data,
    output wire                                         out_first,
    output wire                                         out_last,
    output wire  [7:0]                                  out_tag,
    input  wire  [2:0]                                  par_valid,  // weight, bias, shift
    input  wire                                         par_first,
    input  wire  [31:0]                                 par_data,
    input  wire                                         par_bank
);
  localparam int TAPS = CHANNELS * KERNEL_ROWS * KERNEL_COLUMNS;
  localparam int TAP_FOLDS = (TAPS + UNROLL_TAPS - 1) / UNROLL_TAPS;
  localparam int GROUPS = (OUT_CHANNELS + UNROLL_OUT - 1) / UNROLL_OUT;
  localparam int PHASES = TAP_FOLDS * GROUPS;
  localparam int FOLD_BITS = TAP_FOLDS > 1 ? $clog2(TAP_FOLDS) : 1;
  localparam int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int SLICE_BITS = LANES * CHANNELS * BITS;
  localparam int COLUMNS = KERNEL_COLUMNS - 1 + LANES;
  localparam int COLUMN_BITS = CHANNELS * BITS;
  localparam int SUM_BITS = BITS + WEIGHT_BITS + $clog2(UNROLL_TAPS);
  localparam int TREE = $clog2(UNROLL_TAPS);

  // ---- Window -------------------------------------------------------------------------------------------------------

  wire room, may_emit, step_emits;
  logic busy;
  wire row_valid, row_first_word, row_emit, row_emit_first, row_emit_last;
  wire [7:0] row_tag;
  wire [KERNEL_ROWS*SLICE_BITS-1:0] row_words;

  sf_window #(
      .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .WIDTH(WIDTH), .OFFSET(OFFSET),
      .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS), .KERNEL_ROWS(KERNEL_ROWS),
      .PAD_TOP(PAD_TOP), .PAD_LEFT(PAD_LEFT), .PAD_RIGHT(PAD_RIGHT), .WORDS(WORDS), .ROWS(ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS)
  ) window (
      .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_first(in_first),
      .in_tag(in_tag), .go(!busy && (room || !may_emit)), .may_emit(may_emit), .step_emits(step_emits),
      .valid(row_valid), .rows(row_words), .first_word(row_first_word), .emit(row_emit),
      .emit_first(row_emit_first), .emit_last(row_emit_last), .tag(row_tag)
  );
  wire unused_last = in_last;

  // A window holds the next step back until its phases are through.
  if (PHASES == 1) begin : g_never_busy
    assign busy = 1'b0;
  end else begin : g_busy
    logic [PHASE_BITS-1:0] left;
    always_ff @(posedge clk) begin
      if (step_emits) left <= PHASE_BITS'(PHASES - 1);
      else if (busy) left <= left - 1'b1;
      if (rst) busy <= 1'b0;
      else if (step_emits) busy <= 1'b1;
      else if (left == PHASE_BITS'(1)) busy <= 1'b0;
    end
  end

  // Taps of every kept lane in canonical order, zeros behind the last one.
  wire [KEPT_LANES*TAP_FOLDS*UNROLL_TAPS*BITS-1:0] taps;
  for (genvar r = 0; r < KERNEL_ROWS; r++) begin : g_row
    wire [COLUMNS*COLUMN_BITS-1:0] columns;
    sf_columns #(
        .LANES(LANES), .COLUMNS(KERNEL_COLUMNS), .BITS(COLUMN_BITS), .PAD_LEFT(PAD_LEFT > 0)
    ) history (
        .clk(clk), .valid(row_valid), .first_word(row_first_word),
        .word(row_words[r*SLICE_BITS+:SLICE_BITS]), .window(columns)
    );
    wire unused_columns = &{1'b0, columns};  // some are, with a stride
    for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
      for (genvar k = 0; k < KERNEL_COLUMNS; k++) begin : g_column
        for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
          localparam int TAP = (c * KERNEL_ROWS + r) * KERNEL_COLUMNS + k;
          localparam int COLUMN = FIRST_LANE + lane * LANE_STEP + k;
          assign taps[(lane*TAP_FOLDS*UNROLL_TAPS+TAP)*BITS+:BITS] = columns[(COLUMN*CHANNELS+c)*BITS+:BITS];
        end
      end
    end
  end
  for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_pad
    if (TAP_FOLDS * UNROLL_TAPS > TAPS) begin : g_taps
      localparam int REST = TAP_FOLDS * UNROLL_TAPS - TAPS;
      assign taps[(lane*TAP_FOLDS*UNROLL_TAPS+TAPS)*BITS+:REST*BITS] = '0;
    end
  end

  // ---- Phases -------------------------------------------------------------------------------------------------------

  // What travels with a phase; index 0 is the cycle in which its taps are chosen.
  localparam int ADD = 2 + TREE;                             // accumulator adds in this stage
  localparam int DONE = ADD + 1 + (SHIFT_BITS + 1) / 2 + 2;  // requantised in this stage
  logic [DONE:0]                 active;                     // a phase
  logic [DONE:0]                 fold_first, fold_last;      // first and last fold of a group
  logic [DONE:0]                 word_first, word_last;      // first and last word of a frame
  logic [DONE:0][GROUP_BITS-1:0] group;
  logic [DONE:0][7:0]            tag;
  logic [FOLD_BITS-1:0]          fold;
  logic [PHASE_BITS-1:0]         phase;
  wire                           unused_folds = &{1'b0, fold_first, fold_last};

  if (PHASES == 1) begin : g_single
    always_ff @(posedge clk) active[0] <= row_emit && !rst;
    assign fold = '0;
    assign phase = '0;
    assign group[0] = '0;
    assign fold_first[0] = 1'b1;
    assign fold_last[0] = 1'b1;
  end else begin : g_phases
    logic [FOLD_BITS-1:0]  fold_count;
    logic [GROUP_BITS-1:0] group_count;
    logic                  at_first, at_last, at_end;
    assign fold = fold_count;
    assign group[0] = group_count;
    assign fold_first[0] = at_first;
    assign fold_last[0] = at_last;
    always_ff @(posedge clk) begin
      if (rst) active[0] <= 1'b0;
      else if (row_emit) active[0] <= 1'b1;
      else if (at_end) active[0] <= 1'b0;
      if (row_emit) begin
        phase <= '0;
        fold_count <= '0;
        group_count <= '0;
        at_first <= 1'b1;
        at_last <= TAP_FOLDS == 1;
        at_end <= 1'b0;
      end else begin
        phase <= phase + 1'b1;
        at_first <= at_last;
        at_last <= TAP_FOLDS == 1 || fold_count == FOLD_BITS'(TAP_FOLDS - 2) && !at_last;
        at_end <= phase == PHASE_BITS'(PHASES - 2);
        fold_count <= at_last ? '0 : fold_count + 1'b1;
        if (at_last) group_count <= group_count + 1'b1;
      end
    end
  end

  always_ff @(posedge clk) begin
    if (row_valid) begin
      word_first[0] <= row_emit_first;
      word_last[0] <= row_emit_last;
      tag[0] <= row_tag;
    end
    active[DONE:1] <= rst ? '0 : active[DONE-1:0];
    fold_first[DONE:1] <= fold_first[DONE-1:0];
    fold_last[DONE:1] <= fold_last[DONE-1:0];
    word_first[DONE:1] <= word_first[DONE-1:0];
    word_last[DONE:1] <= word_last[DONE-1:0];
    group[DONE:1] <= group[DONE-1:0];
    tag[DONE:1] <= tag[DONE-1:0];
  end

  // ---- Parameters ---------------------------------------------------------------------------------------------------

  // Canonical order to (memory, address): output channel outside, tap inside. Position of the element in `element`.
  logic [2:0]             load;
  logic [31:0]            element;
  logic                   load_bank;
  logic [UNROLL_TAPS-1:0] tap_hot;
  logic [UNROLL_OUT-1:0]  out_hot;
  logic [PHASE_BITS-1:0]  load_phase;  // of the element
  logic [PHASE_BITS-1:0]  load_base;   // of fold 0 of its group
  logic [GROUP_BITS-1:0]  load_group;
  logic [$clog2(TAPS+1)-1:0] taps_left;  // behind the element in its output channel
  wire                    channel_ends = load[0] ? taps_left == '0 : 1'b1;

  always_ff @(posedge clk) begin
    load <= par_valid;
    element <= par_data;
    load_bank <= par_bank;
    if (par_first && |par_valid) begin
      tap_hot <= UNROLL_TAPS'(1);
      out_hot <= UNROLL_OUT'(1);
      load_phase <= '0;
      load_base <= '0;
      load_group <= '0;
      taps_left <= $bits(taps_left)'(TAPS - 1);
    end else if (|load) begin
      if (!channel_ends) begin
        taps_left <= taps_left - 1'b1;
        tap_hot <= tap_hot << 1 | UNROLL_TAPS'(tap_hot[UNROLL_TAPS-1]);
        if (tap_hot[UNROLL_TAPS-1]) load_phase <= load_phase + 1'b1;
      end else begin
        taps_left <= $bits(taps_left)'(TAPS - 1);
        tap_hot <= UNROLL_TAPS'(1);
        out_hot <= out_hot << 1 | UNROLL_OUT'(out_hot[UNROLL_OUT-1]);
        load_phase <= load_base;
        if (out_hot[UNROLL_OUT-1]) begin
          load_group <= load_group + 1'b1;
          load_base <= load_base + PHASE_BITS'(TAP_FOLDS);
          load_phase <= load_base + PHASE_BITS'(TAP_FOLDS);
        end
      end
    end
  end

  // One more register between the decoder and the memories that are spread over the device.
  localparam int WEIGHT_DEPTH = PHASES * BANKS;
  localparam int GROUP_DEPTH = GROUPS * BANKS;
  localparam int WEIGHT_ADDRESS = WEIGHT_DEPTH > 1 ? $clog2(WEIGHT_DEPTH) : 1;
  localparam int GROUP_ADDRESS = GROUP_DEPTH > 1 ? $clog2(GROUP_DEPTH) : 1;
  logic [2:0]                write;
  logic [31:0]               write_data;
  logic [UNROLL_TAPS-1:0]    write_tap;
  logic [UNROLL_OUT-1:0]     write_out;
  logic [WEIGHT_ADDRESS-1:0] write_weight;
  logic [GROUP_ADDRESS-1:0]  write_group;
  wire                       unused_element = &{1'b0, write_data};

  // Address in a memory of BANKS copies.
  function automatic logic [WEIGHT_ADDRESS-1:0] weight_at(input logic bank, input logic [PHASE_BITS-1:0] at);
    weight_at = WEIGHT_ADDRESS'(at) + (BANKS > 1 && bank ? WEIGHT_ADDRESS'(PHASES) : '0);
  endfunction
  function automatic logic [GROUP_ADDRESS-1:0] group_at(input logic bank, input logic [GROUP_BITS-1:0] at);
    group_at = GROUP_ADDRESS'(at) + (BANKS > 1 && bank ? GROUP_ADDRESS'(GROUPS) : '0);
  endfunction

  always_ff @(posedge clk) begin
    write <= rst ? '0 : load;
    write_data <= element;
    write_tap <= tap_hot;
    write_out <= out_hot;
    write_weight <= weight_at(load_bank, load_phase);
    write_group <= group_at(load_bank, load_group);
  end

  // ---- Multiply, add, requantise ------------------------------------------------------------------------------------

  logic [KEPT_LANES*UNROLL_TAPS*BITS-1:0] operands;
  for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_operands
    localparam int FROM = lane * TAP_FOLDS * UNROLL_TAPS * BITS;
    localparam int PART = UNROLL_TAPS * BITS;
    if (TAP_FOLDS == 1) begin : g_all
      always_ff @(posedge clk) operands[lane*PART+:PART] <= taps[FROM+:PART];
    end else begin : g_chosen
      wire [TAP_FOLDS*PART-1:0] parts = taps[FROM+:TAP_FOLDS*PART];
      always_ff @(posedge clk) operands[lane*PART+:PART] <= parts[int'(fold)*PART+:PART];
    end
  end
  wire unused_fold = &{1'b0, fold};

  wire [UNROLL_OUT*UNROLL_TAPS*WEIGHT_BITS-1:0] weights;
  wire [KEPT_LANES*UNROLL_OUT*SUM_BITS-1:0] sums;
  sf_dots_mul #(
      .LANES(KEPT_LANES), .OUTPUTS(UNROLL_OUT), .TAPS(UNROLL_TAPS), .BITS(BITS), .SIGNED(SIGNED),
      .WEIGHT_BITS(WEIGHT_BITS)
  ) dots (
      .clk(clk), .operands(operands), .weights(weights), .sums(sums)
  );

  wire [KEPT_LANES*UNROLL_OUT*OUT_BITS-1:0] results;  // of one group
  for (genvar o = 0; o < UNROLL_OUT; o++) begin : g_out
    wire [BIAS_BITS-1:0] bias;
    wire [SHIFT_BITS-1:0] shift;

    for (genvar t = 0; t < UNROLL_TAPS; t++) begin : g_weight
      sf_memory #(
          .WIDTH(WEIGHT_BITS), .DEPTH(WEIGHT_DEPTH)
      ) memory (
          .clk(clk), .write(write[0] && write_out[o] && write_tap[t]), .write_address(write_weight),
          .write_data(write_data[WEIGHT_BITS-1:0]), .address(weight_at(tag[0][0], phase)),
          .data(weights[(o*UNROLL_TAPS+t)*WEIGHT_BITS+:WEIGHT_BITS])
      );
    end
    sf_memory #(
        .WIDTH(BIAS_BITS), .DEPTH(GROUP_DEPTH)
    ) bias_memory (
        .clk(clk), .write(write[1] && write_out[o]), .write_address(write_group),
        .write_data(write_data[BIAS_BITS-1:0]), .address(group_at(tag[ADD-1][0], group[ADD-1])), .data(bias)
    );
    sf_memory #(
        .WIDTH(SHIFT_BITS), .DEPTH(GROUP_DEPTH)
    ) shift_memory (
        .clk(clk), .write(write[2] && write_out[o]), .write_address(write_group),
        .write_data(write_data[SHIFT_BITS-1:0]), .address(group_at(tag[ADD][0], group[ADD])), .data(shift)
    );

    logic [KEPT_LANES*ACC_BITS-1:0] totals;
    wire signed [ACC_BITS-1:0] start = ACC_BITS'($signed(bias));
    for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
      logic signed [ACC_BITS-1:0] total;
      wire signed [SUM_BITS-1:0] sum = sums[(lane*UNROLL_OUT+o)*SUM_BITS+:SUM_BITS];
      always_ff @(posedge clk) total <= (fold_first[ADD] ? start : total) + ACC_BITS'(sum);
      assign totals[lane*ACC_BITS+:ACC_BITS] = total;
    end

    wire [KEPT_LANES*OUT_BITS-1:0] out;
    sf_requantise #(
        .LANES(KEPT_LANES), .ACC_BITS(ACC_BITS), .SHIFT_BITS(SHIFT_BITS), .OUT_BITS(OUT_BITS), .OUT_SIGNED(OUT_SIGNED)
    ) requantise (
        .clk(clk), .acc(totals), .shift(shift), .result(out)
    );
    for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_result
      assign results[(lane*UNROLL_OUT+o)*OUT_BITS+:OUT_BITS] = out[lane*OUT_BITS+:OUT_BITS];
    end
  end

  // ---- Output -------------------------------------------------------------------------------------------------------

  // The last group joins those before it.
  wire [GROUPS*KEPT_LANES*UNROLL_OUT*OUT_BITS-1:0] gathered;
  wire done = active[DONE] && fold_last[DONE];
  wire push;
  if (GROUPS == 1) begin : g_at_once
    assign gathered = results;
    assign push = done;
    wire unused_group = &{1'b0, group[DONE]};
  end else begin : g_gather
    localparam int GROUP_WORD = KEPT_LANES * UNROLL_OUT * OUT_BITS;
    logic [(GROUPS-1)*GROUP_WORD-1:0] earlier;
    assign gathered = {results, earlier};
    assign push = done && group[DONE] == GROUP_BITS'(GROUPS - 1);
    always_ff @(posedge clk) if (done) earlier <= gathered[GROUP_WORD+:(GROUPS-1)*GROUP_WORD];
  end

  wire [KEPT_LANES*OUT_CHANNELS*OUT_BITS-1:0] word;
  for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_word
    for (genvar c = 0; c < OUT_CHANNELS; c++) begin : g_channel
      localparam int FROM = ((c / UNROLL_OUT) * KEPT_LANES + lane) * UNROLL_OUT + c % UNROLL_OUT;
      assign word[(lane*OUT_CHANNELS+c)*OUT_BITS+:OUT_BITS] = gathered[FROM*OUT_BITS+:OUT_BITS];
    end
  end
  wire unused_gathered = &{1'b0, gathered, group, tag};

  sf_fifo #(
      .WIDTH(KEPT_LANES * OUT_CHANNELS * OUT_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(step_emits), .push(push),
      .push_data({word_first[DONE], word_last[DONE], tag[DONE], word}), .valid(out_valid), .ready(out_ready),
      .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
