// Read-back: what the loader wrote into each bank that a host may want to see again: the image's CRC and the veto's threshold.
//
// Shapes:  one write a cycle, of either; the word {threshold or CRC, bank} at `addr` out, 0 where the bank holds no checked image.
// Latency: none from `addr`.
// Cost:    4 x 32 bits of LUT RAM, about 40 LUT.
`default_nettype none

module sf_readback (
    input  wire         clk,
    input  wire         bank,
    input  wire         write_crc,
    input  wire  [31:0] crc,
    input  wire         write_threshold,
    input  wire  [31:0] threshold,
    input  wire  [1:0]  loaded,
    input  wire  [1:0]  addr,
    output logic [31:0] value
);
  logic [31:0] words[0:3];

  assign value = loaded[addr[0]] ? words[addr] : 32'd0;

  always_ff @(posedge clk) begin
    if (write_crc || write_threshold) words[{write_threshold, bank}] <= write_threshold ? threshold : crc;
  end
endmodule
`default_nettype wire
