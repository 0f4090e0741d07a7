// Dark level off each pixel: max(x - pedestal, 0).
//
// Shapes:  in and out: LANES columns of CHANNELS channels of BITS bits, unsigned; HEIGHT rows of WIDTH columns from lane
//          OFFSET on. The pedestal has BITS bits a pixel, BANKS sets.
// Latency: 3 cycles; one word a cycle.
// Cost:    a subtracter for each element, the memory of the pedestal, the output FIFO.
`default_nettype none

module sf_pedestal #(
    parameter int LANES    = 1,
    parameter int CHANNELS = 1,
    parameter int BITS     = 8,
    parameter int WIDTH    = 8,
    parameter int HEIGHT   = 8,
    parameter int OFFSET   = 0,
    parameter int FIFO     = 4,
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
    input  wire  [0:0]                     par_valid,  // pedestal
    input  wire                            par_first,
    input  wire  [31:0]                    par_data,
    input  wire                            par_bank
);
  wire step = in_valid && in_ready;
  wire unused_data = &{1'b0, par_data[31:BITS]};

  // Index 1: the word of the step before, beside its pedestal; index 2: the difference.
  logic [2:1]                     active;
  logic [2:1][9:0]                flags;
  logic [LANES*CHANNELS*BITS-1:0] word, above;
  wire  [LANES*BITS-1:0]          levels;
  always_ff @(posedge clk) begin
    active <= rst ? '0 : {active[1], step};
    flags <= {flags[1], in_first, in_last, in_tag};
    word <= in_data;
  end

  sf_pixels #(
      .LANES(LANES), .BITS(BITS), .WIDTH(WIDTH), .HEIGHT(HEIGHT), .OFFSET(OFFSET), .BANKS(BANKS)
  ) pedestal (
      .clk(clk), .rst(rst), .par_valid(par_valid[0]), .par_first(par_first), .par_data(par_data[BITS-1:0]),
      .par_bank(par_bank), .step(step), .restart(in_first), .bank(in_tag[0]), .pixels(levels)
  );
  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      localparam int FROM = (lane * CHANNELS + c) * BITS;
      wire [BITS:0] difference = {1'b0, word[FROM+:BITS]} - {1'b0, levels[lane*BITS+:BITS]};
      always_ff @(posedge clk) above[FROM+:BITS] <= difference[BITS] ? '0 : difference[BITS-1:0];
    end
  end

  sf_fifo #(
      .WIDTH(LANES * CHANNELS * BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(in_ready), .reserve(step), .push(active[2]), .push_data({flags[2], above}),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
