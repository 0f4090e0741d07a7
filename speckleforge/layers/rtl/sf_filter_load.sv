// Where a parameter of a convolution goes: canonical order (output channel outside, tap inside) to positions of the fold.
//
// Shapes:  TAPS weights for each of OUTPUTS channels, then a bias and a shift for each. A position is one of UNROLL_OUT
//          times UNROLL_TAPS (one-hot each); the element's phase there is group * FOLDS + fold.
// Latency: 2 cycles from an element to `write`: one for the decoder, one more before memories that are spread over the
//          device. One element a cycle, never stalls.
// Cost:    2 * (UNROLL_TAPS + UNROLL_OUT + 32) FF and three counters.
`default_nettype none

module sf_filter_load #(
    parameter int TAPS        = 9,
    parameter int OUTPUTS     = 1,
    parameter int UNROLL_TAPS = 9,
    parameter int UNROLL_OUT  = 1,
    parameter int FOLDS       = (TAPS + UNROLL_TAPS - 1) / UNROLL_TAPS,  // leave as it is, with those that follow
    parameter int GROUPS      = (OUTPUTS + UNROLL_OUT - 1) / UNROLL_OUT,
    parameter int GROUP_BITS  = GROUPS > 1 ? $clog2(GROUPS) : 1,
    parameter int PHASE_BITS  = FOLDS * GROUPS > 1 ? $clog2(FOLDS * GROUPS) : 1
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire  [2:0]             par_valid,  // weight, bias, shift
    input  wire                    par_first,
    input  wire  [31:0]            par_data,
    input  wire                    par_bank,
    output logic [2:0]             write,
    output logic [31:0]            write_data,
    output logic                   write_bank,
    output logic [UNROLL_TAPS-1:0] write_tap,
    output logic [UNROLL_OUT-1:0]  write_out,
    output logic [PHASE_BITS-1:0]  write_phase,
    output logic [GROUP_BITS-1:0]  write_group
);
  localparam int LEFT_BITS = $clog2(TAPS + 1);
  logic [2:0]             load;
  logic [31:0]            element;
  logic                   load_bank;
  logic [UNROLL_TAPS-1:0] tap_hot;
  logic [UNROLL_OUT-1:0]  out_hot;
  logic [PHASE_BITS-1:0]  load_phase;  // of the element
  logic [PHASE_BITS-1:0]  load_base;   // of fold 0 of its group
  logic [GROUP_BITS-1:0]  load_group;
  logic [LEFT_BITS-1:0]   taps_left;   // behind the element in its output channel
  wire                    channel_ends = load[0] ? taps_left == '0 : 1'b1;

  always_ff @(posedge clk) begin
    load <= par_valid;
    element <= par_data;
    load_bank <= par_bank;
    if (par_first && |par_valid) begin
      tap_hot <= UNROLL_TAPS'(1);
      out_hot <= UNROLL_OUT'(1);
      load_phase <= '0;
      load_base <= '0;
      load_group <= '0;
      taps_left <= LEFT_BITS'(TAPS - 1);
    end else if (|load) begin
      if (!channel_ends) begin
        taps_left <= taps_left - 1'b1;
        tap_hot <= tap_hot << 1 | UNROLL_TAPS'(tap_hot[UNROLL_TAPS-1]);
        if (tap_hot[UNROLL_TAPS-1]) load_phase <= load_phase + 1'b1;
      end else begin
        taps_left <= LEFT_BITS'(TAPS - 1);
        tap_hot <= UNROLL_TAPS'(1);
        out_hot <= out_hot << 1 | UNROLL_OUT'(out_hot[UNROLL_OUT-1]);
        load_phase <= load_base;
        if (out_hot[UNROLL_OUT-1]) begin
          load_group <= load_group + 1'b1;
          load_base <= load_base + PHASE_BITS'(FOLDS);
          load_phase <= load_base + PHASE_BITS'(FOLDS);
        end
      end
    end
  end

  always_ff @(posedge clk) begin
    write <= rst ? '0 : load;
    write_data <= element;
    write_bank <= load_bank;
    write_tap <= tap_hot;
    write_out <= out_hot;
    write_phase <= load_phase;
    write_group <= load_group;
  end
endmodule

`default_nettype wire
