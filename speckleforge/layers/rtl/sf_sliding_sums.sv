// Sums over a sliding window: down each column, then along the row.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; totals: KEPT_LANES columns of ACC_BITS bits (two's
//          complement) likewise.
// Flow:    as sf_running_sums.
// Latency: 1 cycle from a step to `emit`, 2 + log2(KERNEL_ROWS) + log2(KERNEL_COLUMNS) to `totals`, which stay until
//          the next step's.
// Cost:    the line buffer of sf_window; per channel LANES * (KERNEL_ROWS - 1) + KEPT_LANES * (KERNEL_COLUMNS - 1) adders.
`default_nettype none

module sf_sliding_sums #(
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
    parameter int ACC_BITS       = 9,
    parameter int SUMS           = KEPT_LANES * CHANNELS  // leave as it is
) (
    input  wire                           clk,
    input  wire                           rst,
    input  wire                           in_valid,
    output wire                           in_ready,
    input  wire [LANES*CHANNELS*BITS-1:0] in_data,
    input  wire                           in_first,
    input  wire [7:0]                     in_tag,
    input  wire                           room,
    input  wire                           busy,
    output wire                           step_emits,
    output wire                           emit,
    output wire                           emit_first,
    output wire                           emit_last,
    output wire [7:0]                     tag,
    output wire [SUMS*ACC_BITS-1:0]       totals
);
  localparam int SLICE_BITS = LANES * CHANNELS * BITS;
  localparam int TERM_BITS = SIGNED ? BITS : BITS + 1;  // an element as a signed number
  localparam int DOWN = $clog2(KERNEL_ROWS);
  localparam int DOWN_BITS = TERM_BITS + DOWN;
  localparam int COLUMNS = KERNEL_COLUMNS - 1 + LANES;

  wire may_emit, row_valid, row_first_word;
  wire [KERNEL_ROWS*SLICE_BITS-1:0] row_words;
  sf_window #(
      .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .WIDTH(WIDTH), .OFFSET(OFFSET),
      .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS), .KERNEL_ROWS(KERNEL_ROWS), .WORDS(WORDS), .ROWS(ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS)
  ) window (
      .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_first(in_first),
      .in_tag(in_tag), .go(!busy && (room || !may_emit)), .may_emit(may_emit), .step_emits(step_emits),
      .valid(row_valid), .rows(row_words), .first_word(row_first_word), .emit(emit),
      .emit_first(emit_first), .emit_last(emit_last), .tag(tag)
  );

  // Down each column.
  wire [LANES*CHANNELS*DOWN_BITS-1:0] downs;
  for (genvar e = 0; e < LANES * CHANNELS; e++) begin : g_down
    wire [KERNEL_ROWS*TERM_BITS-1:0] column;
    for (genvar r = 0; r < KERNEL_ROWS; r++) begin : g_row
      localparam int FROM = r * SLICE_BITS + e * BITS;
      assign column[r*TERM_BITS+:TERM_BITS] = TERM_BITS'({SIGNED && row_words[FROM+BITS-1], row_words[FROM+:BITS]});
    end
    sf_add_tree #(
        .INPUTS(KERNEL_ROWS), .BITS(TERM_BITS)
    ) tree (
        .clk(clk), .terms(column), .sum(downs[e*DOWN_BITS+:DOWN_BITS])
    );
  end

  // With the words of the row before it.
  logic [DOWN:0] valid, first_word;
  assign valid[0] = row_valid;
  assign first_word[0] = row_first_word;
  if (DOWN > 0) begin : g_travel
    always_ff @(posedge clk) begin
      valid[DOWN:1] <= rst ? '0 : valid[DOWN-1:0];
      first_word[DOWN:1] <= first_word[DOWN-1:0];
    end
  end
  wire [COLUMNS*CHANNELS*DOWN_BITS-1:0] columns;
  sf_columns #(
      .LANES(LANES), .COLUMNS(KERNEL_COLUMNS), .BITS(CHANNELS * DOWN_BITS)
  ) history (
      .clk(clk), .valid(valid[DOWN]), .first_word(first_word[DOWN]), .word(downs), .window(columns)
  );
  wire unused_columns = &{1'b0, columns};

  // Along the row.
  for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      wire [KERNEL_COLUMNS*DOWN_BITS-1:0] row;
      for (genvar k = 0; k < KERNEL_COLUMNS; k++) begin : g_column
        localparam int COLUMN = FIRST_LANE + lane * LANE_STEP + k;
        assign row[k*DOWN_BITS+:DOWN_BITS] = columns[(COLUMN*CHANNELS+c)*DOWN_BITS+:DOWN_BITS];
      end
      wire signed [DOWN_BITS+$clog2(KERNEL_COLUMNS)-1:0] sum;
      sf_add_tree #(
          .INPUTS(KERNEL_COLUMNS), .BITS(DOWN_BITS)
      ) tree (
          .clk(clk), .terms(row), .sum(sum)
      );
      assign totals[(lane*CHANNELS+c)*ACC_BITS+:ACC_BITS] = ACC_BITS'(sum);
    end
  end
endmodule

`default_nettype wire
