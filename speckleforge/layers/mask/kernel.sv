// Bad pixels to zero, by a mask that is a parameter.
//
// Shapes:  in and out: LANES columns of CHANNELS channels of BITS bits, unsigned; HEIGHT rows of WIDTH columns from lane
//          OFFSET on. The mask has one bit a pixel (1 good), BANKS sets.
// Latency: 2 cycles; one word a cycle.
// Cost:    LANES * CHANNELS * BITS gates and FF, the memory of the mask, the output FIFO.
`default_nettype none

module sf_mask #(
    parameter int LANES    = 1,
    parameter int CHANNELS = 1,
    parameter int BITS     = 8,
    parameter int WIDTH    = 8,
    parameter int HEIGHT   = 8,
    parameter int OFFSET   = 0,
    parameter int FIFO     = 3,
    parameter int BANKS    = 1
) (
    input  wire                            clk,
    input  wire                            rst,
    input  wire                            in_valid,
    output wire                            in_ready,
    input  wire  [LANES*CHANNELS*BITS-1:0] in_data,
    input  wire                            in_first,
    input  wire                            in_last,
    input  wire  [7:0]                     in_tag,
    output wire                            out_valid,
    input  wire                            out_ready,
    output wire  [LANES*CHANNELS*BITS-1:0] out_data,
    output wire                            out_first,
    output wire                            out_last,
    output wire  [7:0]                     out_tag,
    input  wire  [0:0]                     par_valid,  // mask
    input  wire                            par_first,
    input  wire  [31:0]                    par_data,
    input  wire                            par_bank
);
  localparam int COLUMN_BITS = CHANNELS * BITS;
  wire step = in_valid && in_ready;
  wire unused_data = &{1'b0, par_data[31:1]};

  // Of the word of the step before.
  logic                         active;
  logic [9:0]                   flags;
  logic [LANES*COLUMN_BITS-1:0] word;
  wire  [LANES-1:0]             good;
  wire  [LANES*COLUMN_BITS-1:0] kept;
  always_ff @(posedge clk) begin
    active <= step && !rst;
    flags <= {in_first, in_last, in_tag};
    word <= in_data;
  end

  sf_pixels #(
      .LANES(LANES), .BITS(1), .WIDTH(WIDTH), .HEIGHT(HEIGHT), .OFFSET(OFFSET), .BANKS(BANKS)
  ) mask (
      .clk(clk), .rst(rst), .par_valid(par_valid[0]), .par_first(par_first), .par_data(par_data[0]),
      .par_bank(par_bank), .step(step), .restart(in_first), .bank(in_tag[0]), .pixels(good)
  );
  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    assign kept[lane*COLUMN_BITS+:COLUMN_BITS] = good[lane] ? word[lane*COLUMN_BITS+:COLUMN_BITS] : '0;
  end

  sf_fifo #(
      .WIDTH(LANES * COLUMN_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(in_ready), .reserve(step), .push(active), .push_data({flags, kept}),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
