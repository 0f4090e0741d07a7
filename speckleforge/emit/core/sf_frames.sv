// Frames in flight: what the egress must know of each frame between the guard and its record.
//
// Shapes:  2**DEPTH_BITS entries in order, opened with the first word, completed with the last, popped with the record.
// Latency: an entry shows one cycle after `open`.
// Cost:    2**DEPTH_BITS * (2 FF + 44 bits of LUT RAM), about 120 LUT.
//
// A record may come before its frame's last word (floor pools leave rows out), so it waits for `complete`: only then is it known
// whether the frame was short or long.
// A frame is tainted where a load wrote into its bank while it was in flight: its numbers are a mixture and worth nothing.
`default_nettype none

module sf_frames #(
    parameter int DEPTH_BITS = 4
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         open,
    input  wire  [31:0] open_pulse_id,
    input  wire  [7:0]  open_dest,      // passed through: where the record goes
    input  wire         open_bank,
    input  wire         open_loaded,    // that bank holds a checked image
    input  wire         close,
    input  wire         close_short,
    input  wire         close_long,
    input  wire         close_error,
    input  wire         load_active,    // a load writes into `load_bank`
    input  wire         load_bank,
    input  wire         pop,
    output logic        room,
    output logic        present,
    output logic        complete,       // the oldest frame's last word is in
    output logic [31:0] pulse_id,       // of the oldest frame, as everything below
    output logic [7:0]  dest,
    output logic        bank,
    output logic        not_loaded,
    output logic        tainted,
    output logic        is_short,
    output logic        is_long,
    output logic        is_error,
    output logic [6:0]  sequence_number,
    output logic [DEPTH_BITS:0] in_flight
);
  localparam int DEPTH = 1 << DEPTH_BITS;

  logic [40:0]           opened[0:DEPTH-1];  // not loaded, dest, pulse id
  logic [2:0]            closed[0:DEPTH-1];  // error, long, short
  logic [DEPTH-1:0]      banks, taints;
  logic [DEPTH_BITS-1:0] write;
  logic [DEPTH_BITS-1:0] closing;
  logic [DEPTH_BITS:0]   ended;              // frames in flight whose last word is in
  wire  [DEPTH_BITS-1:0] read = sequence_number[DEPTH_BITS-1:0];

  assign room = !in_flight[DEPTH_BITS];
  assign present = in_flight != '0;
  assign complete = ended != '0;
  assign {not_loaded, dest, pulse_id} = opened[read];
  assign {is_error, is_long, is_short} = closed[read];
  assign bank = banks[read];
  assign tainted = taints[read];

  always_ff @(posedge clk) begin
    if (open) opened[write] <= {!open_loaded, open_dest, open_pulse_id};
    if (close) closed[closing] <= {close_error, close_long, close_short};
  end

  always_ff @(posedge clk) begin
    if (load_active) taints <= taints | (banks ~^ {DEPTH{load_bank}});
    if (open) begin
      banks[write] <= open_bank;
      taints[write] <= 1'b0;
    end
  end

  always_ff @(posedge clk) begin
    if (open) write <= write + 1'b1;
    if (close) closing <= closing + 1'b1;
    if (pop) sequence_number <= sequence_number + 7'd1;
    if (open && !pop) in_flight <= in_flight + 1'b1;
    if (pop && !open) in_flight <= in_flight - 1'b1;
    if (close && !pop) ended <= ended + 1'b1;
    if (pop && !close) ended <= ended - 1'b1;
    if (rst) begin
      write <= '0;
      closing <= '0;
      sequence_number <= 7'd0;
      in_flight <= '0;
      ended <= '0;
    end
  end
endmodule
`default_nettype wire
