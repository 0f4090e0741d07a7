// CRC-32 of one more byte (reflected polynomial 0xEDB88320, as zlib and Ethernet). Combinational.
//
// Shapes:  32-bit running value (start: all ones) and a byte in; the next running value out.
// Latency: none.
// Cost:    about 50 LUT.
// The CRC that is sent is the complement of the running value, lowest byte first. Taking those four bytes in as well
// leaves the constant RESIDUE for every intact packet.
`default_nettype none

module sf_crc32 (
    input  wire  [31:0] crc,
    input  wire  [ 7:0] data,
    output logic [31:0] next
);
  always_comb begin
    next = crc ^ {24'd0, data};
    for (int i = 0; i < 8; i = i + 1) begin
      next = next[0] ? {1'b0, next[31:1]} ^ 32'hEDB88320 : {1'b0, next[31:1]};
    end
  end
endmodule
`default_nettype wire
