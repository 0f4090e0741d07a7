// Packet sender: a whole packet in at once, its bytes and CRC-32 out as SLIP.
//
// Shapes:  `length` bytes of `data`, lowest byte first (the kind is byte 0), by valid/ready; link bytes by valid/ready.
// Latency: the first link byte is offered one cycle after the packet is taken.
// Cost:    about 8 * MAX_BYTES FF and as many LUT, and 120 LUT, 45 FF.
`default_nettype none

module sf_packet_tx #(
    parameter int MAX_BYTES = 8  // longest packet without its CRC
) (
    input  wire                           clk,
    input  wire                           rst,
    input  wire                           valid,
    output logic                          ready,
    input  wire  [8*MAX_BYTES-1:0]        data,
    input  wire  [$clog2(MAX_BYTES+1)-1:0] length,
    output logic                          out_valid,
    input  wire                           out_ready,
    output logic [7:0]                    out_data
);
  localparam int LENGTH_BITS = $clog2(MAX_BYTES + 1);

  logic [8*MAX_BYTES-1:0] shift;
  logic [LENGTH_BITS-1:0] left;      // payload bytes still to send
  logic [2:0]             crc_left;  // CRC bytes still to send
  logic                   first;
  logic [31:0]            crc;
  logic [31:0]            next_crc;
  logic                   byte_ready;
  wire                    payload = left != '0;
  wire                    busy = payload || crc_left != 3'd0;
  wire  [7:0]             byte_data = payload ? shift[7:0] : ~crc[7:0];

  assign ready = !busy;

  sf_crc32 u_crc (
      .crc (crc),
      .data(shift[7:0]),
      .next(next_crc)
  );

  sf_slip_tx u_slip (
      .clk      (clk),
      .rst      (rst),
      .in_valid (busy),
      .in_ready (byte_ready),
      .in_data  (byte_data),
      .in_first (first),
      .in_last  (!payload && crc_left == 3'd1),
      .out_valid(out_valid),
      .out_ready(out_ready),
      .out_data (out_data)
  );

  always_ff @(posedge clk) begin
    if (rst) begin
      left <= '0;
      crc_left <= 3'd0;
    end else if (ready && valid) begin
      shift <= data;
      left <= length;
      crc_left <= 3'd4;
      first <= 1'b1;
      crc <= '1;
    end else if (busy && byte_ready) begin
      first <= 1'b0;
      shift <= shift >> 8;
      if (payload) begin
        left <= left - 1'b1;
        crc <= next_crc;
      end else begin
        crc_left <= crc_left - 3'd1;
        crc <= {8'hFF, crc[31:8]};
      end
    end
  end
endmodule
`default_nettype wire
