// Fully connected layer: features are used up as they arrive, UNROLL_IN features by UNROLL_OUT outputs a cycle.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits, an image of HEIGHT rows of WIDTH columns or a vector
//          (HEIGHT 1); out: UNROLL_REQUANTISE features of OUT_BITS bits a word, those past UNITS don't-care.
//          A word takes PARTS parts of UNROLL_IN features, each GROUPS groups of UNROLL_OUT outputs: PARTS * GROUPS cycles.
// Folded:  UNROLL_REQUANTISE = UNROLL_OUT: the groups' totals go round, and leave with the last part, a group a cycle.
// Drained: UNROLL_REQUANTISE < UNROLL_OUT = UNITS: all totals move to a second row of registers behind the last part, and
//          leave UNROLL_REQUANTISE a cycle while the next frame adds up. Its biases are added there. A frame may not be
//          shorter than that: its last word is held on to for as many cycles as are missing.
// Weights: UNROLL_OUT * UNROLL_IN in a word, words * PARTS * GROUPS x BANKS words, read in the order of arrival; the
//          loader turns the canonical order (output, channel, row, column) into it.
// Latency: from the last word's step to the first output word: 5 + DOTS_STAGES + ceil(SHIFT_BITS / 2) + 2
//          + (PARTS - 1) * GROUPS cycles, then one word a cycle; drained 3 more, or 4 where more than 32 words follow.
// Cost:    UNROLL_IN * UNROLL_OUT products, UNITS accumulators (drained: twice), UNROLL_REQUANTISE requantisers.
`default_nettype none

module sf_dense #(
    parameter int LANES       = 1,
    parameter int CHANNELS    = 1,
    parameter int BITS        = 4,
    parameter bit SIGNED      = 1'b0,
    parameter int WIDTH       = 16,
    parameter int HEIGHT      = 1,
    parameter int OFFSET      = 0,
    parameter int UNITS       = 4,
    parameter int OUT_BITS    = 4,
    parameter bit OUT_SIGNED  = 1'b0,
    parameter int WEIGHT_BITS = 4,
    parameter int BIAS_BITS   = 12,
    parameter int SHIFT_BITS  = 4,
    parameter int TOTAL_BITS  = 12,  // of a sum without its bias
    parameter int ACC_BITS    = 13,
    parameter int UNROLL_IN   = 1,
    parameter int UNROLL_OUT  = 1,
    parameter int UNROLL_REQUANTISE = 1,
    parameter bit DSP2        = 1'b0,  // products in pairs in DSP48E2 units
    parameter int DOTS_STAGES = 1,     // latency of the dot products
    parameter int FIFO        = 4,
    parameter int BANKS       = 1
) (
    input  wire                                  clk,
    input  wire                                  rst,
    input  wire                                  in_valid,
    output wire                                  in_ready,
    input  wire [LANES*CHANNELS*BITS-1:0]        in_data,
    input  wire                                  in_first,
    input  wire                                  in_last,
    input  wire [7:0]                            in_tag,
    output wire                                  out_valid,
    input  wire                                  out_ready,
    output wire [UNROLL_REQUANTISE*OUT_BITS-1:0] out_data,
    output wire                                  out_first,
    output wire                                  out_last,
    output wire [7:0]                            out_tag,
    input  wire [2:0]                            par_valid,  // weight, bias, shift
    input  wire                                  par_first,
    input  wire [31:0]                           par_data,
    input  wire                                  par_bank
);
  localparam int WORD_FEATURES = LANES * CHANNELS;
  localparam int ROW_WORDS = (WIDTH + OFFSET + LANES - 1) / LANES;
  localparam int PARTS = (WORD_FEATURES + UNROLL_IN - 1) / UNROLL_IN;
  localparam int GROUPS = (UNITS + UNROLL_OUT - 1) / UNROLL_OUT;
  localparam bit DRAINED = UNROLL_REQUANTISE < UNROLL_OUT;
  localparam int ROUNDS = (UNITS + UNROLL_REQUANTISE - 1) / UNROLL_REQUANTISE;  // output words; GROUPS unless drained
  localparam int PHASES = PARTS * GROUPS;              // cycles of a word
  localparam int WORDS = HEIGHT * ROW_WORDS;
  localparam int DEPTH = WORDS * PHASES;               // words of weights of one bank
  localparam int LAST_BUSY = DRAINED && ROUNDS > DEPTH ? ROUNDS - DEPTH + PHASES : PHASES;  // cycles of the last word
  localparam int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int DEPTH_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int ROUND_BITS = ROUNDS > 1 ? $clog2(ROUNDS) : 1;
  localparam int WEIGHT_ADDRESS = DEPTH * BANKS > 1 ? $clog2(DEPTH * BANKS) : 1;
  localparam int ROUND_ADDRESS = ROUNDS * BANKS > 1 ? $clog2(ROUNDS * BANKS) : 1;
  localparam int SUM_BITS = BITS + WEIGHT_BITS + $clog2(UNROLL_IN);
  localparam int REQUANTISE = (SHIFT_BITS + 1) / 2 + 2;  // cycles

  function automatic logic [WEIGHT_ADDRESS-1:0] weight_at(input logic bank, input logic [DEPTH_BITS-1:0] at);
    weight_at = WEIGHT_ADDRESS'(at) + (BANKS > 1 && bank ? WEIGHT_ADDRESS'(DEPTH) : '0);
  endfunction
  function automatic logic [ROUND_ADDRESS-1:0] round_at(input logic bank, input logic [ROUND_BITS-1:0] at);
    round_at = ROUND_ADDRESS'(at) + (BANKS > 1 && bank ? ROUND_ADDRESS'(ROUNDS) : '0);
  endfunction

  // ---- Words --------------------------------------------------------------------------------------------------------

  wire room, may_emit, emit, at_first_word, at_last_word, walk_image, walk_first, walk_last, walk_first_row;
  logic busy;
  wire [(ROW_WORDS > 1 ? $clog2(ROW_WORDS) : 1)-1:0] walk_word, walk_next_word;
  wire step = in_valid && in_ready;
  assign in_ready = !busy && (room || !may_emit);

  // The last word of a frame emits: the whole output vector.
  sf_walk #(
      .WORDS(ROW_WORDS), .ROWS(HEIGHT), .IMAGE_WORDS(ROW_WORDS), .IMAGE_ROWS(HEIGHT),
      .EMIT_WORD(ROW_WORDS - 1), .EMIT_WORDS(1), .EMIT_ROW(HEIGHT - 1), .EMIT_ROWS(1)
  ) walk (
      .clk(clk), .rst(rst), .step(step), .restart(in_first), .image(walk_image), .may_emit(may_emit), .emit(emit),
      .emit_first(walk_first), .emit_last(walk_last), .first_row(walk_first_row), .first_word(at_first_word),
      .last_word(at_last_word), .word(walk_word), .next_word(walk_next_word)
  );
  wire unused_walk = &{1'b0, walk_image, walk_first, walk_last, walk_first_row, walk_word, walk_next_word, in_last};

  // A word holds the next one back until its phases are through.
  if (LAST_BUSY == 1) begin : g_never_busy
    assign busy = 1'b0;
  end else begin : g_busy
    localparam int LEFT_BITS = $clog2(LAST_BUSY);
    logic [LEFT_BITS-1:0] left;
    always_ff @(posedge clk) begin
      if (step) left <= emit ? LEFT_BITS'(LAST_BUSY - 1) : LEFT_BITS'(PHASES - 1);
      else if (busy) left <= left - 1'b1;
      if (rst) busy <= 1'b0;
      else if (step) busy <= PHASES > 1 || emit;
      else if (left == LEFT_BITS'(1)) busy <= 1'b0;
    end
  end

  // Lanes outside the image and features behind the last one count as zero.
  wire [PARTS*UNROLL_IN*BITS-1:0] features;
  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    localparam bit LEFT = lane < OFFSET;
    localparam bit RIGHT = (ROW_WORDS - 1) * LANES - OFFSET + lane >= WIDTH;
    localparam int COLUMN_BITS = CHANNELS * BITS;
    wire outside = (LEFT && at_first_word) || (RIGHT && at_last_word);
    assign features[lane*COLUMN_BITS+:COLUMN_BITS] = outside ? '0 : in_data[lane*COLUMN_BITS+:COLUMN_BITS];
  end
  wire unused_edges = &{1'b0, at_first_word, at_last_word};
  if (PARTS * UNROLL_IN > WORD_FEATURES) begin : g_rest
    localparam int REST = (PARTS * UNROLL_IN - WORD_FEATURES) * BITS;
    assign features[PARTS*UNROLL_IN*BITS-1-:REST] = '0;
  end

  // ---- Phases -------------------------------------------------------------------------------------------------------

  // What travels with a phase; index 0 is the cycle after the step.
  localparam int OPERANDS = 2;                        // a feature meets its weight
  localparam int ADD = OPERANDS + DOTS_STAGES;        // a sum of products meets its total
  localparam int TRAVEL = DRAINED ? ADD + 1 : ADD + 1 + REQUANTISE;
  logic [TRAVEL:0]                 active;        // a phase
  logic [TRAVEL:0]                 starts, ends;  // of the first and of the last part of a frame
  logic [TRAVEL:0][GROUP_BITS-1:0] group;
  logic [TRAVEL:0]                 group_first, group_last;
  logic [TRAVEL:0][7:0]            tag;
  logic [PARTS*UNROLL_IN*BITS-1:0] pending;       // the part at hand lowest
  logic [WEIGHT_ADDRESS-1:0]       address;       // of the phase's weights: read in one sweep a frame
  logic                            at_start;      // in the first part of the frame
  logic                            in_last_word;

  if (PHASES == 1) begin : g_single
    always_ff @(posedge clk) begin
      active[0] <= step && !rst;
      if (step) begin
        at_start <= in_first;
        pending <= features;
      end
    end
    assign group[0] = '0;
    assign group_first[0] = 1'b1;
    assign group_last[0] = 1'b1;
    assign ends[0] = in_last_word;
  end else begin : g_phases
    logic [GROUP_BITS-1:0] group_count;
    logic                  first_group, last_group, last_part, last_phase;
    logic [PHASE_BITS-1:0] phase;
    assign group[0] = group_count;
    assign group_first[0] = first_group;
    assign group_last[0] = last_group;
    assign ends[0] = in_last_word && last_part;
    always_ff @(posedge clk) begin
      if (rst) active[0] <= 1'b0;
      else if (step) active[0] <= 1'b1;
      else if (last_phase) active[0] <= 1'b0;
      if (step) begin
        phase <= '0;
        group_count <= '0;
        first_group <= 1'b1;
        last_group <= GROUPS == 1;
        last_part <= PARTS == 1;
        last_phase <= 1'b0;
        at_start <= in_first;
        pending <= features;
      end else begin
        phase <= phase + 1'b1;
        first_group <= last_group;
        last_group <= GROUPS == 1 || group_count == GROUP_BITS'(GROUPS - 2) && !last_group;
        last_phase <= phase == PHASE_BITS'(PHASES - 2);
        if (phase == PHASE_BITS'(PHASES - GROUPS - 1)) last_part <= 1'b1;
        group_count <= last_group ? '0 : group_count + 1'b1;
        if (last_group) begin
          at_start <= 1'b0;
          pending <= pending >> UNROLL_IN * BITS;
        end
      end
    end
  end
  assign starts[0] = at_start;

  always_ff @(posedge clk) begin
    if (step) begin
      tag[0] <= in_tag;
      in_last_word <= emit;
    end
    if (step && in_first) address <= weight_at(in_tag[0], '0);
    else if (active[0]) address <= address + 1'b1;
    active[TRAVEL:1] <= rst ? '0 : active[TRAVEL-1:0];
    starts[TRAVEL:1] <= starts[TRAVEL-1:0];
    ends[TRAVEL:1] <= ends[TRAVEL-1:0];
    group[TRAVEL:1] <= group[TRAVEL-1:0];
    group_first[TRAVEL:1] <= group_first[TRAVEL-1:0];
    group_last[TRAVEL:1] <= group_last[TRAVEL-1:0];
    tag[TRAVEL:1] <= tag[TRAVEL-1:0];
  end
  wire unused_travel = &{1'b0, starts, ends, group, group_first, group_last, tag};

  // ---- Parameters ---------------------------------------------------------------------------------------------------

  wire [2:0]                   write;
  wire [31:0]                  write_data;
  wire [UNROLL_IN-1:0]         write_in;
  wire [UNROLL_OUT-1:0]        write_out;
  wire [UNROLL_REQUANTISE-1:0] write_lane;
  wire [WEIGHT_ADDRESS-1:0]    write_weight;
  wire [ROUND_ADDRESS-1:0]     write_round;
  wire                         unused_write = &{1'b0, write[0], write_data};
  sf_dense_load #(
      .LANES(LANES), .CHANNELS(CHANNELS), .WIDTH(WIDTH), .HEIGHT(HEIGHT), .OFFSET(OFFSET), .UNROLL_IN(UNROLL_IN),
      .UNROLL_OUT(UNROLL_OUT), .UNROLL_REQUANTISE(UNROLL_REQUANTISE), .PARTS(PARTS), .GROUPS(GROUPS), .DEPTH(DEPTH),
      .ROUNDS(ROUNDS), .BANKS(BANKS)
  ) loader (
      .clk(clk), .rst(rst), .par_valid(par_valid), .par_first(par_first), .par_data(par_data), .par_bank(par_bank),
      .write(write), .write_data(write_data), .write_in(write_in), .write_out(write_out), .write_lane(write_lane),
      .write_weight(write_weight), .write_round(write_round)
  );

  // ---- Multiply, accumulate -----------------------------------------------------------------------------------------

  logic [1:0][UNROLL_IN*BITS-1:0] operands;  // features, until their weights are there
  always_ff @(posedge clk) operands <= {operands[0], pending[UNROLL_IN*BITS-1:0]};

  localparam int ELEMENTS = UNROLL_OUT * UNROLL_IN;
  wire [ELEMENTS-1:0]             enable;
  wire [ELEMENTS*WEIGHT_BITS-1:0] weights;
  wire [UNROLL_OUT*SUM_BITS-1:0]  sums;
  for (genvar o = 0; o < UNROLL_OUT; o++) begin : g_enable
    assign enable[o*UNROLL_IN+:UNROLL_IN] = write_out[o] ? write_in : '0;
  end
  sf_weights #(
      .ELEMENTS(ELEMENTS), .BITS(WEIGHT_BITS), .DEPTH(DEPTH * BANKS)
  ) weight_memory (
      .clk(clk), .write(enable), .write_address(write_weight), .write_data(write_data[WEIGHT_BITS-1:0]),
      .address(address), .data(weights)
  );
  if (DSP2) begin : g_dsp2
    sf_dots_dsp2 #(
        .LANES(1), .OUTPUTS(UNROLL_OUT), .TAPS(UNROLL_IN), .BITS(BITS), .SIGNED(SIGNED), .WEIGHT_BITS(WEIGHT_BITS),
        .PAIR_OUTPUTS(1'b1)
    ) dots (
        .clk(clk), .operands(operands[1]), .weights(weights), .sums(sums)
    );
  end else begin : g_mul
    sf_dots_mul #(
        .LANES(1), .OUTPUTS(UNROLL_OUT), .TAPS(UNROLL_IN), .BITS(BITS), .SIGNED(SIGNED), .WEIGHT_BITS(WEIGHT_BITS)
    ) dots (
        .clk(clk), .operands(operands[1]), .weights(weights), .sums(sums)
    );
  end

  wire [UNROLL_REQUANTISE*ACC_BITS-1:0] accs;    // to be requantised
  wire [UNROLL_REQUANTISE*OUT_BITS-1:0] word;
  wire [ROUND_ADDRESS-1:0] bias_at, shift_at;
  wire [UNROLL_REQUANTISE*BIAS_BITS-1:0] biases;
  wire push, word_first, word_last;
  wire [7:0] word_tag;
  if (!DRAINED) begin : g_folded
    assign bias_at = round_at(tag[ADD-1][0], group[ADD-1]);
    assign shift_at = round_at(tag[ADD][0], group[ADD]);
    for (genvar o = 0; o < UNROLL_OUT; o++) begin : g_out
      wire signed [SUM_BITS-1:0] sum = sums[o*SUM_BITS+:SUM_BITS];
      logic signed [ACC_BITS-1:0] total;    // of the group at hand
      wire signed [ACC_BITS-1:0]  carried;  // its total up to the part before
      wire signed [ACC_BITS-1:0]  start = ACC_BITS'($signed(biases[o*BIAS_BITS+:BIAS_BITS]));
      always_ff @(posedge clk) if (active[ADD]) total <= (starts[ADD] ? start : carried) + ACC_BITS'(sum);
      assign accs[o*ACC_BITS+:ACC_BITS] = total;
      if (GROUPS == 1) begin : g_one
        assign carried = total;
      end else if (GROUPS < 4) begin : g_ring
        // Groups follow one another in a ring: the oldest total is the one whose turn it is.
        logic [(GROUPS-1)*ACC_BITS-1:0] others;
        wire [GROUPS*ACC_BITS-1:0] ring = {total, others};
        assign carried = ring[ACC_BITS-1:0];
        always_ff @(posedge clk) if (active[ADD]) others <= ring[ACC_BITS+:(GROUPS-1)*ACC_BITS];
      end else begin : g_memory
        // Written two stages after it is read: the same group comes again after GROUPS phases at the earliest.
        sf_memory #(
            .WIDTH(ACC_BITS), .DEPTH(GROUPS)
        ) totals (
            .clk(clk), .write(active[ADD+1]), .write_address(group[ADD+1]), .write_data(total),
            .address(group[ADD-1]), .data(carried)
        );
      end
    end
    assign push = active[TRAVEL] && ends[TRAVEL];
    assign {word_first, word_last, word_tag} = {group_first[TRAVEL], group_last[TRAVEL], tag[TRAVEL]};
  end else begin : g_drained
    // All totals; what leaves of them gets its biases.
    wire [UNITS*TOTAL_BITS-1:0] totals;
    for (genvar o = 0; o < UNITS; o++) begin : g_out
      wire signed [SUM_BITS-1:0] sum = sums[o*SUM_BITS+:SUM_BITS];
      logic signed [TOTAL_BITS-1:0] total;
      wire signed [TOTAL_BITS-1:0]  earlier = starts[ADD] ? '0 : total;
      always_ff @(posedge clk) if (active[ADD]) total <= TOTAL_BITS'(sum) + earlier;
      assign totals[o*TOTAL_BITS+:TOTAL_BITS] = total;
    end
    wire [UNROLL_REQUANTISE*TOTAL_BITS-1:0] row;
    wire [7:0] row_tag;
    wire row_valid, row_first, row_last;
    sf_drain #(
        .UNITS(UNITS), .BITS(TOTAL_BITS), .LANES(UNROLL_REQUANTISE), .BANKS(BANKS)
    ) drain (
        .clk(clk), .rst(rst), .load(active[ADD+1] && ends[ADD+1]), .totals(totals), .load_tag(tag[ADD+1]),
        .early_at(bias_at), .at(shift_at), .valid(row_valid), .first(row_first), .last(row_last), .tag(row_tag), .row(row)
    );
    logic [REQUANTISE:0]     late, firsts, lasts;  // of a row with its biases, on its way through the requantisers
    logic [REQUANTISE*8+7:0] tags;
    always_ff @(posedge clk) begin
      late <= rst ? '0 : {late[REQUANTISE-1:0], row_valid};
      firsts <= {firsts[REQUANTISE-1:0], row_first};
      lasts <= {lasts[REQUANTISE-1:0], row_last};
      tags <= {tags[REQUANTISE*8-1:0], row_tag};
    end
    for (genvar r = 0; r < UNROLL_REQUANTISE; r++) begin : g_biased
      wire signed [TOTAL_BITS-1:0] total = row[r*TOTAL_BITS+:TOTAL_BITS];
      logic signed [ACC_BITS-1:0] biased;
      always_ff @(posedge clk) biased <= ACC_BITS'(total) + ACC_BITS'($signed(biases[r*BIAS_BITS+:BIAS_BITS]));
      assign accs[r*ACC_BITS+:ACC_BITS] = biased;
    end
    assign push = late[REQUANTISE];
    assign {word_first, word_last, word_tag} = {firsts[REQUANTISE], lasts[REQUANTISE], tags[REQUANTISE*8+:8]};
  end

  // ---- Requantise, output -------------------------------------------------------------------------------------------

  for (genvar r = 0; r < UNROLL_REQUANTISE; r++) begin : g_lane_out
    wire [SHIFT_BITS-1:0] shift;
    sf_memory #(
        .WIDTH(BIAS_BITS), .DEPTH(ROUNDS * BANKS)
    ) bias_memory (
        .clk(clk), .write(write[1] && write_lane[r]), .write_address(write_round),
        .write_data(write_data[BIAS_BITS-1:0]), .address(bias_at), .data(biases[r*BIAS_BITS+:BIAS_BITS])
    );
    sf_memory #(
        .WIDTH(SHIFT_BITS), .DEPTH(ROUNDS * BANKS)
    ) shift_memory (
        .clk(clk), .write(write[2] && write_lane[r]), .write_address(write_round),
        .write_data(write_data[SHIFT_BITS-1:0]), .address(shift_at), .data(shift)
    );
    sf_requantise #(
        .ACC_BITS(ACC_BITS), .SHIFT_BITS(SHIFT_BITS), .OUT_BITS(OUT_BITS), .OUT_SIGNED(OUT_SIGNED)
    ) requantise (
        .clk(clk), .acc(accs[r*ACC_BITS+:ACC_BITS]), .shift(shift), .result(word[r*OUT_BITS+:OUT_BITS])
    );
  end

  wire [$clog2(ROUNDS + 1)-1:0] promise = step && emit ? $clog2(ROUNDS + 1)'(ROUNDS) : '0;
  sf_fifo #(
      .WIDTH(UNROLL_REQUANTISE * OUT_BITS + 10), .DEPTH(FIFO), .RESERVE(ROUNDS)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(promise), .push(push),
      .push_data({word_first, word_last, word_tag, word}), .valid(out_valid), .ready(out_ready),
      .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
