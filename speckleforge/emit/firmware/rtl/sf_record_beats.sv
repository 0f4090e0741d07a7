// Result records to beats: the record of RES_BITS in BEATS beats of DATA_BITS, lowest bits first.
//
// Shapes:  records with their destination by valid/ready in; entries {last, dest, data} out while `free` is not 0.
// Latency: one cycle; a record takes BEATS cycles.
// Cost:    BEATS * DATA_BITS + 16 FF, about as many LUT.
`default_nettype none

module sf_record_beats #(
    parameter int RES_BITS = 384,
    parameter int DATA_BITS = 256,
    parameter int BEATS = 2,
    parameter int FREE_BITS = 10
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  res_valid,
    output logic                 res_ready,
    input  wire  [RES_BITS-1:0]  res_data,
    input  wire  [7:0]           res_dest,
    input  wire  [FREE_BITS-1:0] free,
    output logic                 write,
    output logic [DATA_BITS+8:0] entry
);
  localparam int COUNT_BITS = $clog2(BEATS + 1);

  logic [BEATS*DATA_BITS-1:0] shift;
  logic [7:0]                 dest;
  logic [COUNT_BITS-1:0]      left;
  logic                       room;

  assign res_ready = left == '0 && room;
  assign write = left != '0;
  assign entry = {left == COUNT_BITS'(1), dest, shift[DATA_BITS-1:0]};

  always_ff @(posedge clk) begin
    if (res_ready) begin
      shift <= (BEATS * DATA_BITS)'(res_data);
      dest <= res_dest;
    end else begin
      shift <= shift >> DATA_BITS;
    end
  end

  always_ff @(posedge clk) begin
    room <= free > FREE_BITS'(BEATS + 2);  // what is under way is not yet in `free`
    if (write) left <= left - 1'b1;
    if (res_valid && res_ready) left <= COUNT_BITS'(BEATS);
    if (rst) begin
      room <= 1'b0;
      left <= '0;
    end
  end
endmodule
`default_nettype wire
