// Rows of a sliding window: for every word of a row, that word and the words above it.
//
// Shapes:  in: words of LANES columns x CHANNELS x BITS. out: KERNEL_ROWS such words, the topmost lowest.
//          Pads by itself with PAD: rows above and words left of the image cost nothing (PAD_TOP, PAD_LEFT: their number),
//          rows below and words right of it are steps that take no input word.
// Flow:    a step happens when `go` is set (for a step with `may_emit`: when there is room for its word) and a word is
//          offered or none is needed. `step_emits` says, in that cycle, that it will emit.
// Latency: 1 cycle from a step to `valid` (2 with sf_columns behind it).
// Cost:    one RAM of (KERNEL_ROWS - 1) rows, WORDS deep; about LANES * CHANNELS * BITS + 40 FF.
`default_nettype none

module sf_window #(
    parameter int LANES          = 1,
    parameter int CHANNELS       = 1,
    parameter int BITS           = 8,
    parameter int WIDTH          = 8,
    parameter int OFFSET         = 0,
    parameter int IMAGE_WORDS    = 8,
    parameter int IMAGE_ROWS     = 8,
    parameter int KERNEL_ROWS    = 3,
    parameter int PAD_TOP        = 0,
    parameter int PAD_LEFT       = 0,
    parameter int PAD_RIGHT      = 0,
    parameter int WORDS          = 8,
    parameter int ROWS           = 8,
    parameter int EMIT_WORD      = 0,
    parameter int EMIT_WORD_STEP = 1,
    parameter int EMIT_WORDS     = 6,
    parameter int EMIT_ROW       = 2,
    parameter int EMIT_ROW_STEP  = 1,
    parameter int EMIT_ROWS      = 6,
    parameter logic [BITS-1:0] PAD = '0,
    parameter int SLICE_BITS     = LANES * CHANNELS * BITS  // leave as it is: bits of a word
) (
    input  wire                               clk,
    input  wire                               rst,
    input  wire                               in_valid,
    output wire                               in_ready,
    input  wire  [SLICE_BITS-1:0]             in_data,
    input  wire                               in_first,
    input  wire  [7:0]                        in_tag,
    input  wire                               go,
    output wire                               may_emit,
    output wire                               step_emits,
    output logic                              valid,
    output wire  [KERNEL_ROWS*SLICE_BITS-1:0] rows,
    output logic                              first_word,
    output logic                              emit,
    output logic                              emit_first,
    output logic                              emit_last,
    output logic [7:0]                        tag
);
  localparam int WORD_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam int COLUMN_BITS = CHANNELS * BITS;
  localparam bit FLUSHES = WORDS > IMAGE_WORDS || ROWS > IMAGE_ROWS;

  wire                 image, walk_emit, walk_first, walk_last, walk_first_row, walk_first_word, walk_last_word;
  wire [WORD_BITS-1:0] word;
  wire                 take = image && in_valid;
  wire                 step = go && (take || !image);
  wire                 restart = image && in_first;
  wire [WORD_BITS-1:0] unused_next_word;

  sf_walk #(
      .WORDS(WORDS), .ROWS(ROWS), .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS)
  ) walk (
      .clk(clk), .rst(rst), .step(step), .restart(restart), .image(image), .may_emit(may_emit),
      .emit(walk_emit), .emit_first(walk_first), .emit_last(walk_last), .first_row(walk_first_row),
      .first_word(walk_first_word), .last_word(walk_last_word), .word(word), .next_word(unused_next_word)
  );

  assign in_ready = go && image;
  assign step_emits = step && walk_emit;

  // Lanes outside the image become padding, where a window can see them.
  wire [SLICE_BITS-1:0] masked;
  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    localparam bit LEFT = PAD_LEFT > 0 && lane < OFFSET;
    localparam bit RIGHT = PAD_RIGHT > 0 && (IMAGE_WORDS - 1) * LANES - OFFSET + lane >= WIDTH;
    wire outside = (LEFT && walk_first_word) || (RIGHT && walk_last_word) || (FLUSHES && !image);
    assign masked[lane*COLUMN_BITS+:COLUMN_BITS] = outside ? {CHANNELS{PAD}} : in_data[lane*COLUMN_BITS+:COLUMN_BITS];
  end
  wire unused_last_word = walk_last_word;

  logic [SLICE_BITS-1:0] newest;
  logic                  first_row;
  logic [WORD_BITS-1:0]  column;
  always_ff @(posedge clk) begin
    valid <= step && !rst;
    if (step) begin
      newest <= masked;
      first_row <= walk_first_row;
      first_word <= walk_first_word;
      column <= word;
      emit_first <= walk_first;
      emit_last <= walk_last;
    end
    emit <= step_emits && !rst;
    if (step && take) tag <= in_tag;
  end

  if (KERNEL_ROWS == 1) begin : g_row
    assign rows = newest;
    wire unused = &{1'b0, first_row, column};
  end else begin : g_rows
    // The RAM holds, for every word of a row, the KERNEL_ROWS - 1 words above the next row's.
    localparam int HELD_BITS = (KERNEL_ROWS - 1) * SLICE_BITS;
    wire [HELD_BITS-1:0] held;
    wire [HELD_BITS-1:0] above = PAD_TOP > 0 && first_row ? {((KERNEL_ROWS - 1) * LANES * CHANNELS) {PAD}} : held;
    assign rows = {newest, above};
    wire unused_first_row = first_row;
    if (WORDS == 1) begin : g_single
      // One word a row: the next row reads what this one writes in the same cycle, so the RAM is a plain register.
      logic [HELD_BITS-1:0] line;
      assign held = line;
      wire unused_column = &{1'b0, column, word};
      always_ff @(posedge clk) if (valid) line <= rows[SLICE_BITS+:HELD_BITS];
    end else begin : g_ram
      sf_memory #(
          .WIDTH(HELD_BITS), .DEPTH(WORDS), .SMALL(32)
      ) lines (
          .clk(clk), .write(valid), .write_address(column), .write_data(rows[SLICE_BITS+:HELD_BITS]),
          .address(word), .data(held)
      );
    end
  end
endmodule

`default_nettype wire
