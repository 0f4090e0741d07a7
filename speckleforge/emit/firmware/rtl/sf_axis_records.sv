// Result records to an AXI4-Stream: a frame a record.
//
// Shapes:  entries {last, dest, data} by valid/ready in; beats out, TAIL_BYTES bytes in the last one.
// Latency: none; wiring and one register.
// Cost:    1 FF, a few LUT.
//
// tUser: bit 1 with the first beat: start of frame; bit 0, the end-of-frame error, is never set: what is wrong with a frame
// stands in its record.
`default_nettype none

module sf_axis_records #(
    parameter int DATA_BITS = 256,
    parameter int TAIL_BYTES = 16
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    in_valid,
    output logic                   in_ready,
    input  wire  [DATA_BITS+8:0]   in_entry,
    output logic                   tvalid,
    input  wire                    tready,
    output logic [DATA_BITS-1:0]   tdata,
    output logic [DATA_BITS/8-1:0] tkeep,
    output logic                   tlast,
    output logic [7:0]             tdest,
    output logic [1:0]             tuser,
    output logic                   sent    // one cycle: a record left
);
  localparam int BYTES = DATA_BITS / 8;

  logic first;

  assign in_ready = tready;
  assign tvalid = in_valid;
  assign {tlast, tdest, tdata} = in_entry;
  assign tkeep = tlast ? {BYTES{1'b1}} >> (BYTES - TAIL_BYTES) : {BYTES{1'b1}};
  assign tuser = {first, 1'b0};

  always_ff @(posedge clk) begin
    sent <= tvalid && tready && tlast && !rst;
    if (rst) first <= 1'b1;
    else if (tvalid && tready) first <= tlast;
  end
endmodule
`default_nettype wire
