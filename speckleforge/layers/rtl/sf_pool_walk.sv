// Position of a convolution's windows in the pool behind it: WORDS windows a row, ROWS rows, and the flags of the next one.
//
// A pool is POOL_ROWS rows by POOL_WORDS windows of a row (1 where a window already holds whole pools); the last pool of a
// row or column may have fewer. `restart` says that this step is the first of a frame, wherever the position was; `step`
// that it computes a window. Flags are decoded one window ahead, each a register.
// Cost:    two counters, about 8 FF and their decoders.
`default_nettype none

module sf_pool_walk #(
    parameter int WORDS      = 4,
    parameter int ROWS       = 4,
    parameter int POOL_WORDS = 1,
    parameter int POOL_ROWS  = 2
) (
    input  wire clk,
    input  wire rst,
    input  wire step,
    input  wire restart,
    output wire may_complete,  // complete, before restart is known
    output wire complete,      // the last window of its pools
    output wire first,         // of the windows that complete pools: the frame's first and last
    output wire last,
    output wire row_fresh,     // in a first row of pools
    output wire word_fresh,    // first and last window of its pool in this row
    output wire word_done,
    output wire begins,        // in the first pool of a row
    output wire ends           // the last window of a row
);
  localparam int WORD_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam int ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1;
  localparam int FLAGS = 8;

  function automatic bit done(input int at, input int pool, input int count);
    done = at % pool == pool - 1 || at == count - 1;
  endfunction
  // Bit i: does window or row i end a pool. Tables, so that any size is a few LUTs.
  function automatic logic [WORDS-1:0] word_table(input int from);
    for (int i = 0; i < WORDS; i++) word_table[i] = done(i + from, POOL_WORDS, WORDS);
  endfunction
  function automatic logic [ROWS-1:0] row_table(input int from);
    for (int i = 0; i < ROWS; i++) row_table[i] = done(i + from, POOL_ROWS, ROWS);
  endfunction
  function automatic logic [WORDS-1:0] word_fresh_table(input int from);
    for (int i = 0; i < WORDS; i++) word_fresh_table[i] = (i + from) % POOL_WORDS == 0;
  endfunction
  function automatic logic [ROWS-1:0] row_fresh_table(input int from);
    for (int i = 0; i < ROWS; i++) row_fresh_table[i] = (i + from) % POOL_ROWS == 0;
  endfunction
  localparam logic [WORDS-1:0] WORD_DONE = word_table(0);
  localparam logic [ROWS-1:0] ROW_DONE = row_table(0);
  localparam logic [WORDS-1:0] WORD_FRESH = word_fresh_table(0);
  localparam logic [ROWS-1:0] ROW_FRESH = row_fresh_table(0);
  localparam int FIRST_WORD = POOL_WORDS < WORDS ? POOL_WORDS - 1 : WORDS - 1;
  localparam int FIRST_ROW = POOL_ROWS < ROWS ? POOL_ROWS - 1 : ROWS - 1;

  function automatic logic [FLAGS-1:0] decode(input logic [WORD_BITS-1:0] w, input logic [ROW_BITS-1:0] r);
    decode = {
      WORD_DONE[w] && ROW_DONE[r],
      int'(w) == FIRST_WORD && int'(r) == FIRST_ROW,
      int'(w) == WORDS - 1 && int'(r) == ROWS - 1,
      ROW_FRESH[r],
      WORD_FRESH[w],
      WORD_DONE[w],
      int'(w) < POOL_WORDS,
      int'(w) == WORDS - 1
    };
  endfunction

  // The second and third position of a frame: where a restart goes.
  localparam logic [WORD_BITS-1:0] WORD_1 = WORD_BITS'(1 % WORDS);
  localparam logic [WORD_BITS-1:0] WORD_2 = WORD_BITS'(2 % WORDS);
  localparam logic [ROW_BITS-1:0] ROW_1 = ROW_BITS'((1 / WORDS) % ROWS);
  localparam logic [ROW_BITS-1:0] ROW_2 = ROW_BITS'((2 / WORDS) % ROWS);
  localparam logic [FLAGS-1:0] FLAGS_0 = decode('0, '0);
  localparam logic [FLAGS-1:0] FLAGS_1 = decode(WORD_1, ROW_1);

  logic [FLAGS-1:0]     flags;  // of the next window
  logic [WORD_BITS-1:0] ahead_word;
  logic [ROW_BITS-1:0]  ahead_row;
  wire                  row_ends = ahead_word == WORD_BITS'(WORDS - 1);
  wire                  rows_end = ahead_row == ROW_BITS'(ROWS - 1);
  wire  [FLAGS-1:0]     now = restart ? FLAGS_0 : flags;

  assign may_complete = flags[FLAGS-1] || FLAGS_0[FLAGS-1];
  assign {complete, first, last, row_fresh, word_fresh, word_done, begins, ends} = now;

  always_ff @(posedge clk) begin
    if (rst || restart && !step) begin
      flags <= FLAGS_0;
      ahead_word <= WORD_1;
      ahead_row <= ROW_1;
    end else if (restart) begin
      flags <= FLAGS_1;
      ahead_word <= WORD_2;
      ahead_row <= ROW_2;
    end else if (step) begin
      flags <= decode(ahead_word, ahead_row);
      ahead_word <= row_ends ? '0 : ahead_word + 1'b1;
      if (row_ends) ahead_row <= rows_end ? '0 : ahead_row + 1'b1;
    end
  end
endmodule

`default_nettype wire
