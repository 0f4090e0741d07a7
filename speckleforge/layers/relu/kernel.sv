// Rectifier of a signed stream: max(x, 0), one bit less.
//
// Shapes:  in: ELEMENTS of BITS bits, two's complement; out: ELEMENTS of BITS - 1 bits, unsigned.
// Latency: 1 cycle; one word a cycle.
// Cost:    ELEMENTS * (BITS - 1) gates and the output FIFO.
`default_nettype none

module sf_relu #(
    parameter int ELEMENTS = 1,
    parameter int BITS     = 8,
    parameter int FIFO     = 2
) (
    input  wire                          clk,
    input  wire                          rst,
    input  wire                          in_valid,
    output wire                          in_ready,
    input  wire  [ELEMENTS*BITS-1:0]     in_data,
    input  wire                          in_first,
    input  wire                          in_last,
    input  wire  [7:0]                   in_tag,
    output wire                          out_valid,
    input  wire                          out_ready,
    output wire  [ELEMENTS*(BITS-1)-1:0] out_data,
    output wire                          out_first,
    output wire                          out_last,
    output wire  [7:0]                   out_tag
);
  wire step = in_valid && in_ready;
  wire [ELEMENTS*(BITS-1)-1:0] word;

  for (genvar e = 0; e < ELEMENTS; e++) begin : g_element
    wire negative = in_data[e*BITS+BITS-1];
    assign word[e*(BITS-1)+:BITS-1] = negative ? '0 : in_data[e*BITS+:BITS-1];
  end

  sf_fifo #(
      .WIDTH(ELEMENTS * (BITS - 1) + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(in_ready), .reserve(step), .push(step), .push_data({in_first, in_last, in_tag, word}),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
