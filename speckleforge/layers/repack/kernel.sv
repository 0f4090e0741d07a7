// Gearbox: columns of any lanes and offset to OUT_LANES lanes and offset 0.
//
// Shapes:  in: LANES columns of COLUMN_BITS bits, WIDTH columns a row from lane OFFSET on; out: OUT_LANES columns.
//          A word that completes n output words takes max(n, 1) cycles; the last word of a row takes the rest of it along.
// Latency: 2 cycles from a step to its first output word, then one word a cycle.
// Cost:    (OUT_LANES + LANES) * COLUMN_BITS FF, as many multiplexers over the places at which a word can begin.
`default_nettype none

module sf_repack #(
    parameter int LANES       = 2,
    parameter int COLUMN_BITS = 4,
    parameter int WIDTH       = 8,
    parameter int HEIGHT      = 4,
    parameter int OFFSET      = 1,
    parameter int OUT_LANES   = 3,
    parameter int FIFO        = 4
) (
    input  wire                              clk,
    input  wire                              rst,
    input  wire                              in_valid,
    output wire                              in_ready,
    input  wire  [LANES*COLUMN_BITS-1:0]     in_data,
    input  wire                              in_first,
    input  wire                              in_last,
    input  wire  [7:0]                       in_tag,
    output wire                              out_valid,
    input  wire                              out_ready,
    output wire  [OUT_LANES*COLUMN_BITS-1:0] out_data,
    output wire                              out_first,
    output wire                              out_last,
    output wire  [7:0]                       out_tag
);
  localparam int WORDS = (WIDTH + OFFSET + LANES - 1) / LANES;
  localparam int WORD_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam int OUT_WORDS = (WIDTH + OUT_LANES - 1) / OUT_LANES;
  localparam int HELD = OUT_LANES - 1 + LANES;  // columns at most between two words

  // Output words done before word j of a row, and columns then left over.
  function automatic int done_before(input int word);
    done_before = word == 0 ? 0 : word >= WORDS ? OUT_WORDS : (word * LANES - OFFSET) / OUT_LANES;
  endfunction
  function automatic int completes(input int word);
    completes = done_before(word + 1) - done_before(word);
  endfunction
  function automatic int most_of(input int unused);
    most_of = unused;
    for (int j = 0; j < WORDS; j++) if (completes(j) > most_of) most_of = completes(j);
  endfunction
  localparam int MOST = most_of(1);
  localparam int COUNT_BITS = $clog2(MOST + 1);
  // Lane 0 of word j goes to column place(j) - OFFSET of the buffer; the first word's offset is cut off there.
  localparam int PLACES = OUT_LANES + OFFSET;
  localparam int PLACE_BITS = PLACES > 1 ? $clog2(PLACES) : 1;
  function automatic int place_of(input int word);
    place_of = word == 0 ? 0 : word * LANES - done_before(word) * OUT_LANES;
  endfunction
  function automatic bit occurs(input int place_sought);
    occurs = 1'b0;
    for (int j = 0; j < WORDS; j++) if (place_of(j) == place_sought) occurs = 1'b1;
  endfunction
  function automatic logic [WORDS*COUNT_BITS-1:0] count_table(input int unused);
    for (int j = 0; j < WORDS; j++) count_table[j*COUNT_BITS+:COUNT_BITS] = COUNT_BITS'(completes(j) + unused);
  endfunction
  function automatic logic [WORDS*PLACE_BITS-1:0] place_table(input int unused);
    for (int j = 0; j < WORDS; j++) place_table[j*PLACE_BITS+:PLACE_BITS] = PLACE_BITS'(place_of(j) + unused);
  endfunction
  localparam logic [WORDS*COUNT_BITS-1:0] COUNTS = count_table(0);
  localparam logic [WORDS*PLACE_BITS-1:0] PLACE_OF = place_table(0);

  // ---- Position -----------------------------------------------------------------------------------------------------

  wire room, may_emit, emit, walk_image, walk_first, walk_last, walk_first_row, walk_first_word, walk_last_word;
  wire [WORD_BITS-1:0] word, next_word;
  logic busy;
  wire step = in_valid && in_ready;
  sf_walk #(
      .WORDS(WORDS), .ROWS(HEIGHT), .IMAGE_WORDS(WORDS), .IMAGE_ROWS(HEIGHT),
      .EMIT_WORD(0), .EMIT_WORDS(1), .EMIT_ROW(0), .EMIT_ROWS(1)
  ) walk (
      .clk(clk), .rst(rst), .step(step), .restart(in_first), .image(walk_image), .may_emit(may_emit), .emit(emit),
      .emit_first(walk_first), .emit_last(walk_last), .first_row(walk_first_row), .first_word(walk_first_word),
      .last_word(walk_last_word), .word(word), .next_word(next_word)
  );
  wire unused_walk = &{
    1'b0, walk_image, may_emit, emit, walk_first, walk_last, walk_first_row, walk_first_word, walk_last_word, word
  };

  // Of the current word, looked up one step ahead.
  logic [COUNT_BITS-1:0] count_held;
  logic [PLACE_BITS-1:0] place_held;
  wire  [COUNT_BITS-1:0] count = in_first ? COUNTS[COUNT_BITS-1:0] : count_held;
  wire  [PLACE_BITS-1:0] place = in_first ? PLACE_OF[PLACE_BITS-1:0] : place_held;
  always_ff @(posedge clk) begin
    if (rst) begin
      count_held <= COUNTS[COUNT_BITS-1:0];
      place_held <= PLACE_OF[PLACE_BITS-1:0];
    end else if (step) begin
      count_held <= COUNTS[int'(next_word)*COUNT_BITS+:COUNT_BITS];
      place_held <= PLACE_OF[int'(next_word)*PLACE_BITS+:PLACE_BITS];
    end
  end

  // ---- Buffer -------------------------------------------------------------------------------------------------------

  logic [HELD*COLUMN_BITS-1:0] buffer;
  logic [COUNT_BITS-1:0]       left;   // words to give
  logic                        frame_first, frame_last;
  logic [7:0]                  tag;
  wire                         push = left != '0;
  assign in_ready = !busy && (room || count_held == '0 && COUNTS[COUNT_BITS-1:0] == '0);

  wire [HELD*COLUMN_BITS-1:0] kept = push ? buffer >> OUT_LANES * COLUMN_BITS : buffer;
  // Columns before the word's place are those left over from the word before; the others come from the word, which can
  // begin only at the places that occur.
  wire [PLACES-1:0] begins;
  for (genvar p = 0; p < PLACES; p++) begin : g_place
    assign begins[p] = occurs(p) && place == PLACE_BITS'(p);
  end
  wire [HELD*COLUMN_BITS-1:0] merged;
  for (genvar c = 0; c < HELD; c++) begin : g_column
    wire old = c + OFFSET < int'(place);
    logic [COLUMN_BITS-1:0] fresh;
    always_comb begin
      fresh = '0;
      for (int p = 0; p < PLACES; p++)
        if (c + OFFSET >= p && c + OFFSET - p < LANES)
          fresh = fresh | ({COLUMN_BITS{begins[p]}} & in_data[(c+OFFSET-p)*COLUMN_BITS+:COLUMN_BITS]);
    end
    assign merged[c*COLUMN_BITS+:COLUMN_BITS] = old ? kept[c*COLUMN_BITS+:COLUMN_BITS] : fresh;
  end

  always_ff @(posedge clk) begin
    if (step) begin
      buffer <= merged;
      tag <= in_tag;
      frame_last <= in_last;
    end else begin
      buffer <= kept;
    end
    // The first word out of a frame, however many words in it takes.
    if (step && in_first) frame_first <= 1'b1;
    else if (push) frame_first <= 1'b0;
    if (rst) left <= '0;
    else if (step) left <= count;
    else if (push) left <= left - 1'b1;
  end
  if (MOST == 1) begin : g_never_busy
    assign busy = 1'b0;
  end else begin : g_busy
    always_ff @(posedge clk) begin
      if (rst) busy <= 1'b0;
      else if (step) busy <= |count[COUNT_BITS-1:1];
      else if (push) busy <= left > COUNT_BITS'(2);
    end
  end

  wire [COUNT_BITS-1:0] promise = step ? count : '0;
  sf_fifo #(
      .WIDTH(OUT_LANES * COLUMN_BITS + 10), .DEPTH(FIFO), .RESERVE(MOST)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(promise), .push(push),
      .push_data({frame_first, frame_last && left == COUNT_BITS'(1), tag, buffer[OUT_LANES*COLUMN_BITS-1:0]}),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
