// Packet checker: splits type, payload and CRC-32, and says at the end whether the packet may be believed.
//
// Shapes:  decoded SLIP bytes in; payload bytes out, each with the packet's `kind`; then `good` or `bad` for one cycle.
// Latency: payload comes four bytes late, because only the END tells which four bytes are the CRC.
// Cost:    about 90 LUT, 90 FF.
// Receivers must undo what they did with the payload when `bad` comes.
`default_nettype none

module sf_packet_rx (
    input  wire        clk,
    input  wire        rst,
    input  wire        in_valid,
    input  wire  [7:0] in_data,
    input  wire        in_end,
    input  wire        in_bad,
    output logic       start,      // one cycle, before any payload: `kind` is valid from here to good or bad
    output logic [7:0] kind,
    output logic       valid,
    output logic [7:0] data,
    output logic       good,
    output logic       bad
);
  localparam logic [31:0] RESIDUE = 32'hDEBB20E3;

  logic [31:0] crc;
  logic [31:0] next_crc;
  logic [31:0] delay;  // the last four bytes, oldest lowest
  logic [ 2:0] count;  // bytes so far, up to 6: 4 are held back, the fifth lets the kind out

  sf_crc32 u_crc (
      .crc (crc),
      .data(in_data),
      .next(next_crc)
  );

  always_ff @(posedge clk) begin
    start <= 1'b0;
    valid <= 1'b0;
    good <= 1'b0;
    bad <= 1'b0;
    data <= delay[7:0];
    if (in_valid) begin
      crc <= next_crc;
      delay <= {in_data, delay[31:8]};
      if (count != 3'd6) count <= count + 3'd1;
      start <= count == 3'd4;
      valid <= count > 3'd4;
      if (count == 3'd4) kind <= delay[7:0];
    end
    if (in_end) begin
      crc <= '1;
      count <= 3'd0;
      // Two END marks in a row are no packet.
      good <= count > 3'd4 && crc == RESIDUE && !in_bad;
      bad <= count != 3'd0 && !(count > 3'd4 && crc == RESIDUE && !in_bad);
    end
    if (rst) begin
      crc <= '1;
      count <= 3'd0;
      start <= 1'b0;
      valid <= 1'b0;
      good <= 1'b0;
      bad <= 1'b0;
    end
  end
endmodule
`default_nettype wire
