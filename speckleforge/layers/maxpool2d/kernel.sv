// Max-pooling: the maximum down each column of a window, then along the row.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; out: KEPT_LANES columns likewise.
//          Elements outside the image count as the smallest value.
// Latency: from a step to its word at the output: 3 + log2(KERNEL_ROWS) + log2(KERNEL_COLUMNS) cycles; one step a cycle.
// Cost:    per channel LANES * (KERNEL_ROWS - 1) + KEPT_LANES * (KERNEL_COLUMNS - 1) comparators, the line buffer.
`default_nettype none

module sf_maxpool2d #(
    parameter int LANES          = 1,
    parameter int CHANNELS       = 1,
    parameter int BITS           = 4,
    parameter bit SIGNED         = 1'b0,
    parameter int WIDTH          = 8,
    parameter int OFFSET         = 0,
    parameter int IMAGE_WORDS    = 8,
    parameter int IMAGE_ROWS     = 8,
    parameter int KERNEL_ROWS    = 2,
    parameter int KERNEL_COLUMNS = 2,
    parameter int PAD_TOP        = 0,
    parameter int PAD_LEFT       = 0,
    parameter int PAD_RIGHT      = 0,
    parameter int WORDS          = 8,
    parameter int ROWS           = 8,
    parameter int EMIT_WORD      = 1,
    parameter int EMIT_WORD_STEP = 2,
    parameter int EMIT_WORDS     = 4,
    parameter int EMIT_ROW       = 1,
    parameter int EMIT_ROW_STEP  = 2,
    parameter int EMIT_ROWS      = 4,
    parameter int FIRST_LANE     = 0,
    parameter int LANE_STEP      = 1,
    parameter int KEPT_LANES     = 1,
    parameter int FIFO           = 8
) (
    input  wire                                 clk,
    input  wire                                 rst,
    input  wire                                 in_valid,
    output wire                                 in_ready,
    input  wire  [LANES*CHANNELS*BITS-1:0]      in_data,
    input  wire                                 in_first,
    input  wire                                 in_last,
    input  wire  [7:0]                          in_tag,
    output wire                                 out_valid,
    input  wire                                 out_ready,
    output wire  [KEPT_LANES*CHANNELS*BITS-1:0] out_data,
    output wire                                 out_first,
    output wire                                 out_last,
    output wire  [7:0]                          out_tag
);
  localparam int SLICE_BITS = LANES * CHANNELS * BITS;
  localparam int COLUMNS = KERNEL_COLUMNS - 1 + LANES;
  localparam int COLUMN_BITS = CHANNELS * BITS;
  localparam int DOWN = $clog2(KERNEL_ROWS);     // stages of the column maximum
  localparam int ALONG = $clog2(KERNEL_COLUMNS); // and of the row maximum
  localparam int DONE = DOWN + 1 + ALONG;
  localparam logic [BITS-1:0] LOWEST = SIGNED ? {1'b1, {(BITS - 1) {1'b0}}} : '0;

  wire room, may_emit, step_emits;
  wire [KERNEL_ROWS*SLICE_BITS-1:0] row_words;
  // What travels with a word; index 0 is the cycle in which sf_window gives it.
  logic [DONE:0]      valid, first_word, emit, word_first, word_last;
  logic [DONE:0][7:0] tag;

  sf_window #(
      .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .WIDTH(WIDTH), .OFFSET(OFFSET),
      .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS), .KERNEL_ROWS(KERNEL_ROWS),
      .PAD_TOP(PAD_TOP), .PAD_LEFT(PAD_LEFT), .PAD_RIGHT(PAD_RIGHT), .WORDS(WORDS), .ROWS(ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS), .PAD(LOWEST)
  ) window (
      .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_first(in_first),
      .in_tag(in_tag), .go(room || !may_emit), .may_emit(may_emit), .step_emits(step_emits),
      .valid(valid[0]), .rows(row_words), .first_word(first_word[0]), .emit(emit[0]),
      .emit_first(word_first[0]), .emit_last(word_last[0]), .tag(tag[0])
  );
  wire unused_last = in_last;

  always_ff @(posedge clk) begin
    valid[DONE:1] <= rst ? '0 : valid[DONE-1:0];
    emit[DONE:1] <= rst ? '0 : emit[DONE-1:0];
    first_word[DONE:1] <= first_word[DONE-1:0];
    word_first[DONE:1] <= word_first[DONE-1:0];
    word_last[DONE:1] <= word_last[DONE-1:0];
    tag[DONE:1] <= tag[DONE-1:0];
  end
  wire unused_valid = &{1'b0, valid, first_word};

  // Down each column.
  wire [SLICE_BITS-1:0] peaks;
  for (genvar e = 0; e < LANES * CHANNELS; e++) begin : g_down
    wire [KERNEL_ROWS*BITS-1:0] column;
    for (genvar r = 0; r < KERNEL_ROWS; r++) begin : g_row
      assign column[r*BITS+:BITS] = row_words[r*SLICE_BITS+e*BITS+:BITS];
    end
    sf_max_tree #(
        .INPUTS(KERNEL_ROWS), .BITS(BITS), .SIGNED(SIGNED)
    ) tree (
        .clk(clk), .numbers(column), .largest(peaks[e*BITS+:BITS])
    );
  end

  wire [COLUMNS*COLUMN_BITS-1:0] columns;
  sf_columns #(
      .LANES(LANES), .COLUMNS(KERNEL_COLUMNS), .BITS(COLUMN_BITS), .PAD_LEFT(PAD_LEFT > 0), .PAD({CHANNELS{LOWEST}})
  ) history (
      .clk(clk), .valid(valid[DOWN]), .first_word(first_word[DOWN]), .word(peaks), .window(columns)
  );
  wire unused_columns = &{1'b0, columns};

  // Along the row.
  wire [KEPT_LANES*COLUMN_BITS-1:0] word;
  for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      wire [KERNEL_COLUMNS*BITS-1:0] row;
      for (genvar k = 0; k < KERNEL_COLUMNS; k++) begin : g_column
        localparam int COLUMN = FIRST_LANE + lane * LANE_STEP + k;
        assign row[k*BITS+:BITS] = columns[(COLUMN*CHANNELS+c)*BITS+:BITS];
      end
      sf_max_tree #(
          .INPUTS(KERNEL_COLUMNS), .BITS(BITS), .SIGNED(SIGNED)
      ) tree (
          .clk(clk), .numbers(row), .largest(word[(lane*CHANNELS+c)*BITS+:BITS])
      );
    end
  end

  sf_fifo #(
      .WIDTH(KEPT_LANES * COLUMN_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(step_emits), .push(emit[DONE]),
      .push_data({word_first[DONE], word_last[DONE], tag[DONE], word}), .valid(out_valid), .ready(out_ready),
      .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
