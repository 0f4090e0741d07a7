// Groups of output channels to words: the last group joins those before it.
//
// Shapes:  in: UNROLL channels of LANES columns, result (lane * UNROLL + o); out: LANES columns of CHANNELS channels,
//          element (lane * CHANNELS + c). BITS bits each. `done` comes with each group in turn, `last` with the last one.
// Latency: none: `push` in the cycle of the last group.
// Cost:    (GROUPS - 1) * LANES * UNROLL * BITS FF.
`default_nettype none

module sf_gather #(
    parameter int LANES    = 1,
    parameter int CHANNELS = 1,
    parameter int UNROLL   = 1,
    parameter int BITS     = 4
) (
    input  wire                            clk,
    input  wire                            done,
    input  wire                            last,
    input  wire  [LANES*UNROLL*BITS-1:0]   results,
    output wire                            push,
    output wire  [LANES*CHANNELS*BITS-1:0] word
);
  localparam int GROUPS = (CHANNELS + UNROLL - 1) / UNROLL;
  localparam int PART = LANES * UNROLL * BITS;

  wire [GROUPS*PART-1:0] gathered;
  assign push = done && last;
  if (GROUPS == 1) begin : g_at_once
    assign gathered = results;
    wire unused_clk = clk;
  end else begin : g_groups
    logic [(GROUPS-1)*PART-1:0] earlier;
    assign gathered = {results, earlier};
    always_ff @(posedge clk) if (done) earlier <= gathered[PART+:(GROUPS-1)*PART];
  end

  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      localparam int FROM = ((c / UNROLL) * LANES + lane) * UNROLL + c % UNROLL;
      assign word[(lane*CHANNELS+c)*BITS+:BITS] = gathered[FROM*BITS+:BITS];
    end
  end
  wire unused_gathered = &{1'b0, gathered};  // the last group may have channels too many
endmodule

`default_nettype wire
