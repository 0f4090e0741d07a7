// Parameters of the pixels: one for each column of the image, read in step with the words of a stream.
//
// Shapes:  HEIGHT rows of WIDTH elements of BITS bits come in canonical order, one a cycle; a word of LANES of them goes
//          out for each word of a stream whose rows begin at lane OFFSET. Lanes outside the image are don't-care.
// Latency: 1 cycle from `step` to the word's parameters; a loaded word can be read 3 cycles later.
// Cost:    one memory of LANES * BITS bits by the words of a frame x BANKS, a register of its width, some counters.
`default_nettype none

module sf_pixels #(
    parameter int LANES  = 1,
    parameter int BITS   = 8,
    parameter int WIDTH  = 8,
    parameter int HEIGHT = 8,
    parameter int OFFSET = 0,
    parameter int BANKS  = 1
) (
    input  wire                   clk,
    input  wire                   rst,
    input  wire                   par_valid,
    input  wire                   par_first,
    input  wire  [BITS-1:0]       par_data,
    input  wire                   par_bank,
    input  wire                   step,       // a word of the stream
    input  wire                   restart,    // the first one of its frame
    input  wire                   bank,
    output wire  [LANES*BITS-1:0] pixels
);
  localparam int WORDS = HEIGHT * ((WIDTH + OFFSET + LANES - 1) / LANES);
  localparam int ADDRESS_BITS = WORDS * BANKS > 1 ? $clog2(WORDS * BANKS) : 1;
  localparam int COLUMN_BITS = WIDTH > 1 ? $clog2(WIDTH) : 1;
  localparam int LANE_BITS = LANES > 1 ? $clog2(LANES) : 1;
  localparam logic [LANE_BITS-1:0] FIRST_LANE = LANE_BITS'(OFFSET);
  localparam logic [ADDRESS_BITS-1:0] SECOND_BANK = BANKS > 1 ? ADDRESS_BITS'(WORDS) : '0;

  // ---- Load: elements gather in their lanes; the last one of a word, or of a row, writes it ------------------------------

  logic                    load, load_first, load_bank;
  logic [BITS-1:0]         element;
  logic [COLUMN_BITS-1:0]  column_held;
  logic [LANE_BITS-1:0]    lane_held;
  logic [ADDRESS_BITS-1:0] address_held;
  wire  [COLUMN_BITS-1:0]  column = load_first ? '0 : column_held;
  wire  [LANE_BITS-1:0]    lane = load_first ? FIRST_LANE : lane_held;
  wire  [ADDRESS_BITS-1:0] address = load_first ? (load_bank ? SECOND_BANK : '0) : address_held;
  wire                     row_ends = column == COLUMN_BITS'(WIDTH - 1);
  wire                     word_ends = row_ends || lane == LANE_BITS'(LANES - 1);
  logic                    write;
  logic [ADDRESS_BITS-1:0] write_address;
  logic [LANES*BITS-1:0]   gathered;

  always_ff @(posedge clk) begin
    load <= par_valid && !rst;
    load_first <= par_first;
    load_bank <= par_bank;
    element <= par_data;
    if (load) begin
      column_held <= row_ends ? '0 : column + 1'b1;
      lane_held <= row_ends ? FIRST_LANE : word_ends ? '0 : lane + 1'b1;
      address_held <= word_ends ? address + 1'b1 : address;
    end
    write <= load && word_ends && !rst;
    write_address <= address;
  end
  for (genvar l = 0; l < LANES; l++) begin : g_lane
    always_ff @(posedge clk) if (load && lane == LANE_BITS'(l)) gathered[l*BITS+:BITS] <= element;
  end

  // ---- Read ---------------------------------------------------------------------------------------------------------

  logic [ADDRESS_BITS-1:0] read_held;
  wire  [ADDRESS_BITS-1:0] read_address = restart ? (bank ? SECOND_BANK : '0) : read_held;
  always_ff @(posedge clk) if (step) read_held <= read_address + 1'b1;

  sf_memory #(
      .WIDTH(LANES * BITS), .DEPTH(WORDS * BANKS)
  ) memory (
      .clk(clk), .write(write), .write_address(write_address), .write_data(gathered), .address(read_address),
      .data(pixels)
  );
endmodule

`default_nettype wire
