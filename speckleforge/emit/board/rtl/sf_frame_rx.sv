// Frame packets to words: pulse id, then the frame's words, and a verdict.
//
// Shapes:  payload bytes in; words of WORD_BITS out, each ceil(WORD_BITS / 8) bytes on the link, lowest byte first;
//          `commit` in the cycle of the last word, or `abort` with nothing to keep.
// Latency: a word leaves when the next one is complete, or at the end of the packet: only then is it known to be last.
// Cost:    about 2 * WORD_BITS + 60 FF, 60 LUT.
`default_nettype none

module sf_frame_rx #(
    parameter int WORD_BITS = 8
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  start,     // a frame packet begins
    input  wire                  valid,
    input  wire  [7:0]           data,
    input  wire                  good,
    input  wire                  bad,
    output logic                 word_valid,
    output logic [WORD_BITS-1:0] word,
    output logic                 word_last,
    output logic                 commit,
    output logic                 abort,
    output logic                 malformed, // with abort: intact, but no whole number of words
    output logic [31:0]          pulse_id
);
  localparam int WORD_BYTES = (WORD_BITS + 7) / 8;
  localparam int BYTE_BITS = WORD_BYTES > 1 ? $clog2(WORD_BYTES) : 1;
  localparam logic [BYTE_BITS-1:0] LAST_BYTE = BYTE_BITS'(WORD_BYTES - 1);

  logic [2:0]              header_left;  // bytes of the pulse id still to come
  logic [BYTE_BITS-1:0]    byte_number;
  logic [8*WORD_BYTES-1:0] partial;      // bytes of the word under way, filled from the top
  logic [WORD_BITS-1:0]    held;
  logic                    held_valid;
  wire  [8*WORD_BYTES+7:0] shifted = {data, partial};
  wire                     complete = byte_number == LAST_BYTE;
  wire                     whole = held_valid && byte_number == '0;

  if (8 * WORD_BYTES > WORD_BITS) begin : g_pad
    wire unused_padding = &{1'b0, shifted[8*WORD_BYTES+7:WORD_BITS+8]};
  end
  wire unused_shifted = &{1'b0, shifted[7:0]};

  always_ff @(posedge clk) begin
    word_valid <= 1'b0;
    word_last <= 1'b0;
    commit <= 1'b0;
    abort <= bad;
    malformed <= 1'b0;
    word <= held;
    if (start) begin
      header_left <= 3'd4;
      byte_number <= '0;
      held_valid <= 1'b0;
    end else if (valid && header_left != 3'd0) begin
      header_left <= header_left - 3'd1;
      pulse_id <= {data, pulse_id[31:8]};
    end else if (valid) begin
      partial <= shifted[8*WORD_BYTES+7:8];
      byte_number <= complete ? '0 : byte_number + 1'b1;
      if (complete) begin
        held <= shifted[WORD_BITS+7:8];
        held_valid <= 1'b1;
        word_valid <= held_valid;
      end
    end else if (good) begin
      word_valid <= whole;
      word_last <= 1'b1;
      commit <= whole;
      abort <= !whole;
      malformed <= !whole;
    end
    if (rst) begin
      word_valid <= 1'b0;
      commit <= 1'b0;
      abort <= 1'b0;
      malformed <= 1'b0;
    end
  end
endmodule
`default_nettype wire
