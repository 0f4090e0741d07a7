// Two-dimensional convolution: UNROLL_OUT output channels by UNROLL_TAPS taps a cycle, for all kept lanes of a window; a
// max-pool behind it, too, where POOL_ROWS or POOL_COLUMNS is more than 1.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; out: POOLED_LANES columns of OUT_CHANNELS of OUT_BITS bits.
//          Taps in the order input channel, row, column. A window takes PHASES cycles: TAP_FOLDS for each of GROUPS
//          groups of output channels; a step without a window one cycle.
// Dots:    ARITHMETIC 0: multipliers; 1: distributed arithmetic, TABLE weights a table; 2: two products in a DSP48E2. 1 and
//          2 compute all channels and taps at once.
// Weights: one memory of PHASES x BANKS weights for each multiplier position (output channel, tap); lanes share it. Tables
//          hold one bank: a frame of another one, or of one that was written since, waits at the input while they fill.
// Pool:    of accumulators (whose order requantisation keeps), KEPT_LANES / POOL_COLUMNS whole pools of a window's lanes, or
//          pools of consecutive words where one lane is kept. A word leaves where its last window does; incomplete pools at
//          the image's edge count (INSIDE lanes of the last word) where the walk reaches them.
// Latency: from a step to its word at the output: 4 + DOTS_STAGES + pool (log2(POOL_COLUMNS), with one lane 1; and 1 where
//          POOL_ROWS > 1) + ceil(SHIFT_BITS / 2) + 2 + PHASES - 1 cycles, one more where ARITHMETIC is not 1.
// Cost:    KEPT_LANES * UNROLL_OUT dot products of UNROLL_TAPS taps, POOLED_LANES * UNROLL_OUT requantisers, the line
//          buffer, a row of accumulators.
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
    parameter int ARITHMETIC     = 0,
    parameter int TABLE          = 1,
    parameter int DOTS_STAGES    = 5,
    parameter int POOL_ROWS      = 1,
    parameter int POOL_COLUMNS   = 1,
    parameter int POOLED_LANES   = 1,
    parameter int POOLED_WORDS   = 6,
    parameter int INSIDE         = 1,
    parameter int FIFO           = 16,
    parameter int BANKS          = 1
) (
    input  wire                                           clk,
    input  wire                                           rst,
    input  wire                                           in_valid,
    output wire                                           in_ready,
    input  wire  [LANES*CHANNELS*BITS-1:0]                in_data,
    input  wire                                           in_first,
    input  wire                                           in_last,
    input  wire  [7:0]                                    in_tag,
    output wire                                           out_valid,
    input  wire                                           out_ready,
    output wire  [POOLED_LANES*OUT_CHANNELS*OUT_BITS-1:0] out_data,
    output wire                                           out_first,
    output wire                                           out_last,
    output wire  [7:0]                                    out_tag,
    input  wire  [2:0]                                    par_valid,  // weight, bias, shift
    input  wire                                           par_first,
    input  wire  [31:0]                                   par_data,
    input  wire                                           par_bank
);
  localparam bit TABLES = ARITHMETIC == 1;
  localparam bit DSPS = ARITHMETIC == 2;
  localparam bit POOLS = POOL_ROWS > 1 || POOL_COLUMNS > 1;
  localparam int TAPS = CHANNELS * KERNEL_ROWS * KERNEL_COLUMNS;
  localparam int TAP_FOLDS = (TAPS + UNROLL_TAPS - 1) / UNROLL_TAPS;
  localparam int GROUPS = (OUT_CHANNELS + UNROLL_OUT - 1) / UNROLL_OUT;
  localparam int PHASES = TAP_FOLDS * GROUPS;
  localparam int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int SLICE_BITS = LANES * CHANNELS * BITS;
  localparam int COLUMNS = KERNEL_COLUMNS - 1 + LANES;
  localparam int COLUMN_BITS = CHANNELS * BITS;
  localparam int SUM_BITS = BITS + WEIGHT_BITS + $clog2(UNROLL_TAPS);
  if ((TABLES || DSPS) && PHASES > 1) begin : g_moving
    $fatal(1, "sf_conv2d: tables and DSPs need stationary weights");
  end

  // ---- Window -------------------------------------------------------------------------------------------------------

  wire room, may_emit, step_emits, busy, hold, window_ready;
  wire may_complete, step_completes;
  wire row_valid, row_first_word, row_emit, row_emit_first, row_emit_last;
  wire [7:0] row_tag;
  wire [KERNEL_ROWS*SLICE_BITS-1:0] row_words;
  wire offered = in_valid && !hold;
  assign in_ready = window_ready && !hold;

  sf_window #(
      .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .WIDTH(WIDTH), .OFFSET(OFFSET),
      .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS), .KERNEL_ROWS(KERNEL_ROWS),
      .PAD_TOP(PAD_TOP), .PAD_LEFT(PAD_LEFT), .PAD_RIGHT(PAD_RIGHT), .WORDS(WORDS), .ROWS(ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS)
  ) window (
      .clk(clk), .rst(rst), .in_valid(offered), .in_ready(window_ready), .in_data(in_data), .in_first(in_first),
      .in_tag(in_tag), .go(!busy && (room || !(may_emit && may_complete))), .may_emit(may_emit),
      .step_emits(step_emits), .valid(row_valid), .rows(row_words), .first_word(row_first_word), .emit(row_emit),
      .emit_first(row_emit_first), .emit_last(row_emit_last), .tag(row_tag)
  );
  wire unused_last = in_last;

  // What a window is to its pool, in the cycle of row_emit: completes, first, last, row_fresh, word_fresh, word_done,
  // begins, ends (sf_pool_walk).
  logic [7:0] row_pool;
  if (POOLS) begin : g_pool_walk
    wire [7:0] now;
    sf_pool_walk #(
        .WORDS(EMIT_WORDS), .ROWS(EMIT_ROWS), .POOL_WORDS(KEPT_LANES > 1 ? 1 : POOL_COLUMNS), .POOL_ROWS(POOL_ROWS)
    ) walk (
        .clk(clk), .rst(rst), .step(step_emits), .restart(offered && window_ready && in_first),
        .may_complete(may_complete), .complete(now[7]), .first(now[6]), .last(now[5]), .row_fresh(now[4]),
        .word_fresh(now[3]), .word_done(now[2]), .begins(now[1]), .ends(now[0])
    );
    assign step_completes = step_emits && now[7];
    always_ff @(posedge clk) if (step_emits) row_pool <= now;
    wire unused_flags = &{1'b0, row_emit_first, row_emit_last};
  end else begin : g_no_pool
    assign may_complete = 1'b1;
    assign step_completes = step_emits;
    assign row_pool = {1'b1, row_emit_first, row_emit_last, 5'b11111};
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
  localparam int SUM = DOTS_STAGES + (TABLES ? 0 : 1);  // sums are there in this stage
  localparam int POOL_STAGES = (POOL_COLUMNS == 1 ? 0 : KEPT_LANES > 1 ? $clog2(POOL_COLUMNS) : 1) + (POOL_ROWS > 1 ? 1 : 0);
  localparam int TOTAL = SUM + 1 + POOL_STAGES;         // totals, pooled, with their bias
  localparam int DONE = TOTAL + (SHIFT_BITS + 1) / 2 + 2;
  logic [DONE:0]                 active;                // a phase
  logic [DONE:0]                 fold_first, fold_last; // first and last fold of a group
  logic [DONE:0][7:0]            pool;
  logic [DONE:0][GROUP_BITS-1:0] group;
  logic [DONE:0][7:0]            tag;
  wire  [PHASE_BITS-1:0]         phase;
  wire                           unused_travel = &{1'b0, fold_first, fold_last, pool, group, tag};

  sf_phases #(
      .FOLDS(TAP_FOLDS), .GROUPS(GROUPS)
  ) phases (
      .clk(clk), .rst(rst), .step_emits(step_emits), .busy(busy), .start(row_emit), .active(active[0]), .phase(phase),
      .group(group[0]), .fold_first(fold_first[0]), .fold_last(fold_last[0])
  );

  always_ff @(posedge clk) begin
    if (row_valid) begin
      pool[0] <= row_pool;
      tag[0] <= row_tag;
    end
    active[DONE:1] <= rst ? '0 : active[DONE-1:0];
    fold_first[DONE:1] <= fold_first[DONE-1:0];
    fold_last[DONE:1] <= fold_last[DONE-1:0];
    pool[DONE:1] <= pool[DONE-1:0];
    group[DONE:1] <= group[DONE-1:0];
    tag[DONE:1] <= tag[DONE-1:0];
  end

  // ---- Parameters ---------------------------------------------------------------------------------------------------

  wire [2:0]             write;
  wire [31:0]            write_data;
  wire                   write_bank;
  wire [UNROLL_TAPS-1:0] write_tap;
  wire [UNROLL_OUT-1:0]  write_out;
  wire [PHASE_BITS-1:0]  write_phase;
  wire [GROUP_BITS-1:0]  write_group;
  wire                   unused_write = &{1'b0, write_data, write_phase};
  sf_filter_load #(
      .TAPS(TAPS), .OUTPUTS(OUT_CHANNELS), .UNROLL_TAPS(UNROLL_TAPS), .UNROLL_OUT(UNROLL_OUT)
  ) loader (
      .clk(clk), .rst(rst), .par_valid(par_valid), .par_first(par_first), .par_data(par_data), .par_bank(par_bank),
      .write(write), .write_data(write_data), .write_bank(write_bank), .write_tap(write_tap), .write_out(write_out),
      .write_phase(write_phase), .write_group(write_group)
  );

  // Address in a memory of BANKS copies.
  localparam int WEIGHT_DEPTH = PHASES * BANKS;
  localparam int GROUP_DEPTH = GROUPS * BANKS;
  localparam int WEIGHT_ADDRESS = WEIGHT_DEPTH > 1 ? $clog2(WEIGHT_DEPTH) : 1;
  localparam int GROUP_ADDRESS = GROUP_DEPTH > 1 ? $clog2(GROUP_DEPTH) : 1;
  function automatic logic [WEIGHT_ADDRESS-1:0] weight_at(input logic bank, input logic [PHASE_BITS-1:0] at);
    weight_at = WEIGHT_ADDRESS'(at) + (BANKS > 1 && bank ? WEIGHT_ADDRESS'(PHASES) : '0);
  endfunction
  function automatic logic [GROUP_ADDRESS-1:0] group_at(input logic bank, input logic [GROUP_BITS-1:0] at);
    group_at = GROUP_ADDRESS'(at) + (BANKS > 1 && bank ? GROUP_ADDRESS'(GROUPS) : '0);
  endfunction

  // ---- Dot products -------------------------------------------------------------------------------------------------

  wire [KEPT_LANES*UNROLL_OUT*SUM_BITS-1:0] sums;
  if (TABLES) begin : g_tables
    wire fill, filling;
    sf_refill #(
        .BANKS(BANKS)
    ) refill (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_first(in_first), .in_bank(in_tag[0]), .ready(window_ready),
        .write(write[0]), .write_bank(write_bank), .filling(filling), .fill(fill), .hold(hold)
    );
    sf_dots_da #(
        .LANES(KEPT_LANES), .OUTPUTS(OUT_CHANNELS), .TAPS(TAPS), .BITS(BITS), .SIGNED(SIGNED),
        .WEIGHT_BITS(WEIGHT_BITS), .GROUP(TABLE), .BANKS(BANKS)
    ) dots (
        .clk(clk), .rst(rst), .operands(taps), .sums(sums), .write(write[0]), .write_out(write_out),
        .write_tap(write_tap), .write_bank(write_bank), .write_data(write_data[WEIGHT_BITS-1:0]), .fill(fill),
        .fill_bank(in_tag[0]), .filling(filling)
    );
    wire unused_phase = &{1'b0, phase, weight_at(1'b0, '0)};
  end else begin : g_multipliers
    assign hold = 1'b0;
    localparam int FOLD_BITS = TAP_FOLDS > 1 ? $clog2(TAP_FOLDS) : 1;
    logic [FOLD_BITS-1:0] fold;  // of this phase
    always_ff @(posedge clk) fold <= row_emit || fold_last[0] ? '0 : fold + 1'b1;
    wire unused_fold = &{1'b0, fold};
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
    wire [UNROLL_OUT*UNROLL_TAPS*WEIGHT_BITS-1:0] weights;
    for (genvar o = 0; o < UNROLL_OUT; o++) begin : g_out
      for (genvar t = 0; t < UNROLL_TAPS; t++) begin : g_weight
        sf_memory #(
            .WIDTH(WEIGHT_BITS), .DEPTH(WEIGHT_DEPTH)
        ) memory (
            .clk(clk), .write(write[0] && write_out[o] && write_tap[t]),
            .write_address(weight_at(write_bank, write_phase)), .write_data(write_data[WEIGHT_BITS-1:0]),
            .address(weight_at(tag[0][0], phase)), .data(weights[(o*UNROLL_TAPS+t)*WEIGHT_BITS+:WEIGHT_BITS])
        );
      end
    end
    if (DSPS) begin : g_dsps
      sf_dots_dsp2 #(
          .LANES(KEPT_LANES), .OUTPUTS(UNROLL_OUT), .TAPS(UNROLL_TAPS), .BITS(BITS), .SIGNED(SIGNED),
          .WEIGHT_BITS(WEIGHT_BITS)
      ) dots (
          .clk(clk), .operands(operands), .weights(weights), .sums(sums)
      );
    end else begin : g_soft
      sf_dots_mul #(
          .LANES(KEPT_LANES), .OUTPUTS(UNROLL_OUT), .TAPS(UNROLL_TAPS), .BITS(BITS), .SIGNED(SIGNED),
          .WEIGHT_BITS(WEIGHT_BITS)
      ) dots (
          .clk(clk), .operands(operands), .weights(weights), .sums(sums)
      );
    end
  end

  // ---- Bias, pool, requantise ---------------------------------------------------------------------------------------

  // Folds of taps accumulate from the bias on. Where sums are whole, a pool comes first and has fewer biases to add.
  localparam bit BIAS_LAST = POOLS && TAP_FOLDS == 1;
  localparam int POOL_BITS = BIAS_LAST ? SUM_BITS : ACC_BITS;
  localparam int POOL_AT = BIAS_LAST ? SUM : SUM + 1;
  localparam int BIAS_AT = BIAS_LAST ? TOTAL - 1 : SUM;  // the bias is added in this stage

  wire [UNROLL_OUT*ACC_BITS-1:0] biases;  // sign-extended
  wire [KEPT_LANES*UNROLL_OUT*POOL_BITS-1:0] unpooled;
  wire [POOLED_LANES*UNROLL_OUT*POOL_BITS-1:0] pooled;
  wire [POOLED_LANES*UNROLL_OUT*ACC_BITS-1:0] totals;
  if (BIAS_LAST) begin : g_bias_last
    assign unpooled = sums;
    for (genvar i = 0; i < POOLED_LANES * UNROLL_OUT; i++) begin : g_total
      wire signed [SUM_BITS-1:0] sum = pooled[i*SUM_BITS+:SUM_BITS];
      logic signed [ACC_BITS-1:0] total;
      wire signed [ACC_BITS-1:0] bias = biases[(i%UNROLL_OUT)*ACC_BITS+:ACC_BITS];
      always_ff @(posedge clk) total <= bias + ACC_BITS'(sum);
      assign totals[i*ACC_BITS+:ACC_BITS] = total;
    end
  end else begin : g_bias_first
    for (genvar i = 0; i < KEPT_LANES * UNROLL_OUT; i++) begin : g_total
      wire signed [SUM_BITS-1:0] sum = sums[i*SUM_BITS+:SUM_BITS];
      logic signed [ACC_BITS-1:0] total;
      wire signed [ACC_BITS-1:0] bias = biases[(i%UNROLL_OUT)*ACC_BITS+:ACC_BITS];
      always_ff @(posedge clk) total <= (fold_first[SUM] ? bias : total) + ACC_BITS'(sum);
      assign unpooled[i*ACC_BITS+:ACC_BITS] = total;
    end
    assign totals = pooled;
  end
  if (POOLS) begin : g_pool
    wire [7:0] flags = pool[POOL_AT-1];
    sf_pool_sums #(
        .LANES(KEPT_LANES), .CHANNELS(UNROLL_OUT), .BITS(POOL_BITS), .GROUPS(GROUPS), .ROWS(POOL_ROWS),
        .COLUMNS(POOL_COLUMNS), .WORDS(POOLED_WORDS), .INSIDE(INSIDE)
    ) sums_pool (
        .clk(clk), .valid(active[POOL_AT-1] && fold_last[POOL_AT-1]), .group_first(group[POOL_AT-1] == '0),
        .row_fresh(flags[4]), .word_fresh(flags[3]), .word_done(flags[2]), .begins(flags[1]), .ends(flags[0]),
        .sums(unpooled), .results(pooled)
    );
    wire unused_flags = &{1'b0, flags};
  end else begin : g_whole
    assign pooled = unpooled;
  end

  wire [POOLED_LANES*UNROLL_OUT*OUT_BITS-1:0] results;  // of one group
  for (genvar o = 0; o < UNROLL_OUT; o++) begin : g_out
    wire [BIAS_BITS-1:0] bias;
    wire [SHIFT_BITS-1:0] shift;
    sf_memory #(
        .WIDTH(BIAS_BITS), .DEPTH(GROUP_DEPTH)
    ) bias_memory (
        .clk(clk), .write(write[1] && write_out[o]), .write_address(group_at(write_bank, write_group)),
        .write_data(write_data[BIAS_BITS-1:0]), .address(group_at(tag[BIAS_AT-1][0], group[BIAS_AT-1])), .data(bias)
    );
    sf_memory #(
        .WIDTH(SHIFT_BITS), .DEPTH(GROUP_DEPTH)
    ) shift_memory (
        .clk(clk), .write(write[2] && write_out[o]), .write_address(group_at(write_bank, write_group)),
        .write_data(write_data[SHIFT_BITS-1:0]), .address(group_at(tag[TOTAL-1][0], group[TOTAL-1])), .data(shift)
    );
    assign biases[o*ACC_BITS+:ACC_BITS] = ACC_BITS'($signed(bias));

    wire [POOLED_LANES*ACC_BITS-1:0] own;
    wire [POOLED_LANES*OUT_BITS-1:0] out;
    sf_requantise #(
        .LANES(POOLED_LANES), .ACC_BITS(ACC_BITS), .SHIFT_BITS(SHIFT_BITS), .OUT_BITS(OUT_BITS),
        .OUT_SIGNED(OUT_SIGNED)
    ) requantise (
        .clk(clk), .acc(own), .shift(shift), .result(out)
    );
    for (genvar lane = 0; lane < POOLED_LANES; lane++) begin : g_result
      assign own[lane*ACC_BITS+:ACC_BITS] = totals[(lane*UNROLL_OUT+o)*ACC_BITS+:ACC_BITS];
      assign results[(lane*UNROLL_OUT+o)*OUT_BITS+:OUT_BITS] = out[lane*OUT_BITS+:OUT_BITS];
    end
  end

  // ---- Output -------------------------------------------------------------------------------------------------------

  wire push;
  wire [POOLED_LANES*OUT_CHANNELS*OUT_BITS-1:0] word;
  sf_gather #(
      .LANES(POOLED_LANES), .CHANNELS(OUT_CHANNELS), .UNROLL(UNROLL_OUT), .BITS(OUT_BITS)
  ) gather (
      .clk(clk), .done(active[DONE] && fold_last[DONE] && pool[DONE][7]),
      .last(group[DONE] == GROUP_BITS'(GROUPS - 1)), .results(results), .push(push), .word(word)
  );

  sf_fifo #(
      .WIDTH(POOLED_LANES * OUT_CHANNELS * OUT_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(step_completes), .push(push),
      .push_data({pool[DONE][6:5], tag[DONE], word}), .valid(out_valid), .ready(out_ready),
      .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
