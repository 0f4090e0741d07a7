// Gearbox: beats of pixels without gaps between them to the core's words, which begin anew with each row.
//
// Shapes:  entries {id, broken, over, empty, last, first, data} by valid/ready in, as `sf_axis_frames` makes them: of each frame
//          one with `first`, one with `last`. Words of WORD_BITS by valid/ready with first, last, pulse id, destination and
//          error out. The last of WORDS_PER_ROW words of a row takes TAIL_BITS, what else it holds is don't-care.
// Latency: 4 to 6 cycles from the beat that completes a word. A frame takes WORDS cycles, or its beats where those are more: no
//          cycle between two frames.
// Cost:    BUFFER + 3 to 4 times WORD_BITS FF, about 5 LUT a bit of the word (two levels of choice in each LUT), a FIFO of 8 words.
//
// A frame that ends early leaves as it came, with `out_last` on the word that is not whole; one that is over its length
// leaves with WORDS words and no `out_last`: so the core flags both. Where it is the last word that is not whole, `out_last` there
// would make a good frame of it: that word is left out, and the one before has `out_last`. So that one waits, at the end of the
// pipeline, until it is known what follows. (Frames of one word have none before: theirs leaves with `out_error`.)
`default_nettype none

module sf_gearbox #(
    parameter int DATA_BITS = 256,    // a power of two
    parameter int WORD_BITS = 176,
    parameter int TAIL_BITS = 168,
    parameter int WORDS_PER_ROW = 3,
    parameter int WORDS = 195,
    parameter int GRAIN = 8,          // divides the three widths
    parameter int BEATS = 2           // of the buffer, a power of two: room for a word and a beat
) (
    input  wire                   clk,
    input  wire                   rst,
    input  wire                   in_valid,
    output logic                  in_ready,
    input  wire  [DATA_BITS+44:0] in_entry,
    output logic                  out_valid,
    input  wire                   out_ready,
    output logic [WORD_BITS-1:0]  out_data,
    output logic                  out_first,
    output logic                  out_last,
    output logic                  out_error,
    output logic [31:0]           out_pulse_id,
    output logic [7:0]            out_dest
);
  localparam int BUFFER = BEATS * DATA_BITS;
  localparam int PLACES = BUFFER / GRAIN;                  // where a word may begin
  localparam int PLACE_BITS = $clog2(PLACES);
  localparam int STAGES = (PLACE_BITS + 1) / 2;            // of the choice, two bits each
  localparam int COUNT_BITS = PLACE_BITS + 1;
  localparam int BEAT_BITS = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam int ROW_BITS = $clog2(WORDS_PER_ROW + 1);
  localparam int WORD_COUNT_BITS = $clog2(WORDS + 1);
  localparam logic [COUNT_BITS-1:0] PER_BEAT = COUNT_BITS'(DATA_BITS / GRAIN);
  localparam logic [COUNT_BITS-1:0] PER_WORD = COUNT_BITS'(WORD_BITS / GRAIN);
  localparam logic [COUNT_BITS-1:0] PER_TAIL = COUNT_BITS'(TAIL_BITS / GRAIN);

  wire                   in_first = in_entry[DATA_BITS];
  wire                   in_last = in_entry[DATA_BITS+1];
  wire                   in_empty = in_entry[DATA_BITS+2];  // no pixels: the frame ended before

  // The frame at hand.
  logic                       busy;      // between its first entry and its last word
  logic                       ended;     // its last entry is in
  logic                       broken, over;
  logic [39:0]                id;
  logic [COUNT_BITS-1:0]      held;      // grains in the buffer
  logic [PLACE_BITS-1:0]      place;     // of the next word
  logic [BEAT_BITS-1:0]       beat;      // where the next beat goes
  logic [WORD_COUNT_BITS-1:0] index;
  logic [ROW_BITS-1:0]        column;
  logic [BUFFER-1:0]          buffer;
  wire                        free;      // the output FIFO takes another word

  wire                   at_tail = column == ROW_BITS'(WORDS_PER_ROW - 1);
  wire                   at_end = index == WORD_COUNT_BITS'(WORDS - 1);
  wire  [COUNT_BITS-1:0] need = at_tail ? PER_TAIL : PER_WORD;
  wire                   enough = held >= need;
  wire                   emit = busy && free && (enough || ended);
  wire                   finish = emit && (at_end || !enough);          // only if `ended`: some bits of the last beat are needed
  wire                   lacking = WORDS > 1 && at_end && !enough;      // no word, but the news that there is none
  wire  [COUNT_BITS-1:0] rest = emit ? held - need : held;
  wire                   room = rest <= COUNT_BITS'(PLACES) - PER_BEAT;
  wire                   goes_on = busy && !ended && (room || in_empty);
  wire                   begins = in_valid && in_first && (!busy || finish);  // its first beat follows the last word at once
  wire                   take = begins || (in_valid && goes_on);
  wire                   store = take && !in_empty;

  assign in_ready = !busy || finish || goes_on;

  always_ff @(posedge clk) begin
    if (begins) id <= in_entry[DATA_BITS+44:DATA_BITS+5];
    for (int i = 0; i < BEATS; i = i + 1) begin
      if (store && beat == BEAT_BITS'(i)) buffer[DATA_BITS*i+:DATA_BITS] <= in_entry[DATA_BITS-1:0];
    end
  end

  always_ff @(posedge clk) begin
    held <= store ? rest + PER_BEAT : rest;
    if (store) beat <= beat == BEAT_BITS'(BEATS - 1) ? '0 : beat + 1'b1;
    if (take) begin
      ended <= in_last;
      {broken, over} <= in_entry[DATA_BITS+4:DATA_BITS+3];
    end
    if (emit) begin
      place <= place + PLACE_BITS'(need);
      index <= index + 1'b1;
      column <= at_tail ? '0 : column + 1'b1;
    end
    if (finish) busy <= 1'b0;
    if (begins) begin
      busy <= 1'b1;
      held <= in_empty ? '0 : PER_BEAT;
      place <= PLACE_BITS'(beat) * PLACE_BITS'(PER_BEAT);
      index <= '0;
      column <= '0;
    end
    if (rst) busy <= 1'b0;
  end

  // The word: two bits of its place a stage, the highest first, so that what the later stages may need shrinks. With it go
  // {lacking, waits: the last word is next, error, last, first, id}.
  logic [2*BUFFER-1:0]   shifted[1:STAGES];
  logic [PLACE_BITS-1:0] places[1:STAGES];
  logic [44:0]           marks[1:STAGES];
  logic [STAGES:1]       valids;
  wire  [44:0]           arriving_mark;  // at the last stage
  wire                   arriving;
  wire                   waits = valids[STAGES] && marks[STAGES][43] && !arriving;

  for (genvar s = 0; s < STAGES; s = s + 1) begin : g_stage
    localparam int LOW = 2 * (STAGES - 1 - s);
    localparam int STEP = GRAIN << LOW;
    localparam int REACH = WORD_BITS + STEP - GRAIN;  // bits that later stages may choose from
    wire [2*BUFFER-1:0]   bits;
    wire [PLACE_BITS-1:0] at;
    wire [44:0]           mark;
    wire                  moves;
    wire                  stays = s == STAGES - 1 && waits;
    if (s == 0) begin : g_begin
      wire before_last = WORDS > 1 && index == WORD_COUNT_BITS'(WORDS - 2) && !finish;
      wire error = broken || (WORDS == 1 && !enough);
      assign bits = {buffer, buffer};
      assign at = place;
      assign mark = {lacking, before_last, error, finish && !(at_end && over), index == '0, id};
      assign moves = emit;
    end else begin : g_go_on
      assign bits = shifted[s];
      assign at = places[s];
      assign mark = marks[s];
      assign moves = valids[s];
    end
    if (s == STAGES - 1) begin : g_arrive
      assign arriving = moves;
      assign arriving_mark = mark;
    end
    wire [1:0] choice = 2'(at >> LOW);
    always_ff @(posedge clk) begin
      if (!stays) begin
        shifted[s+1] <= (2 * BUFFER)'(REACH'(bits >> (STEP * choice)));
        places[s+1] <= at;
        marks[s+1] <= mark;
      end
      valids[s+1] <= (moves || stays) && !rst;
    end
  end

  // Where the last word is lacking, the one before is the last, with the error of the frame.
  wire closes = marks[STAGES][43] && arriving_mark[44];
  wire last = marks[STAGES][41] || closes;
  wire error = closes ? arriving_mark[42] : marks[STAGES][42];

  sf_fifo #(
      .WIDTH(WORD_BITS + 43),
      .DEPTH(8)
  ) u_words (
      .clk      (clk),
      .rst      (rst),
      .room     (free),
      .reserve  (emit && !lacking),
      .push     (valids[STAGES] && !waits && !marks[STAGES][44]),
      .push_data({error, last, marks[STAGES][40:0], shifted[STAGES][WORD_BITS-1:0]}),
      .valid    (out_valid),
      .ready    (out_ready),
      .data     ({out_error, out_last, out_first, out_dest, out_pulse_id, out_data})
  );

  wire unused = &{1'b0, places[STAGES], shifted[STAGES][2*BUFFER-1:WORD_BITS], arriving_mark[43], arriving_mark[41:0]};

`ifdef VERILATOR
  always_ff @(posedge clk) begin
    if (!rst && in_valid && in_first && busy && !ended) $fatal(1, "a frame begins before another one has its last entry");
    if (!rst && finish && !ended) $fatal(1, "a frame leaves before its last entry is in");
  end
`endif
endmodule
`default_nettype wire
