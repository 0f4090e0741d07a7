// Depthwise convolution: UNROLL_CHANNELS channels by UNROLL_TAPS taps of each a cycle, for all kept lanes of a window.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; out: KEPT_LANES columns of CHANNELS of OUT_BITS bits.
//          Taps of a channel in the order row, column. A window takes PHASES cycles: TAP_FOLDS for each of GROUPS groups
//          of channels; a step without a window one cycle.
// Dots:    ARITHMETIC 0: multipliers; 1: distributed arithmetic, TABLE weights a table; 2: two products in a DSP48E2. 1 and
//          2 compute all channels and taps at once.
// Weights: one memory of PHASES x BANKS weights for each multiplier position (channel, tap); lanes share it. Tables hold
//          one bank: a frame of another one, or of one that was written since, waits at the input while they fill.
// Latency: from a step to its word at the output: 4 + DOTS_STAGES + ceil(SHIFT_BITS / 2) + 2 + PHASES - 1 cycles, one more
//          where ARITHMETIC is not 1.
// Cost:    KEPT_LANES * UNROLL_CHANNELS dot products of UNROLL_TAPS taps and as many requantisers, the line buffer; where
//          PHASES > 1, a choice of PHASES operands before each multiplier.
`default_nettype none

module sf_depthwise2d #(
    parameter int LANES           = 1,
    parameter int CHANNELS        = 2,
    parameter int BITS            = 4,
    parameter bit SIGNED          = 1'b0,
    parameter int WIDTH           = 8,
    parameter int OFFSET          = 0,
    parameter int IMAGE_WORDS     = 8,
    parameter int IMAGE_ROWS      = 8,
    parameter int KERNEL_ROWS     = 3,
    parameter int KERNEL_COLUMNS  = 3,
    parameter int PAD_TOP         = 0,
    parameter int PAD_LEFT        = 0,
    parameter int PAD_RIGHT       = 0,
    parameter int WORDS           = 8,
    parameter int ROWS            = 8,
    parameter int EMIT_WORD       = 2,
    parameter int EMIT_WORD_STEP  = 1,
    parameter int EMIT_WORDS      = 6,
    parameter int EMIT_ROW        = 2,
    parameter int EMIT_ROW_STEP   = 1,
    parameter int EMIT_ROWS       = 6,
    parameter int FIRST_LANE      = 0,
    parameter int LANE_STEP       = 1,
    parameter int KEPT_LANES      = 1,
    parameter int OUT_BITS        = 4,
    parameter bit OUT_SIGNED      = 1'b0,
    parameter int WEIGHT_BITS     = 4,
    parameter int BIAS_BITS       = 12,
    parameter int SHIFT_BITS      = 4,
    parameter int ACC_BITS        = 13,
    parameter int UNROLL_CHANNELS = 1,
    parameter int UNROLL_TAPS     = 9,
    parameter int ARITHMETIC      = 0,
    parameter int TABLE           = 1,
    parameter int DOTS_STAGES     = 5,
    parameter int FIFO            = 16,
    parameter int BANKS           = 1
) (
    input  wire                                     clk,
    input  wire                                     rst,
    input  wire                                     in_valid,
    output wire                                     in_ready,
    input  wire  [LANES*CHANNELS*BITS-1:0]          in_data,
    input  wire                                     in_first,
    input  wire                                     in_last,
    input  wire  [7:0]                              in_tag,
    output wire                                     out_valid,
    input  wire                                     out_ready,
    output wire  [KEPT_LANES*CHANNELS*OUT_BITS-1:0] out_data,
    output wire                                     out_first,
    output wire                                     out_last,
    output wire  [7:0]                              out_tag,
    input  wire  [2:0]                              par_valid,  // weight, bias, shift
    input  wire                                     par_first,
    input  wire  [31:0]                             par_data,
    input  wire                                     par_bank
);
  localparam bit TABLES = ARITHMETIC == 1;
  localparam bit DSPS = ARITHMETIC == 2;
  localparam int TAPS = KERNEL_ROWS * KERNEL_COLUMNS;
  localparam int TAP_FOLDS = (TAPS + UNROLL_TAPS - 1) / UNROLL_TAPS;
  localparam int GROUPS = (CHANNELS + UNROLL_CHANNELS - 1) / UNROLL_CHANNELS;
  localparam int PHASES = TAP_FOLDS * GROUPS;
  localparam int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int SLICE_BITS = LANES * CHANNELS * BITS;
  localparam int COLUMNS = KERNEL_COLUMNS - 1 + LANES;
  localparam int COLUMN_BITS = CHANNELS * BITS;
  localparam int SUM_BITS = BITS + WEIGHT_BITS + $clog2(UNROLL_TAPS);
  if ((TABLES || DSPS) && PHASES > 1) begin : g_moving
    $fatal(1, "sf_depthwise2d: tables and DSPs need stationary weights");
  end

  // ---- Window -------------------------------------------------------------------------------------------------------

  wire room, may_emit, step_emits, busy, hold, window_ready;
  wire row_valid, row_first_word, row_emit, row_emit_first, row_emit_last;
  wire [7:0] row_tag;
  wire [KERNEL_ROWS*SLICE_BITS-1:0] row_words;
  assign in_ready = window_ready && !hold;

  sf_window #(
      .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .WIDTH(WIDTH), .OFFSET(OFFSET),
      .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS), .KERNEL_ROWS(KERNEL_ROWS),
      .PAD_TOP(PAD_TOP), .PAD_LEFT(PAD_LEFT), .PAD_RIGHT(PAD_RIGHT), .WORDS(WORDS), .ROWS(ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS)
  ) window (
      .clk(clk), .rst(rst), .in_valid(in_valid && !hold), .in_ready(window_ready), .in_data(in_data),
      .in_first(in_first),
      .in_tag(in_tag), .go(!busy && (room || !may_emit)), .may_emit(may_emit), .step_emits(step_emits),
      .valid(row_valid), .rows(row_words), .first_word(row_first_word), .emit(row_emit),
      .emit_first(row_emit_first), .emit_last(row_emit_last), .tag(row_tag)
  );
  wire unused_last = in_last;

  // Operands of every phase: lane in channel of the group, taps inside; zeros behind the last tap and the last channel.
  localparam int PART = UNROLL_CHANNELS * KEPT_LANES * UNROLL_TAPS * BITS;
  wire [PHASES*PART-1:0] parts;
  localparam int HISTORY = COLUMNS * COLUMN_BITS;
  wire [KERNEL_ROWS*HISTORY-1:0] columns;
  for (genvar r = 0; r < KERNEL_ROWS; r++) begin : g_row
    sf_columns #(
        .LANES(LANES), .COLUMNS(KERNEL_COLUMNS), .BITS(COLUMN_BITS), .PAD_LEFT(PAD_LEFT > 0)
    ) history (
        .clk(clk), .valid(row_valid), .first_word(row_first_word),
        .word(row_words[r*SLICE_BITS+:SLICE_BITS]), .window(columns[r*HISTORY+:HISTORY])
    );
  end
  wire unused_columns = &{1'b0, columns};  // some are, with a stride
  for (genvar p = 0; p < PHASES; p++) begin : g_phase
    for (genvar o = 0; o < UNROLL_CHANNELS; o++) begin : g_channel
      for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
        for (genvar t = 0; t < UNROLL_TAPS; t++) begin : g_tap
          localparam int CHANNEL = (p / TAP_FOLDS) * UNROLL_CHANNELS + o;
          localparam int TAP = (p % TAP_FOLDS) * UNROLL_TAPS + t;
          localparam int TO = p * PART + ((o * KEPT_LANES + lane) * UNROLL_TAPS + t) * BITS;
          if (CHANNEL < CHANNELS && TAP < TAPS) begin : g_inside
            localparam int COLUMN = FIRST_LANE + lane * LANE_STEP + TAP % KERNEL_COLUMNS;
            localparam int FROM = (TAP / KERNEL_COLUMNS) * HISTORY + (COLUMN * CHANNELS + CHANNEL) * BITS;
            assign parts[TO+:BITS] = columns[FROM+:BITS];
          end else begin : g_outside
            assign parts[TO+:BITS] = '0;
          end
        end
      end
    end
  end

  // ---- Phases -------------------------------------------------------------------------------------------------------

  // What travels with a phase; index 0 is the cycle in which its taps are chosen.
  localparam int ADD = DOTS_STAGES + (TABLES ? 0 : 1);       // accumulator adds in this stage
  localparam int DONE = ADD + 1 + (SHIFT_BITS + 1) / 2 + 2;  // requantised in this stage
  logic [DONE:0]                 active;                     // a phase
  logic [DONE:0]                 fold_first, fold_last;      // first and last fold of a group
  logic [DONE:0]                 word_first, word_last;      // first and last word of a frame
  logic [DONE:0][GROUP_BITS-1:0] group;
  logic [DONE:0][7:0]            tag;
  wire  [PHASE_BITS-1:0]         phase;
  wire                           unused_travel = &{1'b0, fold_first, fold_last, group, tag};

  sf_phases #(
      .FOLDS(TAP_FOLDS), .GROUPS(GROUPS)
  ) phases (
      .clk(clk), .rst(rst), .step_emits(step_emits), .busy(busy), .start(row_emit), .active(active[0]), .phase(phase),
      .group(group[0]), .fold_first(fold_first[0]), .fold_last(fold_last[0])
  );

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

  wire [2:0]                 write;
  wire [31:0]                write_data;
  wire                       write_bank;
  wire [UNROLL_TAPS-1:0]     write_tap;
  wire [UNROLL_CHANNELS-1:0] write_out;
  wire [PHASE_BITS-1:0]      write_phase;
  wire [GROUP_BITS-1:0]      write_group;
  wire                       unused_write = &{1'b0, write_data, write_phase, phase};
  sf_filter_load #(
      .TAPS(TAPS), .OUTPUTS(CHANNELS), .UNROLL_TAPS(UNROLL_TAPS), .UNROLL_OUT(UNROLL_CHANNELS)
  ) loader (
      .clk(clk), .rst(rst), .par_valid(par_valid), .par_first(par_first), .par_data(par_data), .par_bank(par_bank),
      .write(write), .write_data(write_data), .write_bank(write_bank), .write_tap(write_tap), .write_out(write_out),
      .write_phase(write_phase), .write_group(write_group)
  );

  // Address in a memory of BANKS copies.
  localparam int GROUP_DEPTH = GROUPS * BANKS;
  localparam int GROUP_ADDRESS = GROUP_DEPTH > 1 ? $clog2(GROUP_DEPTH) : 1;
  function automatic logic [GROUP_ADDRESS-1:0] group_at(input logic bank, input logic [GROUP_BITS-1:0] at);
    group_at = GROUP_ADDRESS'(at) + (BANKS > 1 && bank ? GROUP_ADDRESS'(GROUPS) : '0);
  endfunction

  // ---- Dot products -------------------------------------------------------------------------------------------------

  localparam int CHANNEL_PART = KEPT_LANES * UNROLL_TAPS * BITS;
  wire [UNROLL_CHANNELS*KEPT_LANES*SUM_BITS-1:0] sums;  // lane in channel
  if (TABLES) begin : g_tables
    wire [CHANNELS-1:0] filling;  // all alike
    wire fill;
    sf_refill #(
        .BANKS(BANKS)
    ) refill (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_first(in_first), .in_bank(in_tag[0]), .ready(window_ready),
        .write(write[0]), .write_bank(write_bank), .filling(filling[0]), .fill(fill), .hold(hold)
    );
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      sf_dots_da #(
          .LANES(KEPT_LANES), .OUTPUTS(1), .TAPS(TAPS), .BITS(BITS), .SIGNED(SIGNED), .WEIGHT_BITS(WEIGHT_BITS),
          .GROUP(TABLE), .BANKS(BANKS)
      ) dots (
          .clk(clk), .rst(rst), .operands(parts[c*CHANNEL_PART+:CHANNEL_PART]),
          .sums(sums[c*KEPT_LANES*SUM_BITS+:KEPT_LANES*SUM_BITS]), .write(write[0]), .write_out(write_out[c]),
          .write_tap(write_tap), .write_bank(write_bank), .write_data(write_data[WEIGHT_BITS-1:0]), .fill(fill),
          .fill_bank(in_tag[0]), .filling(filling[c])
      );
    end
    wire unused_filling = &{1'b0, filling};
  end else begin : g_multipliers
    assign hold = 1'b0;
    localparam int WEIGHT_DEPTH = PHASES * BANKS;
    localparam int WEIGHT_ADDRESS = WEIGHT_DEPTH > 1 ? $clog2(WEIGHT_DEPTH) : 1;
    function automatic logic [WEIGHT_ADDRESS-1:0] weight_at(input logic bank, input logic [PHASE_BITS-1:0] at);
      weight_at = WEIGHT_ADDRESS'(at) + (BANKS > 1 && bank ? WEIGHT_ADDRESS'(PHASES) : '0);
    endfunction

    logic [PART-1:0] operands;
    always_ff @(posedge clk) operands <= parts[int'(phase)*PART+:PART];
    for (genvar o = 0; o < UNROLL_CHANNELS; o++) begin : g_channel
      wire [UNROLL_TAPS*WEIGHT_BITS-1:0] weights;
      for (genvar t = 0; t < UNROLL_TAPS; t++) begin : g_weight
        sf_memory #(
            .WIDTH(WEIGHT_BITS), .DEPTH(WEIGHT_DEPTH)
        ) memory (
            .clk(clk), .write(write[0] && write_out[o] && write_tap[t]),
            .write_address(weight_at(write_bank, write_phase)), .write_data(write_data[WEIGHT_BITS-1:0]),
            .address(weight_at(tag[0][0], phase)), .data(weights[t*WEIGHT_BITS+:WEIGHT_BITS])
        );
      end
      if (DSPS) begin : g_dsps
        sf_dots_dsp2 #(
            .LANES(KEPT_LANES), .OUTPUTS(1), .TAPS(UNROLL_TAPS), .BITS(BITS), .SIGNED(SIGNED),
            .WEIGHT_BITS(WEIGHT_BITS)
        ) dots (
            .clk(clk), .operands(operands[o*CHANNEL_PART+:CHANNEL_PART]), .weights(weights),
            .sums(sums[o*KEPT_LANES*SUM_BITS+:KEPT_LANES*SUM_BITS])
        );
      end else begin : g_soft
        sf_dots_mul #(
            .LANES(KEPT_LANES), .OUTPUTS(1), .TAPS(UNROLL_TAPS), .BITS(BITS), .SIGNED(SIGNED),
            .WEIGHT_BITS(WEIGHT_BITS)
        ) dots (
            .clk(clk), .operands(operands[o*CHANNEL_PART+:CHANNEL_PART]), .weights(weights),
            .sums(sums[o*KEPT_LANES*SUM_BITS+:KEPT_LANES*SUM_BITS])
        );
      end
    end
  end

  // ---- Accumulate, requantise ---------------------------------------------------------------------------------------

  wire [KEPT_LANES*UNROLL_CHANNELS*OUT_BITS-1:0] results;  // of one group
  for (genvar o = 0; o < UNROLL_CHANNELS; o++) begin : g_out
    wire [BIAS_BITS-1:0] bias;
    wire [SHIFT_BITS-1:0] shift;
    sf_memory #(
        .WIDTH(BIAS_BITS), .DEPTH(GROUP_DEPTH)
    ) bias_memory (
        .clk(clk), .write(write[1] && write_out[o]), .write_address(group_at(write_bank, write_group)),
        .write_data(write_data[BIAS_BITS-1:0]), .address(group_at(tag[ADD-1][0], group[ADD-1])), .data(bias)
    );
    sf_memory #(
        .WIDTH(SHIFT_BITS), .DEPTH(GROUP_DEPTH)
    ) shift_memory (
        .clk(clk), .write(write[2] && write_out[o]), .write_address(group_at(write_bank, write_group)),
        .write_data(write_data[SHIFT_BITS-1:0]), .address(group_at(tag[ADD][0], group[ADD])), .data(shift)
    );

    logic [KEPT_LANES*ACC_BITS-1:0] totals;
    wire signed [ACC_BITS-1:0] start = ACC_BITS'($signed(bias));
    for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
      logic signed [ACC_BITS-1:0] total;
      wire signed [SUM_BITS-1:0] sum = sums[(o*KEPT_LANES+lane)*SUM_BITS+:SUM_BITS];
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
      assign results[(lane*UNROLL_CHANNELS+o)*OUT_BITS+:OUT_BITS] = out[lane*OUT_BITS+:OUT_BITS];
    end
  end

  // ---- Output -------------------------------------------------------------------------------------------------------

  wire push;
  wire [KEPT_LANES*CHANNELS*OUT_BITS-1:0] word;
  sf_gather #(
      .LANES(KEPT_LANES), .CHANNELS(CHANNELS), .UNROLL(UNROLL_CHANNELS), .BITS(OUT_BITS)
  ) gather (
      .clk(clk), .done(active[DONE] && fold_last[DONE]), .last(group[DONE] == GROUP_BITS'(GROUPS - 1)),
      .results(results), .push(push), .word(word)
  );

  sf_fifo #(
      .WIDTH(KEPT_LANES * CHANNELS * OUT_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(step_emits), .push(push),
      .push_data({word_first[DONE], word_last[DONE], tag[DONE], word}), .valid(out_valid), .ready(out_ready),
      .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
