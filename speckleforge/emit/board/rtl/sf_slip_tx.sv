// SLIP encoder (RFC 1055): END, the packet's bytes with escapes, END.
//
// Shapes:  packet bytes in by valid/ready with first and last; link bytes out by valid/ready.
// Latency: one link byte for the opening END; each byte passes in one cycle when the link is ready.
// Cost:    about 25 LUT, 3 FF.
// A packet opens with END too: noise since the last packet then ends there instead of joining this one.
`default_nettype none

module sf_slip_tx (
    input  wire        clk,
    input  wire        rst,
    input  wire        in_valid,
    output logic       in_ready,
    input  wire  [7:0] in_data,
    input  wire        in_first,
    input  wire        in_last,
    output logic       out_valid,
    input  wire        out_ready,
    output logic [7:0] out_data
);
  localparam logic [7:0] END = 8'hC0;
  localparam logic [7:0] ESC = 8'hDB;
  localparam logic [7:0] ESC_END = 8'hDC;
  localparam logic [7:0] ESC_ESC = 8'hDD;

  logic opened;   // the opening END of this packet is sent
  logic escaped;  // ESC is sent, its second byte follows
  logic closing;  // all bytes are sent, END follows
  wire  special = in_data == END || in_data == ESC;
  wire  open = in_valid && in_first && !opened;
  wire  whole = in_valid && !open && (escaped || !special);  // this link byte finishes the input byte

  always_comb begin
    out_data = in_data;
    if (closing || open) out_data = END;
    else if (escaped) out_data = in_data == END ? ESC_END : ESC_ESC;
    else if (special) out_data = ESC;
  end
  assign out_valid = closing || in_valid;
  assign in_ready = out_ready && !closing && whole;

  always_ff @(posedge clk) begin
    if (rst) begin
      opened <= 1'b0;
      escaped <= 1'b0;
      closing <= 1'b0;
    end else if (out_valid && out_ready) begin
      if (closing) begin
        closing <= 1'b0;
        opened <= 1'b0;
      end else begin
        opened <= 1'b1;
        escaped <= !open && !whole;
        closing <= whole && in_last;
      end
    end
  end
endmodule
`default_nettype wire
