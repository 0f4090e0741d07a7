// Serial receiver, 8 data bits, no parity, 1 stop bit.
//
// Shapes:  one pin in; one byte out with `valid` for one cycle. Bytes cannot be refused: a UART has no back-pressure.
// Latency: two synchroniser cycles, then `valid` in the middle of the stop bit.
// Cost:    about 45 LUT, 35 FF.
// Each bit is the majority of three samples around its middle, so one spike per bit does no harm, and reception of
// the next byte may start half a bit early, so the sender may be 4 % off (at
// 32 clocks per bit; 2.5 % at 8).
`default_nettype none

module sf_uart_rx #(
    parameter int CLOCKS_PER_BIT = 16  // clock cycles per serial bit, at least 8
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        pin,            // asynchronous, idle high
    output logic       valid,
    output logic [7:0] data,
    output logic       framing_error   // one cycle: the stop bit was low
);
  localparam int COUNT_BITS = $clog2(CLOCKS_PER_BIT);
  localparam int MIDDLE = CLOCKS_PER_BIT / 2 - 1;  // the count starts one cycle after the edge
  localparam int SPREAD = CLOCKS_PER_BIT < 32 ? 1 : CLOCKS_PER_BIT / 16;
  localparam logic [COUNT_BITS-1:0] AT_FIRST = COUNT_BITS'(MIDDLE - SPREAD);
  localparam logic [COUNT_BITS-1:0] AT_SECOND = COUNT_BITS'(MIDDLE);
  localparam logic [COUNT_BITS-1:0] AT_VOTE = COUNT_BITS'(MIDDLE + SPREAD);
  localparam logic [COUNT_BITS-1:0] AT_END = COUNT_BITS'(CLOCKS_PER_BIT - 1);

  localparam logic [3:0] START = 4'd0;  // bit numbers within a character: start, 8 data, stop
  localparam logic [3:0] STOP = 4'd9;

  (* async_reg = "true" *) logic [1:0] sync;
  logic                  busy;
  logic                  armed;  // the line has been high since the last character: a low is a start bit, not a break
  logic [3:0]            bit_number;
  logic [COUNT_BITS-1:0] count;
  logic                  first, second;
  wire                   line = sync[1];
  wire                   vote = (first & second) | (first & line) | (second & line);

  always_ff @(posedge clk) begin
    sync <= {sync[0], pin};
    valid <= 1'b0;
    framing_error <= 1'b0;
    count <= count + 1'b1;
    if (count == AT_FIRST) first <= line;
    if (count == AT_SECOND) second <= line;
    if (!busy) begin
      count <= '0;
      bit_number <= START;
      armed <= armed | line;
      busy <= armed & ~line;
    end else if (count == AT_VOTE && bit_number == START && vote) begin
      busy <= 1'b0;  // a spike, not a start bit
    end else if (count == AT_VOTE && bit_number == STOP) begin
      busy <= 1'b0;
      armed <= vote;
      valid <= vote;
      framing_error <= ~vote;
    end else begin
      if (count == AT_VOTE && bit_number != START) data <= {vote, data[7:1]};
      if (count == AT_END) begin
        count <= '0;
        bit_number <= bit_number + 4'd1;
      end
    end
    if (rst) begin
      busy <= 1'b0;
      armed <= 1'b0;
    end
  end
endmodule
`default_nettype wire
