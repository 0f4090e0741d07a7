// Companding: the number of thresholds that a word reaches.
//
// Shapes:  in: ELEMENTS unsigned of BITS bits; out: ELEMENTS unsigned of OUT_BITS bits; 2**OUT_BITS - 1 thresholds of
//          BITS + 1 bits, in any order, shared by all elements, BANKS sets.
// Latency: 3 + ceil(OUT_BITS / 2) cycles; one word a cycle.
// Cost:    2**OUT_BITS - 1 comparators and a count for each element: for a few bits of output.
`default_nettype none

module sf_compand #(
    parameter int ELEMENTS = 1,
    parameter int BITS     = 8,
    parameter int OUT_BITS = 4,
    parameter int FIFO     = 8,
    parameter int BANKS    = 1
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
    output wire  [ELEMENTS*OUT_BITS-1:0] out_data,
    output wire                          out_first,
    output wire                          out_last,
    output wire  [7:0]                   out_tag,
    input  wire  [0:0]                   par_valid,  // thresholds
    input  wire                          par_first,
    input  wire  [31:0]                  par_data,
    input  wire                          par_bank
);
  localparam int THRESHOLDS = (1 << OUT_BITS) - 1;
  localparam int THRESHOLD_BITS = BITS + 1;
  localparam int TREE = ($clog2(THRESHOLDS) + 1) / 2;  // stages of the count
  localparam int DONE = 2 + TREE;
  localparam int SUM_BITS = 2 + $clog2(THRESHOLDS);    // terms are two bits wide: their sign is 0

  wire step = in_valid && in_ready;

  // What travels with a word; index 1 is the cycle after the step.
  logic [DONE:1]          active;
  logic [DONE:1][9:0]     flags;
  logic [ELEMENTS*BITS-1:0] word;
  always_ff @(posedge clk) begin
    active <= rst ? '0 : {active[DONE-1:1], step};
    flags <= {flags[DONE-1:1], in_first, in_last, in_tag};
    word <= in_data;
  end

  // ---- Thresholds: a shift register a bank, filled from the last one on ----------------------------------------------

  logic        load;
  logic [31:0] element;
  logic        load_bank;
  logic [BANKS*THRESHOLDS*THRESHOLD_BITS-1:0] thresholds;
  logic [THRESHOLDS*THRESHOLD_BITS-1:0]       chosen;  // of the bank of the word, in the same cycle as the word
  wire         unused_load = &{1'b0, par_first, element, load_bank};
  always_ff @(posedge clk) begin
    load <= par_valid[0] && !rst;
    element <= par_data;
    load_bank <= par_bank;
  end
  for (genvar bank = 0; bank < BANKS; bank++) begin : g_bank
    localparam int SET_BITS = THRESHOLDS * THRESHOLD_BITS;
    logic [SET_BITS-1:0] set;
    assign thresholds[bank*SET_BITS+:SET_BITS] = set;
    always_ff @(posedge clk)
      if (load && (BANKS == 1 || load_bank == 1'(bank))) set <= SET_BITS'({element[THRESHOLD_BITS-1:0], set} >> THRESHOLD_BITS);
  end
  always_ff @(posedge clk)
    chosen <= BANKS > 1 && in_tag[0] ? thresholds[(BANKS-1)*THRESHOLDS*THRESHOLD_BITS+:THRESHOLDS*THRESHOLD_BITS]
                                     : thresholds[0+:THRESHOLDS*THRESHOLD_BITS];

  // ---- Compare and count --------------------------------------------------------------------------------------------

  wire [ELEMENTS*OUT_BITS-1:0] levels;
  for (genvar e = 0; e < ELEMENTS; e++) begin : g_element
    logic [THRESHOLDS*2-1:0] reached;
    for (genvar t = 0; t < THRESHOLDS; t++) begin : g_threshold
      wire [THRESHOLD_BITS-1:0] threshold = chosen[t*THRESHOLD_BITS+:THRESHOLD_BITS];
      always_ff @(posedge clk) reached[2*t+:2] <= {1'b0, {1'b0, word[e*BITS+:BITS]} >= threshold};
    end
    wire [SUM_BITS-1:0] count;
    sf_add_tree #(
        .INPUTS(THRESHOLDS), .BITS(2), .LEVELS_PER_STAGE(2)
    ) tree (
        .clk(clk), .terms(reached), .sum(count)
    );
    assign levels[e*OUT_BITS+:OUT_BITS] = count[OUT_BITS-1:0];
    wire unused_count = &{1'b0, count[SUM_BITS-1:OUT_BITS]};
  end

  sf_fifo #(
      .WIDTH(ELEMENTS * OUT_BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(in_ready), .reserve(step), .push(active[DONE]), .push_data({flags[DONE], levels}),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
