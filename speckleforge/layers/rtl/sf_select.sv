// One of many words, chosen by a one-hot index: ANDs and ORs, which take fewer LUTs than a multiplexer or a shift register.
//
// Shapes:  ROWS words of WIDTH bits, the lowest first; the row whose bit of `hot` is set comes out, 0 where none is.
// Latency: 1 cycle, more than SPAN rows: 2. Rows and index may change every cycle.
// Cost:    about ROWS * WIDTH * 0.45 LUT6 or 0.7 LUT4.
`default_nettype none

module sf_select #(
    parameter int WIDTH = 8,
    parameter int ROWS  = 4,
    parameter int SPAN  = 32
) (
    input  wire                  clk,
    input  wire [ROWS*WIDTH-1:0] rows,
    input  wire [ROWS-1:0]       hot,
    output wire [WIDTH-1:0]      row
);
  localparam int PARTS = (ROWS + SPAN - 1) / SPAN;

  logic [PARTS*WIDTH-1:0] chosen;  // of SPAN rows each
  for (genvar p = 0; p < PARTS; p++) begin : g_part
    localparam int HERE = p < PARTS - 1 ? SPAN : ROWS - p * SPAN;
    for (genvar b = 0; b < WIDTH; b++) begin : g_bit
      wire [HERE-1:0] column;
      for (genvar r = 0; r < HERE; r++) begin : g_row
        assign column[r] = rows[(p*SPAN+r)*WIDTH+b];
      end
      always_ff @(posedge clk) chosen[p*WIDTH+b] <= |(column & hot[p*SPAN+:HERE]);
    end
  end
  if (PARTS == 1) begin : g_one
    assign row = chosen;
  end else begin : g_join
    logic [WIDTH-1:0] joined;
    for (genvar b = 0; b < WIDTH; b++) begin : g_bit
      wire [PARTS-1:0] column;
      for (genvar p = 0; p < PARTS; p++) begin : g_part
        assign column[p] = chosen[p*WIDTH+b];
      end
      always_ff @(posedge clk) joined[b] <= |column;
    end
    assign row = joined;
  end
endmodule

`default_nettype wire
