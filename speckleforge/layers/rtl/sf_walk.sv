// Position in a frame: WORDS steps a row, ROWS rows, and the flags of the current one, each a register.
//
// A step takes an input word where `image` is set (the first IMAGE_WORDS of the first IMAGE_ROWS rows), else it is a flush
// step. It emits at word EMIT_WORD + i * EMIT_WORD_STEP, i < EMIT_WORDS, of row EMIT_ROW + j * EMIT_ROW_STEP, j < EMIT_ROWS.
// `restart` says that the word of this step is the first of a frame: the position is (0, 0), wherever it was.
// Flags are decoded one step ahead from a look-ahead position: no counter stands in front of a decision.
`default_nettype none

module sf_walk #(
    parameter int WORDS          = 4,
    parameter int ROWS           = 4,
    parameter int IMAGE_WORDS    = 4,
    parameter int IMAGE_ROWS     = 4,
    parameter int EMIT_WORD      = 0,
    parameter int EMIT_WORD_STEP = 1,
    parameter int EMIT_WORDS     = 4,
    parameter int EMIT_ROW       = 0,
    parameter int EMIT_ROW_STEP  = 1,
    parameter int EMIT_ROWS      = 4,
    parameter int WORD_BITS      = WORDS > 1 ? $clog2(WORDS) : 1  // leave as it is
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  step,
    input  wire                  restart,
    output wire                  image,       // not changed by restart
    output wire                  may_emit,    // emit, before restart is known
    output wire                  emit,
    output wire                  emit_first,  // first and last emission of the frame
    output wire                  emit_last,
    output wire                  first_row,
    output wire                  first_word,
    output wire                  last_word,   // last of the image's words in its row
    output wire  [WORD_BITS-1:0] word,
    output wire  [WORD_BITS-1:0] next_word    // word of the position that follows
);
  localparam int ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1;
  localparam int FLAGS = 7;

  function automatic bit on_grid(input int at, input int first, input int stride, input int count);
    on_grid = at >= first && (at - first) % stride == 0 && (at - first) / stride < count;
  endfunction
  // Bit i: does index i emit. Written as tables, so that any stride is a few LUTs.
  function automatic logic [WORDS-1:0] word_table(input int unused);
    for (int i = 0; i < WORDS; i++) word_table[i] = on_grid(i + unused, EMIT_WORD, EMIT_WORD_STEP, EMIT_WORDS);
  endfunction
  function automatic logic [ROWS-1:0] row_table(input int unused);
    for (int i = 0; i < ROWS; i++) row_table[i] = on_grid(i + unused, EMIT_ROW, EMIT_ROW_STEP, EMIT_ROWS);
  endfunction
  localparam logic [WORDS-1:0] WORD_EMITS = word_table(0);
  localparam logic [ROWS-1:0] ROW_EMITS = row_table(0);
  localparam int LAST_EMIT_WORD = EMIT_WORD + (EMIT_WORDS - 1) * EMIT_WORD_STEP;
  localparam int LAST_EMIT_ROW = EMIT_ROW + (EMIT_ROWS - 1) * EMIT_ROW_STEP;

  function automatic logic [FLAGS-1:0] decode(input logic [WORD_BITS-1:0] w, input logic [ROW_BITS-1:0] r);
    decode = {
      int'(w) < IMAGE_WORDS && int'(r) < IMAGE_ROWS,
      WORD_EMITS[w] && ROW_EMITS[r],
      int'(w) == EMIT_WORD && int'(r) == EMIT_ROW,
      int'(w) == LAST_EMIT_WORD && int'(r) == LAST_EMIT_ROW,
      int'(r) == 0,
      int'(w) == 0,
      int'(w) == IMAGE_WORDS - 1
    };
  endfunction

  // The second and third position of a frame: where a restart goes.
  localparam logic [WORD_BITS-1:0] WORD_1 = WORD_BITS'(1 % WORDS);
  localparam logic [WORD_BITS-1:0] WORD_2 = WORD_BITS'(2 % WORDS);
  localparam logic [ROW_BITS-1:0] ROW_1 = ROW_BITS'((1 / WORDS) % ROWS);
  localparam logic [ROW_BITS-1:0] ROW_2 = ROW_BITS'((2 / WORDS) % ROWS);
  localparam logic [FLAGS-1:0] FLAGS_0 = decode('0, '0);
  localparam logic [FLAGS-1:0] FLAGS_1 = decode(WORD_1, ROW_1);

  logic [FLAGS-1:0]     flags;           // of the current position
  logic [WORD_BITS-1:0] current;
  logic [WORD_BITS-1:0] ahead_word;      // the position that follows
  logic [ROW_BITS-1:0]  ahead_row;
  wire                  row_ends = ahead_word == WORD_BITS'(WORDS - 1);
  wire                  rows_end = ahead_row == ROW_BITS'(ROWS - 1);
  wire  [FLAGS-1:0]     now = restart ? FLAGS_0 : flags;

  assign image = flags[6];
  assign may_emit = flags[5] || FLAGS_0[5];
  assign {emit, emit_first, emit_last, first_row, first_word, last_word} = now[5:0];
  assign word = restart ? '0 : current;
  assign next_word = restart ? WORD_1 : ahead_word;
  wire unused_image = now[6];

  always_ff @(posedge clk) begin
    if (step && restart || rst) begin
      flags <= rst ? FLAGS_0 : FLAGS_1;
      current <= rst ? '0 : WORD_1;
      ahead_word <= rst ? WORD_1 : WORD_2;
      ahead_row <= rst ? ROW_1 : ROW_2;
    end else if (step) begin
      flags <= decode(ahead_word, ahead_row);
      current <= ahead_word;
      ahead_word <= row_ends ? '0 : ahead_word + 1'b1;
      if (row_ends) ahead_row <= rows_end ? '0 : ahead_row + 1'b1;
    end
  end
endmodule

`default_nettype wire
