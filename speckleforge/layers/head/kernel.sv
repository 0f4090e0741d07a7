// Prototype head: scores of an embedding against all slots, the best valid slot, the veto, the decision to keep.
//
// Shapes:  features in, as any stream; one word of SLOTS + 4 s32 out: scores, class, slot, accept, keep.
//          Parameters in order: prototype [SLOTS, features], valid [SLOTS], class_id [SLOTS], threshold [1], keep [17].
// Latency: a word takes GROUPS cycles; GROUPS + SUM_STAGES + SLOTS + PRODUCT_STEPS + 8 cycles from the last word to the record,
//          and the last word of a frame waits until the record before it was taken.
// Cost:    UNROLL_SLOTS * LANES * CHANNELS multipliers and LANES * CHANNELS squarers; accumulators and scores of SCORE_BITS per slot;
//          two serial multipliers for the veto; BANKS * words * GROUPS words of memory, all slots' elements wide.
//
// While features arrive, products sum up in accumulators that turn round once per word. Then, beside the next frame's features:
// one slot a cycle for the best score, two bits a cycle for `s * s << VETO_SHIFT` and `threshold * (z . z)`, compare, look up.
`default_nettype none

module sf_head #(
    parameter int LANES = 1,
    parameter int CHANNELS = 1,
    parameter int BITS = 8,
    parameter int SIGNED = 1,
    parameter int WIDTH = 8,
    parameter int HEIGHT = 1,
    parameter int OFFSET = 0,
    parameter int SLOTS = 4,
    parameter int PROTOTYPE_BITS = 8,
    parameter int SCORE_BITS = 19,
    parameter int ENERGY_BITS = 17,
    parameter int VETO_SHIFT = 8,
    parameter int UNROLL_SLOTS = 4,
    parameter int BANKS = 1,
    parameter int WORD_BITS = LANES * CHANNELS * BITS,  // leave as it is
    parameter int RECORD_BITS = 32 * (SLOTS + 4)        // leave as it is
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    in_valid,
    output logic                   in_ready,
    input  wire  [WORD_BITS-1:0]   in_data,
    input  wire                    in_first,
    input  wire                    in_last,
    input  wire  [7:0]             in_tag,
    output logic                   out_valid,
    input  wire                    out_ready,
    output logic [RECORD_BITS-1:0] out_data,
    output logic                   out_first,
    output logic                   out_last,
    output logic [7:0]             out_tag,
    input  wire  [4:0]             par_valid,
    input  wire                    par_first,
    input  wire  [31:0]            par_data,
    input  wire                    par_bank
);
  localparam int ELEMENTS = LANES * CHANNELS;
  localparam int GROUPS = (SLOTS + UNROLL_SLOTS - 1) / UNROLL_SLOTS;
  localparam int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam int ROW_WORDS = (WIDTH + OFFSET + LANES - 1) / LANES;
  localparam int DEPTH = ROW_WORDS * HEIGHT * GROUPS;
  localparam int ADDRESS_BITS = $clog2(BANKS * DEPTH + 1);
  localparam int SLOT_BITS = $clog2(SLOTS + 1);
  localparam int Z_BITS = SIGNED != 0 ? BITS : BITS + 1;
  localparam int PRODUCT_BITS = Z_BITS + PROTOTYPE_BITS;
  localparam int SUM_STAGES = $clog2(ELEMENTS);
  localparam int SUM_BITS = PRODUCT_BITS + SUM_STAGES;
  localparam int SQUARE_BITS = 2 * Z_BITS + SUM_STAGES;

  // Input: take a word, mask lanes outside the image, hold it for GROUPS cycles.
  localparam int COLUMN_BITS = $clog2(ROW_WORDS + 1);
  logic [COLUMN_BITS-1:0] row_word;  // of the word that comes, unless it is the first
  logic [GROUP_BITS-1:0]  waits;     // cycles until the next word can be taken
  logic                   held;      // a record is promised or offered
  wire [COLUMN_BITS-1:0]  at = in_first ? '0 : row_word;
  wire                    row_ends = at == COLUMN_BITS'(ROW_WORDS - 1);
  wire                    take = in_valid && in_ready;
  logic [WORD_BITS-1:0]   masked;

  assign in_ready = waits == '0 && !(in_last && held);

  for (genvar p = 0; p < LANES; p = p + 1) begin : g_mask
    localparam bit HIDDEN_FIRST = p < OFFSET;
    localparam bit HIDDEN_LAST = (ROW_WORDS - 1) * LANES - OFFSET + p >= WIDTH;
    wire hidden = (HIDDEN_FIRST && at == '0) || (HIDDEN_LAST && row_ends);
    assign masked[p*CHANNELS*BITS+:CHANNELS*BITS] = hidden ? '0 : in_data[p*CHANNELS*BITS+:CHANNELS*BITS];
  end

  // Issue: one group of slots a cycle.
  logic [WORD_BITS-1:0]    z;
  logic                    z_valid, z_first, z_last;
  logic [GROUP_BITS-1:0]   group;
  logic [ADDRESS_BITS-1:0] address;
  wire                     group_ends = group == GROUP_BITS'(GROUPS - 1);

  always_ff @(posedge clk) begin
    if (take) begin
      z <= masked;
      z_first <= in_first;
      z_last <= in_last;
    end
    if (take && in_first) address <= (BANKS == 2 && in_tag[0]) ? ADDRESS_BITS'(DEPTH) : '0;
    else if (z_valid) address <= address + 1'b1;
    group <= (take || group_ends) ? '0 : group + 1'b1;
  end

  always_ff @(posedge clk) begin
    if (take) row_word <= row_ends ? '0 : at + 1'b1;
    if (take) waits <= GROUP_BITS'(GROUPS - 1);
    else if (waits != '0) waits <= waits - 1'b1;
    if (take) z_valid <= 1'b1;
    else if (group_ends) z_valid <= 1'b0;
    if (take && in_last) held <= 1'b1;
    else if (out_valid && out_ready) held <= 1'b0;
    if (rst) begin
      row_word <= '0;
      waits <= '0;
      z_valid <= 1'b0;
      held <= 1'b0;
    end
  end

  // Parameters: where the next prototype element belongs.
  logic [$clog2(LANES+1)-1:0]        p_lane;
  logic [$clog2(WIDTH+1)-1:0]        p_column;
  logic [$clog2(HEIGHT+1)-1:0]       p_row;
  logic [$clog2(CHANNELS+1)-1:0]     p_channel;
  logic [$clog2(UNROLL_SLOTS+1)-1:0] p_unit;
  logic [GROUP_BITS-1:0]             p_group;
  logic [ADDRESS_BITS-1:0]           p_address;  // within the bank
  logic                              write, write_bank;
  logic [PROTOTYPE_BITS-1:0]         write_data;
  wire                               column_ends = p_column == ($bits(p_column))'(WIDTH - 1);
  wire                               rows_end = column_ends && p_row == ($bits(p_row))'(HEIGHT - 1);
  wire                               slot_ends = rows_end && p_channel == ($bits(p_channel))'(CHANNELS - 1);
  wire                               unit_ends = slot_ends && p_unit == ($bits(p_unit))'(UNROLL_SLOTS - 1);
  wire                               word_ends = column_ends || p_lane == ($bits(p_lane))'(LANES - 1);
  wire [GROUP_BITS-1:0]              next_group = unit_ends ? p_group + 1'b1 : p_group;

  // The position is cleared a cycle before element 0 is written.
  logic [31:0] held_data;
  logic        held_valid, held_first, held_bank;
  always_ff @(posedge clk) begin
    held_valid <= par_valid[0] && !rst;
    held_first <= par_valid[0] && par_first;
    held_data <= par_data;
    held_bank <= par_bank;
    write <= held_valid && !rst;
    write_data <= held_data[PROTOTYPE_BITS-1:0];
    write_bank <= held_bank;
    if (held_first) begin
      p_lane <= ($bits(p_lane))'(OFFSET);
      p_column <= '0;
      p_row <= '0;
      p_channel <= '0;
      p_unit <= '0;
      p_group <= '0;
      p_address <= '0;
    end else if (write) begin
      p_lane <= column_ends ? ($bits(p_lane))'(OFFSET) : word_ends ? '0 : p_lane + 1'b1;
      p_column <= column_ends ? '0 : p_column + 1'b1;
      if (column_ends) p_row <= rows_end ? '0 : p_row + 1'b1;
      if (rows_end) p_channel <= slot_ends ? '0 : p_channel + 1'b1;
      if (slot_ends) p_unit <= unit_ends ? '0 : p_unit + 1'b1;
      p_group <= next_group;
      if (rows_end) p_address <= ADDRESS_BITS'(next_group);
      else if (word_ends) p_address <= p_address + ADDRESS_BITS'(GROUPS);
    end
  end
  wire [ADDRESS_BITS-1:0] write_address = (BANKS == 2 && write_bank) ? p_address + ADDRESS_BITS'(DEPTH) : p_address;

  // Prototypes: one memory, an enable for each element.
  logic [UNROLL_SLOTS*ELEMENTS*PROTOTYPE_BITS-1:0] prototype;
  (* no_rw_check *) logic [UNROLL_SLOTS*ELEMENTS*PROTOTYPE_BITS-1:0] prototypes[0:BANKS*DEPTH-1];
  logic [UNROLL_SLOTS*ELEMENTS-1:0] enable;

  for (genvar u = 0; u < UNROLL_SLOTS; u = u + 1) begin : g_enable
    for (genvar p = 0; p < LANES; p = p + 1) begin : g_lane
      for (genvar c = 0; c < CHANNELS; c = c + 1) begin : g_channel
        assign enable[(u*LANES+p)*CHANNELS+c] = write && p_unit == ($bits(p_unit))'(u) &&
            p_lane == ($bits(p_lane))'(p) && p_channel == ($bits(p_channel))'(c);
      end
    end
  end

  localparam int MEMORY_BITS = BANKS * DEPTH > 1 ? $clog2(BANKS * DEPTH) : 1;
  always_ff @(posedge clk) begin
    for (int i = 0; i < UNROLL_SLOTS * ELEMENTS; i = i + 1) begin
      if (enable[i]) prototypes[write_address[MEMORY_BITS-1:0]][i*PROTOTYPE_BITS+:PROTOTYPE_BITS] <= write_data;
    end
    prototype <= prototypes[address[MEMORY_BITS-1:0]];
  end

  // Products and sums. Flags travel along: stage 0 is with `prototype`.
  localparam int STAGES = SUM_STAGES + 2;
  logic [STAGES-1:0] sum_valid, sum_first, sum_last, sum_energy;
  logic [WORD_BITS-1:0] z_held;

  always_ff @(posedge clk) begin
    z_held <= z;
    sum_first <= {sum_first[STAGES-2:0], z_first};
    sum_last <= {sum_last[STAGES-2:0], z_last && group_ends};
    sum_energy <= {sum_energy[STAGES-2:0], group == '0};
    sum_valid <= rst ? '0 : {sum_valid[STAGES-2:0], z_valid};
  end
  wire add = sum_valid[STAGES-1];
  wire add_first = sum_first[STAGES-1];
  wire finished_now = add && sum_last[STAGES-1];

  logic [ELEMENTS*2*Z_BITS-1:0] squares;
  logic [SQUARE_BITS-1:0]       square_sum;
  for (genvar e = 0; e < ELEMENTS; e = e + 1) begin : g_square
    wire signed [Z_BITS-1:0] value = Z_BITS'({SIGNED == 0 ? 1'b0 : z_held[e*BITS+BITS-1], z_held[e*BITS+:BITS]});
    always_ff @(posedge clk) squares[e*2*Z_BITS+:2*Z_BITS] <= (2*Z_BITS)'(value) * (2*Z_BITS)'(value);
  end
  sf_add_tree #(
      .INPUTS(ELEMENTS),
      .BITS  (2 * Z_BITS)
  ) u_energy (
      .clk  (clk),
      .terms(squares),
      .sum  (square_sum)
  );
  logic [ENERGY_BITS-1:0] energy;
  always_ff @(posedge clk) begin
    if (add && sum_energy[STAGES-1]) energy <= (add_first ? '0 : energy) + ENERGY_BITS'(square_sum);
  end

  logic [SLOTS*SCORE_BITS-1:0] totals;
  for (genvar u = 0; u < UNROLL_SLOTS; u = u + 1) begin : g_unit
    logic [ELEMENTS*PRODUCT_BITS-1:0]  products;
    logic [SUM_BITS-1:0]               sum;
    logic [GROUPS*SCORE_BITS-1:0]      turning;  // accumulator of group g in place g between words
    for (genvar e = 0; e < ELEMENTS; e = e + 1) begin : g_product
      wire signed [Z_BITS-1:0] value = g_square[e].value;
      wire signed [PROTOTYPE_BITS-1:0] weight = prototype[(u*ELEMENTS+e)*PROTOTYPE_BITS+:PROTOTYPE_BITS];
      always_ff @(posedge clk) products[e*PRODUCT_BITS+:PRODUCT_BITS] <= PRODUCT_BITS'(value) * PRODUCT_BITS'(weight);
    end
    sf_add_tree #(
        .INPUTS(ELEMENTS),
        .BITS  (PRODUCT_BITS)
    ) u_sum (
        .clk  (clk),
        .terms(products),
        .sum  (sum)
    );
    wire signed [SUM_BITS-1:0] signed_sum = sum;
    wire [SCORE_BITS-1:0] total = (add_first ? '0 : turning[SCORE_BITS-1:0]) + SCORE_BITS'(signed_sum);
    wire unused_sum = &{1'b0, signed_sum};
    if (GROUPS > 1) begin : g_turn
      always_ff @(posedge clk) if (add) turning <= {total, turning[GROUPS*SCORE_BITS-1:SCORE_BITS]};
    end else begin : g_stay
      always_ff @(posedge clk) if (add) turning <= total;
    end
    for (genvar g = 0; g < GROUPS; g = g + 1) begin : g_total
      if (g * UNROLL_SLOTS + u < SLOTS) begin : g_slot
        assign totals[(g*UNROLL_SLOTS+u)*SCORE_BITS+:SCORE_BITS] = turning[g*SCORE_BITS+:SCORE_BITS];
      end else begin : g_none
        wire unused_total = &{1'b0, turning[g*SCORE_BITS+:SCORE_BITS]};
      end
    end
  end

  // Small parameters.
  logic [BANKS*SLOTS-1:0]   valids;
  logic [BANKS*SLOTS*4-1:0] class_ids;
  logic [BANKS*17-1:0]      keeps;
  logic [BANKS*32-1:0]      thresholds;
  logic [8:0]               small_next;
  wire  [8:0]               small_index = par_first ? 9'd0 : small_next;
  always_ff @(posedge clk) begin
    if (par_valid[4:1] != 4'd0) small_next <= small_index + 9'd1;
    for (int b = 0; b < BANKS; b = b + 1) begin
      if (BANKS == 1 || par_bank == b[0]) begin
        for (int n = 0; n < SLOTS; n = n + 1) begin
          if (par_valid[1] && small_index == 9'(n)) valids[b*SLOTS+n] <= par_data[0];
          if (par_valid[2] && small_index == 9'(n)) class_ids[(b*SLOTS+n)*4+:4] <= par_data[3:0];
        end
        if (par_valid[3]) thresholds[b*32+:32] <= par_data;
        for (int n = 0; n < 17; n = n + 1) begin
          if (par_valid[4] && small_index == 9'(n)) keeps[b*17+n] <= par_data[0];
        end
      end
    end
  end

  // Decision: scan, multiply, compare.
  localparam int MAGNITUDE_BITS = SCORE_BITS - 1;
  localparam int PRODUCT_STEPS = ((MAGNITUDE_BITS > ENERGY_BITS ? MAGNITUDE_BITS : ENERGY_BITS) + 1) / 2;
  localparam int FACTOR_BITS = 2 * PRODUCT_STEPS;  // of the factor that is used up, two bits a step
  localparam int LEFT_BITS = MAGNITUDE_BITS + FACTOR_BITS + VETO_SHIFT;
  localparam int RIGHT_BITS = 32 + FACTOR_BITS;
  localparam int SIDE_BITS = LEFT_BITS > RIGHT_BITS ? LEFT_BITS : RIGHT_BITS;
  localparam int HALF = SIDE_BITS / 2;
  localparam int STEP_BITS = $clog2((SLOTS > PRODUCT_STEPS ? SLOTS : PRODUCT_STEPS) + 1);

  localparam logic [2:0] IDLE = 3'd0;
  localparam logic [2:0] SCAN = 3'd1;
  localparam logic [2:0] PREPARE = 3'd2;
  localparam logic [2:0] MULTIPLY = 3'd3;
  localparam logic [2:0] COMPARE = 3'd4;
  localparam logic [2:0] ACCEPT = 3'd5;
  localparam logic [2:0] KEEP = 3'd6;

  logic [2:0]                  state;
  logic                        finished;
  logic [STEP_BITS-1:0]        steps;
  logic [SLOTS*SCORE_BITS-1:0] scores;
  logic [SLOTS-1:0]            scan_valid;
  logic [SLOTS*4-1:0]          scan_class;
  logic [7:0]                  tag;
  logic [7:0]                  last_tag;
  logic [16:0]                 keep;
  logic [31:0]                 threshold;
  logic [SCORE_BITS-1:0]       best;
  logic [SLOT_BITS-1:0]        slot;
  logic [3:0]                  class_id;
  logic                        any, accepted, kept;
  wire                         bank = BANKS == 2 && last_tag[0];
  wire                         better = !any || $signed(scores[SCORE_BITS-1:0]) > $signed(best);
  wire  [SLOTS*SCORE_BITS-1:0] turned = SLOTS > 1 ? (scores >> SCORE_BITS) | (scores << (SLOTS - 1) * SCORE_BITS) : scores;
  wire                         positive = any && !best[SCORE_BITS-1] && best != '0;

  logic [MAGNITUDE_BITS-1:0] square_factor, square_high;
  logic [FACTOR_BITS-1:0]    square_low, veto_low;
  logic [31:0]               veto_high;
  logic [ENERGY_BITS-1:0]    energy_held;
  wire  [MAGNITUDE_BITS+1:0] square_step = {2'b0, square_high} + (square_low[0] ? {2'b0, square_factor} : '0)
      + (square_low[1] ? {1'b0, square_factor, 1'b0} : '0);
  wire  [33:0]               veto_step = {2'b0, veto_high} + (veto_low[0] ? {2'b0, threshold} : '0)
      + (veto_low[1] ? {1'b0, threshold, 1'b0} : '0);
  wire  [SIDE_BITS-1:0]      left_side = SIDE_BITS'({square_high, square_low, {VETO_SHIFT{1'b0}}});
  wire  [SIDE_BITS-1:0]      right_side = SIDE_BITS'({veto_high, veto_low});
  logic                      high_above, high_equal, low_reached;

  always_ff @(posedge clk) begin
    if (take && in_last) last_tag <= in_tag;
    high_above <= left_side[SIDE_BITS-1:HALF] > right_side[SIDE_BITS-1:HALF];
    high_equal <= left_side[SIDE_BITS-1:HALF] == right_side[SIDE_BITS-1:HALF];
    low_reached <= left_side[HALF-1:0] >= right_side[HALF-1:0];
    case (state)
      IDLE: begin
        if (finished) begin
          scores <= totals;
          energy_held <= energy;
          tag <= last_tag;
          scan_valid <= bank ? valids[BANKS*SLOTS-1-:SLOTS] : valids[SLOTS-1:0];
          scan_class <= bank ? class_ids[BANKS*SLOTS*4-1-:SLOTS*4] : class_ids[SLOTS*4-1:0];
          threshold <= bank ? thresholds[BANKS*32-1-:32] : thresholds[31:0];
          keep <= bank ? keeps[BANKS*17-1-:17] : keeps[16:0];
          any <= 1'b0;
        end
      end
      SCAN: begin
        scores <= turned;
        scan_valid <= scan_valid >> 1;
        scan_class <= scan_class >> 4;
        if (scan_valid[0] && better) begin
          any <= 1'b1;
          best <= scores[SCORE_BITS-1:0];
          slot <= SLOT_BITS'(steps);
          class_id <= scan_class[3:0];
        end
      end
      PREPARE: begin
        square_factor <= positive ? best[MAGNITUDE_BITS-1:0] : '0;
        square_low <= positive ? FACTOR_BITS'(best[MAGNITUDE_BITS-1:0]) : '0;
        square_high <= '0;
        veto_low <= FACTOR_BITS'(energy_held);
        veto_high <= '0;
      end
      MULTIPLY: begin
        {square_high, square_low} <= {square_step, square_low[FACTOR_BITS-1:2]};
        {veto_high, veto_low} <= {veto_step, veto_low[FACTOR_BITS-1:2]};
      end
      ACCEPT: accepted <= positive && (high_above || (high_equal && low_reached));
      KEEP: kept <= keep[accepted?{1'b0, class_id}:5'd16];
      default: ;
    endcase
  end

  always_ff @(posedge clk) begin
    finished <= finished_now;
    steps <= steps + 1'b1;
    case (state)
      IDLE: begin
        steps <= '0;
        if (finished) state <= SCAN;
      end
      SCAN: if (steps == STEP_BITS'(SLOTS - 1)) state <= PREPARE;
      PREPARE: begin
        steps <= '0;
        state <= MULTIPLY;
      end
      MULTIPLY: if (steps == STEP_BITS'(PRODUCT_STEPS - 1)) state <= COMPARE;
      COMPARE: state <= ACCEPT;
      ACCEPT: state <= KEEP;
      default: state <= IDLE;
    endcase
    if (state == KEEP) out_valid <= 1'b1;
    else if (out_ready) out_valid <= 1'b0;
    if (rst) begin
      finished <= 1'b0;
      state <= IDLE;
      out_valid <= 1'b0;
    end
  end

  // The record stays where it was made: nothing changes it before it was taken.
  for (genvar n = 0; n < SLOTS; n = n + 1) begin : g_score
    wire signed [SCORE_BITS-1:0] score = scores[n*SCORE_BITS+:SCORE_BITS];
    assign out_data[32*n+:32] = 32'(score);
  end
  assign out_data[32*SLOTS+:32] = accepted ? {28'd0, class_id} : '1;
  assign out_data[32*SLOTS+32+:32] = any ? 32'(slot) : '1;
  assign out_data[32*SLOTS+64+:32] = {31'd0, accepted};
  assign out_data[32*SLOTS+96+:32] = {31'd0, kept};
  assign out_first = 1'b1;
  assign out_last = 1'b1;
  assign out_tag = tag;

  wire unused = &{1'b0, held_data[31:PROTOTYPE_BITS], address, write_address, square_sum};
endmodule

`default_nettype wire
