// Delay line: what came CYCLES cycles ago.
//
// Shapes:  BITS bits.
// Latency: CYCLES cycles; none for 0.
// Cost:    BITS * CYCLES FF, or one shift-register LUT for each bit.
`default_nettype none

module sf_delay #(
    parameter int BITS   = 8,
    parameter int CYCLES = 1
) (
    input  wire             clk,
    input  wire  [BITS-1:0] now,
    output wire  [BITS-1:0] late
);
  if (CYCLES == 0) begin : g_none
    assign late = now;
    wire unused_clk = clk;
  end else begin : g_line
    logic [CYCLES*BITS-1:0] line;  // the newest lowest
    assign late = line[(CYCLES-1)*BITS+:BITS];
    if (CYCLES == 1) begin : g_one
      always_ff @(posedge clk) line <= now;
    end else begin : g_more
      always_ff @(posedge clk) line <= {line[(CYCLES-1)*BITS-1:0], now};
    end
  end
endmodule

`default_nettype wire
