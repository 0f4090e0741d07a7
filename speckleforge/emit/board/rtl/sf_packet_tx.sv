// Packet sender: a whole packet in at once, its bytes and CRC-32 out as SLIP.
//
// Shapes:  `length` bytes of `data`, lowest byte first (the kind is byte 0), by valid/ready; link bytes by valid/ready.
// Latency: the first link byte is offered two cycles after the packet is taken; a byte follows the one before by two.
// Cost:    about 8 * MAX_BYTES FF and as many LUT, and 120 LUT, 60 FF.
// A byte is held in a register of its own while the encoder works on it, and the next is cut off only after it has left:
// so whether the line is ready never reaches the shift register or the CRC in the same cycle.
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
  logic [LENGTH_BITS-1:0] left;      // payload bytes still to cut off
  logic [2:0]             crc_left;  // CRC bytes still to cut off
  logic                   busy;      // some of either
  logic                   first;
  logic [31:0]            crc;
  logic [31:0]            next_crc;
  logic                   held_valid, held_first, held_last, held_ready;
  logic [7:0]             held;
  wire                    payload = left != '0;
  wire                    final_byte = !payload && crc_left == 3'd1;
  wire                    take = busy && !held_valid;

  assign ready = !busy;

  sf_crc32 u_crc (
      .crc (crc),
      .data(shift[7:0]),
      .next(next_crc)
  );

  sf_slip_tx u_slip (
      .clk      (clk),
      .rst      (rst),
      .in_valid (held_valid),
      .in_ready (held_ready),
      .in_data  (held),
      .in_first (held_first),
      .in_last  (held_last),
      .out_valid(out_valid),
      .out_ready(out_ready),
      .out_data (out_data)
  );

  always_ff @(posedge clk) begin
    if (ready && valid) begin
      shift <= data;
      left <= length;
      crc_left <= 3'd4;
      first <= 1'b1;
      crc <= '1;
    end else if (take) begin
      held <= payload ? shift[7:0] : ~crc[7:0];
      held_first <= first;
      held_last <= final_byte;
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

  always_ff @(posedge clk) begin
    if (ready) busy <= valid;
    else if (take && final_byte) busy <= 1'b0;
    if (take) held_valid <= 1'b1;
    else if (held_ready) held_valid <= 1'b0;
    if (rst) begin
      busy <= 1'b0;
      held_valid <= 1'b0;
    end
  end
endmodule
`default_nettype wire
