// Serial transmitter, 8 data bits, no parity, 1 stop bit.
//
// Shapes:  one byte in by valid/ready; one pin out, idle high.
// Latency: the start bit begins one cycle after the byte is taken; a byte takes 10 * CLOCKS_PER_BIT cycles.
// Cost:    about 30 LUT, 25 FF.
`default_nettype none

module sf_uart_tx #(
    parameter int CLOCKS_PER_BIT = 16  // clock cycles per serial bit, at least 2
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        valid,
    output logic       ready,
    input  wire  [7:0] data,
    output logic       pin
);
  localparam int COUNT_BITS = $clog2(CLOCKS_PER_BIT);
  localparam logic [COUNT_BITS-1:0] AT_END = COUNT_BITS'(CLOCKS_PER_BIT - 1);

  logic [9:0]            shift;      // stop bit, data, start bit; sent from bit 0
  logic [3:0]            bits_left;  // bits not yet finished, 0 when idle
  logic [COUNT_BITS-1:0] count;

  assign ready = bits_left == 4'd0;
  assign pin = shift[0];

  always_ff @(posedge clk) begin
    if (rst) begin
      shift <= '1;
      bits_left <= 4'd0;
      count <= '0;
    end else if (ready) begin
      count <= '0;
      if (valid) begin
        shift <= {1'b1, data, 1'b0};
        bits_left <= 4'd10;
      end
    end else if (count == AT_END) begin
      count <= '0;
      shift <= {1'b1, shift[9:1]};
      bits_left <= bits_left - 4'd1;
    end else begin
      count <= count + 1'b1;
    end
  end
endmodule
`default_nettype wire
