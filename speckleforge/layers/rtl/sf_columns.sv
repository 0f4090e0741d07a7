// Column history of one row: the last COLUMNS - 1 columns before a word, and the word itself.
//
// Shapes:  words of LANES columns of BITS bits, the leftmost lowest; window of COLUMNS - 1 + LANES columns likewise.
//          A row begins with PAD in the history where PAD_LEFT is set; otherwise with whatever was there.
// Latency: 1 cycle; the window stays until the next word.
// Cost:    (COLUMNS - 1 + LANES) * BITS FF.
`default_nettype none

module sf_columns #(
    parameter int              LANES    = 1,
    parameter int              COLUMNS  = 3,
    parameter int              BITS     = 8,
    parameter bit              PAD_LEFT = 1'b0,
    parameter logic [BITS-1:0] PAD      = '0
) (
    input  wire                               clk,
    input  wire                               valid,
    input  wire                               first_word,
    input  wire  [LANES*BITS-1:0]             word,
    output logic [(COLUMNS-1+LANES)*BITS-1:0] window
);
  if (COLUMNS == 1) begin : g_none
    wire unused_first = first_word;
    always_ff @(posedge clk) if (valid) window <= word;
  end else begin : g_history
    wire [(COLUMNS-1)*BITS-1:0] past = window[LANES*BITS+:(COLUMNS-1)*BITS];
    wire fresh = PAD_LEFT && first_word;
    always_ff @(posedge clk) if (valid) window <= {word, fresh ? {(COLUMNS - 1) {PAD}} : past};
  end
endmodule

`default_nettype wire
