// Running sums of windows that do not overlap: every word goes to the sums of its windows.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; totals: KEPT_LANES columns of ACC_BITS bits (two's
//          complement) likewise. Sums wait from row to row in a memory of EMIT_WORDS words; where a row has one window,
//          in a register. A word holds whole windows (KEPT_LANES of them), or a part of one.
// Flow:    a step happens when a word is offered, `busy` is clear and, where the word closes windows, there is `room`;
//          `step_emits` says, in that cycle, that it does.
// Latency: 1 cycle from a step to `emit`, 2 + log2(SPAN) to `totals`, which stay until the next step's.
// Cost:    KEPT_LANES * CHANNELS * SPAN adders.
`default_nettype none

module sf_running_sums #(
    parameter int LANES          = 1,
    parameter int CHANNELS       = 1,
    parameter int BITS           = 4,
    parameter bit SIGNED         = 1'b0,
    parameter int OFFSET         = 0,
    parameter int WORDS          = 8,
    parameter int ROWS           = 8,
    parameter int KERNEL_COLUMNS = 2,
    parameter int COLUMN_STEP    = 2,  // columns from window to window
    parameter int SPAN           = 1,  // lanes that a window adds up in one word
    parameter int EMIT_WORD      = 1,  // the word that closes the first window
    parameter int EMIT_WORD_STEP = 2,
    parameter int EMIT_WORDS     = 4,
    parameter int EMIT_ROW       = 1,
    parameter int EMIT_ROW_STEP  = 2,
    parameter int EMIT_ROWS      = 4,
    parameter int LANE_STEP      = 1,
    parameter int KEPT_LANES     = 1,
    parameter int ACC_BITS       = 7,
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
    output logic                          emit,
    output logic                          emit_first,
    output logic                          emit_last,
    output logic [7:0]                    tag,
    output wire [SUMS*ACC_BITS-1:0]       totals
);
  localparam int COLUMN_BITS = CHANNELS * BITS;
  localparam int SLICE_BITS = LANES * COLUMN_BITS;
  localparam int TERM_BITS = SIGNED ? BITS : BITS + 1;  // an element as a signed number
  // ---- Position -----------------------------------------------------------------------------------------------------

  localparam int WORD_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam int ENTRY_BITS = EMIT_WORDS > 1 ? $clog2(EMIT_WORDS) : 1;
  localparam int ADD = 1 + $clog2(SPAN);  // stage in which a word is added to its sums

  // Is the column in this lane of this word part of a window. Lanes of whole windows need no answer.
  function automatic bit counts(input int word, input int lane);
    int column;
    column = word * LANES - OFFSET + lane;
    counts = KEPT_LANES > 1 || (column >= 0 && column % COLUMN_STEP < KERNEL_COLUMNS);
  endfunction
  function automatic logic [WORDS*LANES-1:0] count_table(input int unused);
    for (int j = 0; j < WORDS; j++)
      for (int p = 0; p < LANES; p++) count_table[j*LANES+p] = counts(j + unused, p);
  endfunction
  function automatic logic [WORDS-1:0] grid_table(input int first);
    for (int j = 0; j < WORDS; j++)
      grid_table[j] = j >= first && (j - first) % EMIT_WORD_STEP == 0 && (j - first) / EMIT_WORD_STEP < EMIT_WORDS;
  endfunction
  localparam logic [WORDS*LANES-1:0] COUNTS = count_table(0);
  localparam logic [WORDS-1:0] OPENS = grid_table(0);          // words that open windows of a row
  localparam logic [WORDS-1:0] CLOSES = grid_table(EMIT_WORD);

  wire image, may_emit, walk_emit, walk_first, walk_last, first_row, first_word, last_word;
  wire [WORD_BITS-1:0] word, unused_next_word;
  wire go = !busy && (room || !may_emit);
  wire step = go && in_valid;
  sf_walk #(
      .WORDS(WORDS), .ROWS(ROWS), .IMAGE_WORDS(WORDS), .IMAGE_ROWS(ROWS),
      .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
      .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS)
  ) walk (
      .clk(clk), .rst(rst), .step(step), .restart(in_first), .image(image), .may_emit(may_emit),
      .emit(walk_emit), .emit_first(walk_first), .emit_last(walk_last), .first_row(first_row),
      .first_word(first_word), .last_word(last_word), .word(word), .next_word(unused_next_word)
  );
  assign in_ready = go;
  assign step_emits = step && walk_emit;
  wire unused_walk = &{1'b0, image, first_row, first_word, last_word};

  // Is this row the first of its windows.
  wire opens_rows;
  if (EMIT_ROWS == 1) begin : g_one_row
    assign opens_rows = first_row;
  end else if (EMIT_ROW_STEP == 1) begin : g_each_row
    assign opens_rows = 1'b1;
  end else begin : g_rows
    localparam int ROW_BITS = $clog2(EMIT_ROW_STEP);
    logic [ROW_BITS-1:0] row;
    wire  [ROW_BITS-1:0] row_now = first_row ? '0 : row;
    assign opens_rows = row_now == '0;
    always_ff @(posedge clk)
      if (step) row <= !last_word ? row_now : row_now == ROW_BITS'(EMIT_ROW_STEP - 1) ? '0 : row_now + 1'b1;
  end

  // ---- Sums ---------------------------------------------------------------------------------------------------------

  logic [ADD:1] active, fresh, opens, closes;
  logic [ADD:1][ENTRY_BITS-1:0] entry;
  wire [ENTRY_BITS-1:0] entry_now;
  logic [LANES-1:0] kept;
  always_comb begin
    kept = COUNTS[0+:LANES];
    for (int j = 1; j < WORDS; j++) if (word == WORD_BITS'(j)) kept = COUNTS[j*LANES+:LANES];
  end
  logic [SLICE_BITS-1:0] masked;
  always_ff @(posedge clk) begin
    active[1] <= step && !rst;
    emit <= step_emits && !rst;
    if (step) begin
      opens[1] <= OPENS[word];
      closes[1] <= CLOSES[word];
      fresh[1] <= opens_rows;
      entry[1] <= entry_now;
      tag <= in_tag;
      emit_first <= walk_first;
      emit_last <= walk_last;
      for (int lane = 0; lane < LANES; lane++)
        masked[lane*COLUMN_BITS+:COLUMN_BITS] <= in_data[lane*COLUMN_BITS+:COLUMN_BITS] & {COLUMN_BITS{kept[lane]}};
    end
  end
  if (ADD > 1) begin : g_travel
    always_ff @(posedge clk) begin
      active[ADD:2] <= rst ? '0 : active[ADD-1:1];
      opens[ADD:2] <= opens[ADD-1:1];
      closes[ADD:2] <= closes[ADD-1:1];
      fresh[ADD:2] <= fresh[ADD-1:1];
      entry[ADD:2] <= entry[ADD-1:1];
    end
  end

  // What a word adds to each sum; where the sums of its windows stood a row ago.
  wire [SUMS*ACC_BITS-1:0] parts, held;
  for (genvar lane = 0; lane < KEPT_LANES; lane++) begin : g_lane
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      wire [SPAN*TERM_BITS-1:0] terms;
      for (genvar k = 0; k < SPAN; k++) begin : g_term
        localparam int FROM = ((lane * LANE_STEP + k) * CHANNELS + c) * BITS;
        wire signed [TERM_BITS-1:0] element = TERM_BITS'({SIGNED && masked[FROM+BITS-1], masked[FROM+:BITS]});
        assign terms[k*TERM_BITS+:TERM_BITS] = element;
      end
      wire signed [TERM_BITS+$clog2(SPAN)-1:0] sum;
      sf_add_tree #(
          .INPUTS(SPAN), .BITS(TERM_BITS)
      ) tree (
          .clk(clk), .terms(terms), .sum(sum)
      );
      assign parts[(lane*CHANNELS+c)*ACC_BITS+:ACC_BITS] = ACC_BITS'(sum);
    end
  end

  logic [SUMS*ACC_BITS-1:0] running;
  wire  [SUMS*ACC_BITS-1:0] next;
  for (genvar s = 0; s < SUMS; s++) begin : g_sum
    wire [ACC_BITS-1:0] waited = fresh[ADD] ? '0 : held[s*ACC_BITS+:ACC_BITS];
    wire [ACC_BITS-1:0] start = opens[ADD] ? waited : running[s*ACC_BITS+:ACC_BITS];
    assign next[s*ACC_BITS+:ACC_BITS] = start + parts[s*ACC_BITS+:ACC_BITS];
  end
  always_ff @(posedge clk) if (active[ADD]) running <= next;
  assign totals = running;

  if (EMIT_WORDS == 1) begin : g_register
    assign entry_now = '0;
    assign held = running;
    wire unused_entry = &{1'b0, entry, closes};
  end else begin : g_memory
    // Written in the cycle in which a row's share is complete: a row on, the next one reads it in the cycle behind.
    logic [ENTRY_BITS-1:0] place;
    assign entry_now = first_word ? '0 : place;
    always_ff @(posedge clk) if (step) place <= CLOSES[word] ? entry_now + 1'b1 : entry_now;
    wire [ENTRY_BITS-1:0] ahead;
    if (ADD == 1) begin : g_at_once
      assign ahead = entry_now;
    end else begin : g_behind
      assign ahead = entry[ADD-1];
    end
    sf_memory #(
        .WIDTH(SUMS * ACC_BITS), .DEPTH(EMIT_WORDS)
    ) memory (
        .clk(clk), .write(active[ADD] && closes[ADD]), .write_address(entry[ADD]), .write_data(next),
        .address(ahead), .data(held)
    );
  end
endmodule

`default_nettype wire
