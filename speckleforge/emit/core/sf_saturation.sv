// Saturation: tells of each frame of a stream whether an element of it stands at an end of its range.
//
// Shapes:  a stream's words as they move: LANES columns of CHANNELS elements of BITS, rows of ROW_WORDS words, columns OFFSET to
//          OFFSET + WIDTH - 1 of a row are the image's, the rest is don't-care. Unsigned: all ones; signed: both ends.
// Latency: `saturated` three cycles after a frame's last word.
// Cost:    about LANES * CHANNELS * (BITS + 3) / 4 LUT, LANES + 10 FF.
`default_nettype none

module sf_saturation #(
    parameter int LANES = 1,
    parameter int CHANNELS = 1,
    parameter int BITS = 8,
    parameter int SIGNED = 0,
    parameter int WIDTH = 8,
    parameter int OFFSET = 0,
    parameter int WORD_BITS = LANES * CHANNELS * BITS  // leave as it is
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 moves,
    input  wire [WORD_BITS-1:0] data,
    input  wire                 first,
    input  wire                 last,
    output logic                saturated  // one cycle a frame
);
  localparam int ROW_WORDS = (WIDTH + OFFSET + LANES - 1) / LANES;
  localparam int ROW_BITS = $clog2(ROW_WORDS + 1);

  logic [ROW_BITS-1:0] row_word;  // of the word that comes, unless it is the first
  wire  [ROW_BITS-1:0] at = first ? '0 : row_word;
  wire                 row_ends = at == ROW_BITS'(ROW_WORDS - 1);
  logic [LANES-1:0]    ends;      // a lane of the image has an element at an end
  logic                any, hit, held, held_last, closes;

  for (genvar p = 0; p < LANES; p = p + 1) begin : g_lane
    localparam bit HIDDEN_FIRST = p < OFFSET;
    localparam bit HIDDEN_LAST = (ROW_WORDS - 1) * LANES - OFFSET + p >= WIDTH;
    wire                hidden = (HIDDEN_FIRST && at == '0) || (HIDDEN_LAST && row_ends);
    wire [CHANNELS-1:0] found;
    for (genvar c = 0; c < CHANNELS; c = c + 1) begin : g_channel
      wire [BITS-1:0] value = data[(p*CHANNELS+c)*BITS+:BITS];
      if (SIGNED != 0) begin : g_signed
        assign found[c] = value[BITS-2:0] == {(BITS - 1) {!value[BITS-1]}};
      end else begin : g_unsigned
        assign found[c] = &value;
      end
    end
    always_ff @(posedge clk) ends[p] <= !hidden && |found;
  end

  always_ff @(posedge clk) begin
    held <= moves;
    held_last <= last;
    hit <= held && |ends;
    closes <= held && held_last;
    saturated <= closes && (any || hit);
    any <= !closes && (any || hit);
    if (moves) row_word <= row_ends ? '0 : at + 1'b1;
    if (rst) begin
      held <= 1'b0;
      hit <= 1'b0;
      any <= 1'b0;
      closes <= 1'b0;
      saturated <= 1'b0;
    end
  end
endmodule
`default_nettype wire
