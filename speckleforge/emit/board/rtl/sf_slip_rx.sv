// SLIP decoder (RFC 1055): bytes between END marks, with escapes removed.
//
// Shapes:  one byte in per `in_valid` cycle; one byte out per `out_valid` cycle, `out_end` after the last of a packet.
// Latency: one cycle.
// Cost:    about 15 LUT, 12 FF.
// An END always ends whatever was being received, so one lost or broken packet never hides the next. `out_bad` comes
// with `out_end` where an escape was illegal or the link reported an error inside the packet.
`default_nettype none

module sf_slip_rx (
    input  wire        clk,
    input  wire        rst,
    input  wire        in_valid,
    input  wire  [7:0] in_data,
    input  wire        in_error,   // the link lost a byte here
    output logic       out_valid,
    output logic [7:0] out_data,
    output logic       out_end,
    output logic       out_bad
);
  localparam logic [7:0] END = 8'hC0;
  localparam logic [7:0] ESC = 8'hDB;
  localparam logic [7:0] ESC_END = 8'hDC;
  localparam logic [7:0] ESC_ESC = 8'hDD;

  logic escaped;
  logic broken;

  always_ff @(posedge clk) begin
    out_valid <= 1'b0;
    out_end <= 1'b0;
    out_data <= in_data;
    if (in_valid && in_data == END) begin
      out_end <= 1'b1;
      out_bad <= broken | escaped | in_error;
      escaped <= 1'b0;
      broken <= 1'b0;
    end else begin
      if (in_error) broken <= 1'b1;
      if (in_valid) begin
        escaped <= in_data == ESC;
        out_valid <= in_data != ESC;
        if (escaped) begin
          if (in_data == ESC_END) out_data <= END;
          else if (in_data == ESC_ESC) out_data <= ESC;
          else broken <= 1'b1;
        end
      end
    end
    if (rst) begin
      escaped <= 1'b0;
      broken <= 1'b0;
      out_valid <= 1'b0;
      out_end <= 1'b0;
    end
  end
endmodule
`default_nettype wire
