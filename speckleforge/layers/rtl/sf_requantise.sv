// Accumulator to activation: saturate(round_half_even(acc * 2**-shift)).
//
// Shapes:  LANES accumulators of ACC_BITS bits (two's complement) that share one shift; LANES results of OUT_BITS bits.
// Latency: ceil(SHIFT_BITS / 2) + 2 cycles.
// Cost:    a shifter, an incrementer and a saturator for each lane.
`default_nettype none

module sf_requantise #(
    parameter int LANES      = 1,
    parameter int ACC_BITS   = 16,
    parameter int SHIFT_BITS = 4,
    parameter int OUT_BITS   = 8,
    parameter bit OUT_SIGNED = 1'b0
) (
    input  wire                       clk,
    input  wire  [LANES*ACC_BITS-1:0] acc,
    input  wire  [SHIFT_BITS-1:0]     shift,
    output wire  [LANES*OUT_BITS-1:0] result
);
  localparam int STAGES = (SHIFT_BITS + 1) / 2;
  localparam int PADDED = 2 * STAGES;   // an even number of shift bits
  localparam int HALF = ACC_BITS + 1;  // with the bit of weight one half

  // Shifts before each stage; every stage uses up the two lowest bits, so that sticky bits fall out in order.
  wire [(STAGES+1)*PADDED-1:0] shifts;
  assign shifts[PADDED-1:0] = PADDED'(shift);
  for (genvar s = 0; s < STAGES; s++) begin : g_shift
    logic [PADDED-1:0] next;
    always_ff @(posedge clk) next <= shifts[s*PADDED+:PADDED];
    assign shifts[(s+1)*PADDED+:PADDED] = next;
  end
  wire unused_shift = &{1'b0, shifts};

  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    // Value with its half bit, and the OR of all bits shifted out behind that, before each stage.
    wire [(STAGES+1)*HALF-1:0] values;
    wire [STAGES:0]            stickies;
    assign values[HALF-1:0] = {acc[lane*ACC_BITS+:ACC_BITS], 1'b0};
    assign stickies[0] = 1'b0;

    for (genvar s = 0; s < STAGES; s++) begin : g_stage
      localparam int UNIT = 1 << (2 * s);
      localparam int SPAN = HALF + 3 * UNIT;
      wire [1:0] step = shifts[s*PADDED+2*s+:2];
      // Sign-extended, so that a stage may shift by more than the accumulator has bits.
      wire signed [HALF-1:0] value = values[s*HALF+:HALF];
      wire signed [SPAN-1:0] wide = SPAN'(value);
      logic [HALF-1:0] next;
      logic            next_sticky;
      always_ff @(posedge clk) begin
        case (step)
          2'd0: next <= wide[0+:HALF];
          2'd1: next <= wide[UNIT+:HALF];
          2'd2: next <= wide[2*UNIT+:HALF];
          default: next <= wide[3*UNIT+:HALF];
        endcase
        case (step)
          2'd0: next_sticky <= stickies[s];
          2'd1: next_sticky <= stickies[s] || (|wide[UNIT-1:0]);
          2'd2: next_sticky <= stickies[s] || (|wide[2*UNIT-1:0]);
          default: next_sticky <= stickies[s] || (|wide[3*UNIT-1:0]);
        endcase
      end
      assign values[(s+1)*HALF+:HALF] = next;
      assign stickies[s+1] = next_sticky;
    end

    wire                        half = values[STAGES*HALF];
    wire signed [ACC_BITS-1:0]  floor = values[STAGES*HALF+1+:ACC_BITS];
    wire                        up = half && (stickies[STAGES] || floor[0]);
    logic signed [ACC_BITS-1:0] rounded;
    always_ff @(posedge clk) rounded <= floor + (up ? ACC_BITS'(1) : ACC_BITS'(0));

    logic [OUT_BITS-1:0] held;
    assign result[lane*OUT_BITS+:OUT_BITS] = held;
    wire negative = rounded[ACC_BITS-1];
    if (OUT_SIGNED && ACC_BITS > OUT_BITS) begin : g_signed
      wire fits = rounded[ACC_BITS-1:OUT_BITS-1] == {(ACC_BITS - OUT_BITS + 1) {negative}};
      always_ff @(posedge clk)
        held <= fits ? rounded[OUT_BITS-1:0] : {negative, {(OUT_BITS - 1) {~negative}}};
    end else if (!OUT_SIGNED && ACC_BITS > OUT_BITS + 1) begin : g_unsigned
      wire over = |rounded[ACC_BITS-2:OUT_BITS];
      always_ff @(posedge clk) held <= negative ? '0 : over ? '1 : rounded[OUT_BITS-1:0];
    end else if (OUT_SIGNED) begin : g_signed_fits
      always_ff @(posedge clk) held <= OUT_BITS'(rounded);
    end else begin : g_unsigned_fits
      always_ff @(posedge clk) held <= negative ? '0 : OUT_BITS'(rounded);
    end
  end
endmodule

`default_nettype wire
