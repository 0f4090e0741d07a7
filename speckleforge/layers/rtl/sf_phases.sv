// Phases of a window: FOLDS parts of its taps for each of GROUPS groups of output channels, one a cycle.
//
// `busy` holds the next step back from the cycle behind `step_emits` until its phases are through. The phases begin in the
// cycle behind `start`, which comes once for each `step_emits`, as many cycles later every time.
// Latency: none from a phase's cycle to its flags: they are registers.
// Cost:    two counters of log2(PHASES) bits; none for one phase.
`default_nettype none

module sf_phases #(
    parameter int FOLDS      = 1,
    parameter int GROUPS     = 1,
    parameter int PHASES     = FOLDS * GROUPS,                    // leave as it is, with those that follow
    parameter int GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1,
    parameter int PHASE_BITS = PHASES > 1 ? $clog2(PHASES) : 1
) (
    input  wire                   clk,
    input  wire                   rst,
    input  wire                   step_emits,
    output wire                   busy,
    input  wire                   start,
    output logic                  active,      // a phase
    output wire  [PHASE_BITS-1:0] phase,       // group * FOLDS + fold
    output wire  [GROUP_BITS-1:0] group,
    output wire                   fold_first,  // first and last fold of its group
    output wire                   fold_last
);
  if (PHASES == 1) begin : g_single
    always_ff @(posedge clk) active <= start && !rst;
    assign busy = 1'b0;
    assign phase = '0;
    assign group = '0;
    assign fold_first = 1'b1;
    assign fold_last = 1'b1;
    wire unused_step = step_emits;
  end else begin : g_phases
    logic [PHASE_BITS-1:0] left;
    logic                  waits;
    assign busy = waits;
    always_ff @(posedge clk) begin
      if (step_emits) left <= PHASE_BITS'(PHASES - 1);
      else if (waits) left <= left - 1'b1;
      if (rst) waits <= 1'b0;
      else if (step_emits) waits <= 1'b1;
      else if (left == PHASE_BITS'(1)) waits <= 1'b0;
    end

    localparam int FOLD_BITS = FOLDS > 1 ? $clog2(FOLDS) : 1;
    logic [PHASE_BITS-1:0] phase_count;
    logic [FOLD_BITS-1:0]  fold_count;
    logic [GROUP_BITS-1:0] group_count;
    logic                  at_first, at_last, at_end;
    assign phase = phase_count;
    assign group = group_count;
    assign fold_first = at_first;
    assign fold_last = at_last;
    always_ff @(posedge clk) begin
      if (rst) active <= 1'b0;
      else if (start) active <= 1'b1;
      else if (at_end) active <= 1'b0;
      if (start) begin
        phase_count <= '0;
        fold_count <= '0;
        group_count <= '0;
        at_first <= 1'b1;
        at_last <= FOLDS == 1;
        at_end <= 1'b0;
      end else begin
        phase_count <= phase_count + 1'b1;
        at_first <= at_last;
        at_last <= FOLDS == 1 || fold_count == FOLD_BITS'(FOLDS - 2) && !at_last;
        at_end <= phase_count == PHASE_BITS'(PHASES - 2);
        fold_count <= at_last ? '0 : fold_count + 1'b1;
        if (at_last) group_count <= group_count + 1'b1;
      end
    end
  end
endmodule

`default_nettype wire
