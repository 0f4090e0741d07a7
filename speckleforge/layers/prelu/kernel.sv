// Rectifier with a learned slope: x where x >= 0, else saturate(round_half_even(x * slope * 2**-shift)).
//
// Shapes:  in and out: ELEMENTS of BITS bits, two's complement; one slope and one shift for all, BANKS sets.
//          UNROLL elements a cycle: a word takes PHASES = ceil(ELEMENTS / UNROLL) cycles.
// Latency: PHASES + 2 + ceil(SHIFT_BITS / 2) + 2 cycles.
// Cost:    UNROLL multipliers and requantisers, a register of the word.
`default_nettype none

module sf_prelu #(
    parameter int ELEMENTS   = 4,
    parameter int BITS       = 8,
    parameter int SLOPE_BITS = 8,
    parameter int SHIFT_BITS = 4,
    parameter int UNROLL     = 2,
    parameter int FIFO       = 8,
    parameter int BANKS      = 1
) (
    input  wire                      clk,
    input  wire                      rst,
    input  wire                      in_valid,
    output wire                      in_ready,
    input  wire  [ELEMENTS*BITS-1:0] in_data,
    input  wire                      in_first,
    input  wire                      in_last,
    input  wire  [7:0]               in_tag,
    output wire                      out_valid,
    input  wire                      out_ready,
    output wire  [ELEMENTS*BITS-1:0] out_data,
    output wire                      out_first,
    output wire                      out_last,
    output wire  [7:0]               out_tag,
    input  wire  [1:0]               par_valid,  // slope, shift
    input  wire                      par_first,
    input  wire  [31:0]              par_data,
    input  wire                      par_bank
);
  localparam int PHASES = (ELEMENTS + UNROLL - 1) / UNROLL;
  localparam int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1;
  localparam int PART = UNROLL * BITS;
  localparam int PRODUCT_BITS = BITS + SLOPE_BITS;
  localparam int DONE = 1 + (SHIFT_BITS + 1) / 2 + 2;  // a product, then its requantiser

  // ---- Slope and shift: of each bank, and those of the word at hand --------------------------------------------------

  logic [1:0]                         load;
  logic                               load_bank;
  logic [31:0]                        element;
  logic [BANKS-1:0][SLOPE_BITS-1:0]   slopes;
  logic [BANKS-1:0][SHIFT_BITS-1:0]   shifts;
  logic [SLOPE_BITS-1:0]              slope;
  logic [SHIFT_BITS-1:0]              shift, product_shift;
  wire                                bank = BANKS > 1 && in_tag[0];
  wire                                unused_load = &{1'b0, par_first, element, load_bank};
  always_ff @(posedge clk) begin
    load <= rst ? '0 : par_valid;
    load_bank <= BANKS > 1 && par_bank;
    element <= par_data;
  end
  for (genvar b = 0; b < BANKS; b++) begin : g_bank
    always_ff @(posedge clk) begin
      if (load[0] && load_bank == 1'(b)) slopes[b] <= element[SLOPE_BITS-1:0];
      if (load[1] && load_bank == 1'(b)) shifts[b] <= element[SHIFT_BITS-1:0];
    end
  end

  // ---- Phases -------------------------------------------------------------------------------------------------------

  // What travels with a phase; index 0 is the cycle after the step.
  logic [DONE:0]          active, ends;
  logic [DONE:0][9:0]     flags;
  logic [PHASES*PART-1:0] pending;  // the part at hand lowest
  wire                    room;
  wire                    busy;
  wire                    last_phase;
  wire                    step = in_valid && in_ready;
  assign in_ready = room && !busy;
  if (PHASES == 1) begin : g_single
    assign busy = 1'b0;
    assign last_phase = step;
  end else begin : g_phases
    logic                  turning;
    logic [PHASE_BITS-1:0] left;
    assign busy = turning;
    assign last_phase = turning && left == PHASE_BITS'(1);
    always_ff @(posedge clk) begin
      if (step) left <= PHASE_BITS'(PHASES - 1);
      else left <= left - 1'b1;
      turning <= !rst && (step || turning && !last_phase);
    end
  end
  always_ff @(posedge clk) begin
    active <= rst ? '0 : {active[DONE-1:0], step || busy};
    ends <= {ends[DONE-1:0], last_phase};
    flags[DONE:1] <= flags[DONE-1:0];
    if (step) begin
      flags[0] <= {in_first, in_last, in_tag};
      slope <= bank ? slopes[BANKS-1] : slopes[0];
      shift <= bank ? shifts[BANKS-1] : shifts[0];
    end
    product_shift <= shift;
  end
  if (PHASES == 1) begin : g_word
    always_ff @(posedge clk) pending <= in_data;
  end else begin : g_parts
    always_ff @(posedge clk) pending <= step ? (PHASES * PART)'(in_data) : pending >> PART;
  end

  // ---- Multiply, requantise; what is not negative passes by -----------------------------------------------------------

  logic [DONE:1][PART-1:0]          passing;
  logic [UNROLL*PRODUCT_BITS-1:0]   products;
  wire  [PART-1:0]                  scaled, part;
  always_ff @(posedge clk) passing <= {passing[DONE-1:1], pending[PART-1:0]};
  for (genvar e = 0; e < UNROLL; e++) begin : g_element
    wire signed [BITS-1:0] x = pending[e*BITS+:BITS];
    wire signed [SLOPE_BITS-1:0] factor = slope;
    wire signed [PRODUCT_BITS-1:0] product = x * factor;
    always_ff @(posedge clk) products[e*PRODUCT_BITS+:PRODUCT_BITS] <= product;
    wire negative = passing[DONE][e*BITS+BITS-1];
    assign part[e*BITS+:BITS] = negative ? scaled[e*BITS+:BITS] : passing[DONE][e*BITS+:BITS];
  end
  sf_requantise #(
      .LANES(UNROLL), .ACC_BITS(PRODUCT_BITS), .SHIFT_BITS(SHIFT_BITS), .OUT_BITS(BITS), .OUT_SIGNED(1'b1)
  ) requantise (
      .clk(clk), .acc(products), .shift(product_shift), .result(scaled)
  );

  // ---- Output: the last part joins those before it --------------------------------------------------------------------

  wire [PHASES*PART-1:0] gathered;
  wire                   push = active[DONE] && ends[DONE];
  if (PHASES == 1) begin : g_at_once
    assign gathered = part;
  end else begin : g_gather
    logic [(PHASES-1)*PART-1:0] earlier;
    assign gathered = {part, earlier};
    always_ff @(posedge clk) if (active[DONE]) earlier <= gathered[PHASES*PART-1:PART];
  end
  wire unused_gathered = &{1'b0, gathered, active};

  sf_fifo #(
      .WIDTH(ELEMENTS * BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst), .room(room), .reserve(step), .push(push),
      .push_data({flags[DONE], gathered[ELEMENTS*BITS-1:0]}), .valid(out_valid), .ready(out_ready),
      .data({out_first, out_last, out_tag, out_data})
  );
endmodule

`default_nettype wire
