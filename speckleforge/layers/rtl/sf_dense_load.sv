// Loader of a dense layer's memories: elements in canonical order become writes in the order of arrival.
//
// Shapes:  weights come as (output, channel, row, column), then biases and shifts as (output). A word of the stream holds
//          LANES columns of CHANNELS channels, in PARTS parts of UNROLL_IN features; each part takes GROUPS addresses.
//          `write` says which memory (weight, bias, shift), `write_in` and `write_out` which element of a weight word,
//          `write_lane` which of UNROLL_REQUANTISE lanes of a bias or shift.
// Latency: 3 cycles. An element a cycle.
// Cost:    counters; two rows of UNROLL_OUT and UNROLL_REQUANTISE FF without a LUT.
`default_nettype none

module sf_dense_load #(
    parameter int LANES             = 1,
    parameter int CHANNELS          = 1,
    parameter int WIDTH             = 16,
    parameter int HEIGHT            = 1,
    parameter int OFFSET            = 0,
    parameter int UNROLL_IN         = 1,
    parameter int UNROLL_OUT        = 1,
    parameter int UNROLL_REQUANTISE = 1,
    parameter int PARTS             = 16,  // of a word
    parameter int GROUPS            = 1,
    parameter int DEPTH             = 16,  // words of weights of one bank
    parameter int ROUNDS            = 1,   // words of biases and shifts of one bank
    parameter int BANKS             = 1,
    parameter int WEIGHT_ADDRESS    = DEPTH * BANKS > 1 ? $clog2(DEPTH * BANKS) : 1,   // leave as it is
    parameter int ROUND_ADDRESS     = ROUNDS * BANKS > 1 ? $clog2(ROUNDS * BANKS) : 1  // leave as it is
) (
    input  wire                         clk,
    input  wire                         rst,
    input  wire  [2:0]                  par_valid,  // weight, bias, shift
    input  wire                         par_first,
    input  wire  [31:0]                 par_data,
    input  wire                         par_bank,
    output logic [2:0]                  write,
    output logic [31:0]                 write_data,
    output logic [UNROLL_IN-1:0]        write_in,   // none unless a weight
    output logic [UNROLL_OUT-1:0]       write_out,
    output logic [UNROLL_REQUANTISE-1:0] write_lane,
    output logic [WEIGHT_ADDRESS-1:0]   write_weight,
    output logic [ROUND_ADDRESS-1:0]    write_round
);
  localparam int PHASES = PARTS * GROUPS;
  localparam int DEPTH_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int ROUND_BITS = ROUNDS > 1 ? $clog2(ROUNDS) : 1;

  // Canonical order to (memory, address). The element at hand: feature `lane_channel` of word `word_base`, as part and
  // position in it; the output as group and position in it. A column further is CHANNELS features further in the word.
  localparam int INPUT_BITS = UNROLL_IN > 1 ? $clog2(UNROLL_IN) : 1;
  localparam int WIDTH_BITS = $clog2(WIDTH + 1);
  localparam int HEIGHT_BITS = $clog2(HEIGHT + 1);
  localparam int CHANNEL_BITS = $clog2(CHANNELS + 1);
  localparam int LANE_BITS = $clog2(LANES + 1);
  localparam logic [DEPTH_BITS-1:0] STEP_PARTS = DEPTH_BITS'(CHANNELS / UNROLL_IN * GROUPS);
  localparam logic [DEPTH_BITS-1:0] STEP_CARRY = DEPTH_BITS'((CHANNELS / UNROLL_IN + 1) * GROUPS);
  localparam int STEP_INPUT = CHANNELS % UNROLL_IN;
  localparam int START_INPUT = OFFSET * CHANNELS % UNROLL_IN;
  localparam logic [DEPTH_BITS-1:0] START_PART = DEPTH_BITS'(OFFSET * CHANNELS / UNROLL_IN * GROUPS);

  logic [2:0]              load;
  logic [31:0]             element;
  logic                    load_bank;
  logic [INPUT_BITS-1:0]   input_index;    // position in its part
  logic [DEPTH_BITS-1:0]   part_base;      // address of its part, from its word's
  logic [DEPTH_BITS-1:0]   word_base;      // address of its word
  logic [INPUT_BITS-1:0]   channel_input;  // of the same channel in lane 0
  logic [DEPTH_BITS-1:0]   channel_part;
  logic [INPUT_BITS-1:0]   start_input;    // of the same channel in lane OFFSET
  logic [DEPTH_BITS-1:0]   start_part;
  logic [LANE_BITS-1:0]    lanes_left;
  logic [WIDTH_BITS-1:0]   columns_left;
  logic [HEIGHT_BITS-1:0]  rows_left;
  logic [CHANNEL_BITS-1:0] channels_left;
  logic                    load_first;     // element 0 of a parameter
  logic                    load_starts;    // another one that begins an output

  wire last_lane = lanes_left == '0;
  wire last_column = columns_left == '0;
  wire last_row = rows_left == '0;
  wire last_channel = channels_left == '0;
  wire weight_ends = last_column && last_row && last_channel;
  wire out_ends = load[0] ? weight_ends : 1'b1;
  wire input_wraps = int'(input_index) + STEP_INPUT >= UNROLL_IN;
  wire channel_wraps = int'(channel_input) == UNROLL_IN - 1;
  wire start_wraps = int'(start_input) == UNROLL_IN - 1;
  wire [INPUT_BITS-1:0] next_channel_input = channel_wraps ? '0 : channel_input + 1'b1;
  wire [INPUT_BITS-1:0] next_start_input = start_wraps ? '0 : start_input + 1'b1;
  wire [DEPTH_BITS-1:0] next_channel_part = channel_part + (channel_wraps ? DEPTH_BITS'(GROUPS) : '0);
  wire [DEPTH_BITS-1:0] next_start_part = start_part + (start_wraps ? DEPTH_BITS'(GROUPS) : '0);

  // To element 0 of an output.
  wire restart_output = par_first && |par_valid || |load && out_ends;
  always_ff @(posedge clk) begin
    load <= par_valid;
    element <= par_data;
    load_bank <= par_bank;
    load_first <= par_first;
    if (par_first && |par_valid) load_starts <= 1'b0;
    else if (|load) load_starts <= out_ends;
    if (restart_output) begin
      columns_left <= WIDTH_BITS'(WIDTH - 1);
      rows_left <= HEIGHT_BITS'(HEIGHT - 1);
      channels_left <= CHANNEL_BITS'(CHANNELS - 1);
      lanes_left <= LANE_BITS'(LANES - 1 - OFFSET);
      word_base <= '0;
      channel_input <= '0;
      channel_part <= '0;
      start_input <= INPUT_BITS'(START_INPUT);
      start_part <= START_PART;
      input_index <= INPUT_BITS'(START_INPUT);
      part_base <= START_PART;
    end else if (|load) begin
      columns_left <= last_column ? WIDTH_BITS'(WIDTH - 1) : columns_left - 1'b1;
      if (last_column) begin
        lanes_left <= LANE_BITS'(LANES - 1 - OFFSET);
        word_base <= last_row ? '0 : word_base + DEPTH_BITS'(PHASES);
        rows_left <= last_row ? HEIGHT_BITS'(HEIGHT - 1) : rows_left - 1'b1;
        input_index <= last_row ? next_start_input : start_input;
        part_base <= last_row ? next_start_part : start_part;
        if (last_row) begin
          channels_left <= channels_left - 1'b1;
          channel_input <= next_channel_input;
          channel_part <= next_channel_part;
          start_input <= next_start_input;
          start_part <= next_start_part;
        end
      end else if (last_lane) begin
        lanes_left <= LANE_BITS'(LANES - 1);
        word_base <= word_base + DEPTH_BITS'(PHASES);
        input_index <= channel_input;
        part_base <= channel_part;
      end else begin
        lanes_left <= lanes_left - 1'b1;
        input_index <= INPUT_BITS'(int'(input_index) + STEP_INPUT - (input_wraps ? UNROLL_IN : 0));
        part_base <= part_base + (input_wraps ? STEP_CARRY : STEP_PARTS);
      end
    end
  end

  // Two more registers: the address is summed, then spread over the device.
  localparam int LANE_COUNT = UNROLL_REQUANTISE > 1 ? $clog2(UNROLL_REQUANTISE) : 1;
  logic [2:0]                   middle;
  logic [31:0]                  middle_data;
  logic [INPUT_BITS-1:0]        middle_input;
  logic                         middle_first, middle_starts;
  logic [DEPTH_BITS-1:0]        middle_at;
  logic [LANE_COUNT-1:0]        middle_lane;   // lane and word of the element's output
  logic [ROUND_BITS-1:0]        middle_round;
  logic                         middle_bank;
  wire                          last_lane_of_round = middle_lane == LANE_COUNT'(UNROLL_REQUANTISE - 1);
  wire [DEPTH_BITS-1:0]         middle_group = GROUPS > 1 ? DEPTH_BITS'(middle_round) : '0;
  always_ff @(posedge clk) begin
    middle <= rst ? '0 : load;
    middle_data <= element;
    middle_input <= input_index;
    middle_at <= word_base + part_base;
    middle_bank <= load_bank;
    middle_first <= load_first;
    middle_starts <= load_starts;
    if (|load && load_first) begin
      middle_lane <= '0;
      middle_round <= '0;
    end else if (|load && load_starts) begin
      middle_lane <= last_lane_of_round ? '0 : middle_lane + 1'b1;
      if (last_lane_of_round) middle_round <= middle_round + 1'b1;
    end
    write <= rst ? '0 : middle;
    write_data <= middle_data;
    write_in <= middle[0] ? UNROLL_IN'(1) << middle_input : '0;
    write_weight <= WEIGHT_ADDRESS'(middle_at + middle_group) + (BANKS > 1 && middle_bank ? WEIGHT_ADDRESS'(DEPTH) : '0);
    write_round <= ROUND_ADDRESS'(middle_round) + (BANKS > 1 && middle_bank ? ROUND_ADDRESS'(ROUNDS) : '0);
    if (|middle && middle_first) begin
      write_out <= UNROLL_OUT'(1);
      write_lane <= UNROLL_REQUANTISE'(1);
    end else if (|middle && middle_starts) begin
      write_out <= write_out << 1 | UNROLL_OUT'(write_out[UNROLL_OUT-1]);
      write_lane <= write_lane << 1 | UNROLL_REQUANTISE'(write_lane[UNROLL_REQUANTISE-1]);
    end
  end
  wire unused = &{1'b0, middle_bank};
endmodule

`default_nettype wire
