// Average-pooling: the sum over each window, requantised with one shift, UNROLL sums a cycle.
//
// Shapes:  in: LANES columns of CHANNELS channels of BITS bits; out: KEPT_LANES columns of OUT_BITS bits likewise.
//          An emitting word takes PHASES cycles, the requantiser's rounds over its sums; another one cycle.
// RUNNING: windows that do not overlap: sf_running_sums, without a line buffer; else sf_sliding_sums.
// Latency: from a step to its word at the output: 3 + log2(SPAN) (or log2(KERNEL_ROWS) + log2(KERNEL_COLUMNS))
//          + ceil(SHIFT_BITS / 2) + 2 cycles, and PHASES more where there is more than one.
// Cost:    KEPT_LANES * CHANNELS sums of ACC_BITS bits and their adders, UNROLL requantisers.
`default_nettype none

module sf_avgpool2d #(
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
    parameter int COLUMN_STEP    = 2,     // RUNNING: columns from window to window
    parameter int SPAN           = 1,     // RUNNING: lanes that a window adds up in one word
    parameter bit RUNNING        = 1'b1,
    parameter int ACC_BITS       = 7,
    parameter int SHIFT_BITS     = 3,
    parameter int OUT_BITS       = 4,
    parameter int UNROLL         = 1,
    parameter int FIFO           = 8,
    parameter int BANKS          = 1
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
    input  wire  [0:0]                              par_valid,  // shift
    input  wire                                     par_first,
    input  wire  [31:0]                             par_data,
    input  wire                                     par_bank
);
  localparam int SUMS = KEPT_LANES * CHANNELS;
  localparam int PHASES = (SUMS + UNROLL - 1) / UNROLL;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int TREES = RUNNING ? $clog2(SPAN) : $clog2(KERNEL_ROWS) + $clog2(KERNEL_COLUMNS);
  localparam int SUM = 2 + TREES;                        // stage in which the sums of a word are there
  localparam int CHOSEN = SUM + (PHASES > 1 ? 1 : 0);    // the requantiser takes them
  localparam int DONE = CHOSEN + (SHIFT_BITS + 1) / 2 + 2;

  wire room, step_emits;
  logic busy;
  wire [SUMS*ACC_BITS-1:0] totals;
  // What travels with a word; index 1 is the cycle behind its step, where it stays until the next step.
  logic [DONE:1]      emit, word_first, word_last;
  logic [DONE:1][7:0] tag;
  wire                unused_last = in_last;

  // An emitting word holds the next step back until the requantiser is through with its sums.
  if (PHASES == 1) begin : g_never_busy
    assign busy = 1'b0;
  end else begin : g_busy
    logic [PHASE_BITS-1:0] left;
    always_ff @(posedge clk) begin
      if (step_emits) left <= PHASE_BITS'(PHASES - 1);
      else if (busy) left <= left - 1'b1;
      if (rst) busy <= 1'b0;
      else if (step_emits) busy <= 1'b1;
      else if (left == PHASE_BITS'(1)) busy <= 1'b0;
    end
  end

  if (RUNNING) begin : g_running
    sf_running_sums #(
        .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .SIGNED(SIGNED), .OFFSET(OFFSET), .WORDS(WORDS), .ROWS(ROWS),
        .KERNEL_COLUMNS(KERNEL_COLUMNS), .COLUMN_STEP(COLUMN_STEP), .SPAN(SPAN),
        .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
        .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS),
        .LANE_STEP(LANE_STEP), .KEPT_LANES(KEPT_LANES), .ACC_BITS(ACC_BITS)
    ) sums (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_first(in_first),
        .in_tag(in_tag), .room(room), .busy(busy), .step_emits(step_emits), .emit(emit[1]),
        .emit_first(word_first[1]), .emit_last(word_last[1]), .tag(tag[1]), .totals(totals)
    );
    wire unused = &{1'b0, WIDTH != 0, IMAGE_WORDS != 0, IMAGE_ROWS != 0, KERNEL_ROWS != 0, FIRST_LANE != 0};
  end else begin : g_sliding
    sf_sliding_sums #(
        .LANES(LANES), .CHANNELS(CHANNELS), .BITS(BITS), .SIGNED(SIGNED), .WIDTH(WIDTH), .OFFSET(OFFSET),
        .IMAGE_WORDS(IMAGE_WORDS), .IMAGE_ROWS(IMAGE_ROWS), .KERNEL_ROWS(KERNEL_ROWS), .KERNEL_COLUMNS(KERNEL_COLUMNS),
        .WORDS(WORDS), .ROWS(ROWS), .EMIT_WORD(EMIT_WORD), .EMIT_WORD_STEP(EMIT_WORD_STEP), .EMIT_WORDS(EMIT_WORDS),
        .EMIT_ROW(EMIT_ROW), .EMIT_ROW_STEP(EMIT_ROW_STEP), .EMIT_ROWS(EMIT_ROWS),
        .FIRST_LANE(FIRST_LANE), .LANE_STEP(LANE_STEP), .KEPT_LANES(KEPT_LANES), .ACC_BITS(ACC_BITS)
    ) sums (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_first(in_first),
        .in_tag(in_tag), .room(room), .busy(busy), .step_emits(step_emits), .emit(emit[1]),
        .emit_first(word_first[1]), .emit_last(word_last[1]), .tag(tag[1]), .totals(totals)
    );
    wire unused = &{1'b0, COLUMN_STEP != 0, SPAN != 0};
  end

  always_ff @(posedge clk) begin
    emit[DONE:2] <= rst ? '0 : emit[DONE-1:1];
    word_first[DONE:2] <= word_first[DONE-1:1];
    word_last[DONE:2] <= word_last[DONE-1:1];
    tag[DONE:2] <= tag[DONE-1:1];
  end

  // ---- Shift --------------------------------------------------------------------------------------------------------

  wire [SHIFT_BITS-1:0] shift;
  sf_memory #(
      .WIDTH(SHIFT_BITS), .DEPTH(BANKS)
  ) shifts (
      .clk(clk), .write(par_valid[0] && !rst), .write_address(BANKS > 1 && par_bank),
      .write_data(par_data[SHIFT_BITS-1:0]), .address(BANKS > 1 && tag[CHOSEN-1][0]), .data(shift)
  );
  wire unused_parameter = &{1'b0, par_first, par_data, par_bank};

  // ---- Requantise ---------------------------------------------------------------------------------------------------

  // The sums stay until the next step, which comes PHASES cycles later at the earliest: rounds may take their time.
  wire [UNROLL*ACC_BITS-1:0] chosen;
  wire [UNROLL*OUT_BITS-1:0] results;
  sf_requantise #(
      .LANES(UNROLL), .ACC_BITS(ACC_BITS), .SHIFT_BITS(SHIFT_BITS), .OUT_BITS(OUT_BITS), .OUT_SIGNED(SIGNED)
  ) requantise (
      .clk(clk), .acc(chosen), .shift(shift), .result(results)
  );

  wire push;
  wire [PHASES*UNROLL*OUT_BITS-1:0] gathered;
  if (PHASES == 1) begin : g_at_once
    assign chosen = totals;
    assign gathered = results;
    assign push = emit[DONE];
  end else begin : g_rounds
    localparam int PART = UNROLL * OUT_BITS;
    logic [PHASES-1:0] round;  // one-hot
    wire active = emit[SUM] || !round[0];
    wire [PHASES*UNROLL*ACC_BITS-1:0] offered = (PHASES * UNROLL * ACC_BITS)'(totals);
    logic [UNROLL*ACC_BITS-1:0] pick, picked;
    logic [DONE:CHOSEN] last;           // the round that completes a word
    logic [(PHASES-1)*PART-1:0] earlier;
    always_comb begin
      pick = '0;
      for (int k = 0; k < PHASES; k++)
        pick = pick | (offered[k*UNROLL*ACC_BITS+:UNROLL*ACC_BITS] & {(UNROLL * ACC_BITS) {round[k]}});
    end
    always_ff @(posedge clk) begin
      if (rst) round <= PHASES'(1);
      else if (active) round <= {round[PHASES-2:0], round[PHASES-1]};
      picked <= pick;
      last <= rst ? '0 : {last[DONE-1:CHOSEN], round[PHASES-1]};
      earlier <= gathered[PART+:(PHASES-1)*PART];
    end
    assign chosen = picked;
    assign gathered = {results, earlier};
    assign push = last[DONE];
    wire unused_emit = emit[DONE];
  end
  wire unused_gathered = &{1'b0, gathered};

  sf_fifo #(
      .WIDTH(SUMS * OUT_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(step_emits), .push(push),
      .push_data({word_first[DONE], word_last[DONE], tag[DONE], gathered[SUMS*OUT_BITS-1:0]}), .valid(out_valid),
      .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
