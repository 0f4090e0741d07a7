// Frames in flight: what the egress must know of each frame between the guard and its record.
//
// Shapes:  2**DEPTH_BITS entries in order, opened with the first word, completed with the last, popped with the record.
// Latency: an entry shows one cycle after `open`.
// Cost:    2**DEPTH_BITS * (5 FF + 32 bits of LUT RAM), about 80 LUT.
//
// A frame is tainted where a load wrote into its bank while it was in flight: its numbers are a mixture and worth nothing.
`default_nettype none

module sf_frames #(
    parameter int DEPTH_BITS = 4
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         open,
    input  wire  [31:0] open_pulse_id,
    input  wire         open_bank,
    input  wire         open_loaded,    // that bank holds a checked image
    input  wire         close,
    input  wire         close_short,
    input  wire         close_long,
    input  wire         load_active,    // a load writes into `load_bank`
    input  wire         load_bank,
    input  wire         pop,
    output logic        room,
    output logic        present,
    output logic [31:0] pulse_id,       // of the oldest frame, as everything below
    output logic        bank,
    output logic        not_loaded,
    output logic        tainted,
    output logic        is_short,
    output logic        is_long,
    output logic [6:0]  sequence_number,
    output logic [DEPTH_BITS:0] in_flight
);
  localparam int DEPTH = 1 << DEPTH_BITS;

  logic [31:0]           ids[0:DEPTH-1];
  logic [DEPTH-1:0]      banks, unloaded, taints, shorts, longs;
  logic [DEPTH_BITS-1:0] write;
  logic [DEPTH_BITS-1:0] closing;
  wire  [DEPTH_BITS-1:0] read = sequence_number[DEPTH_BITS-1:0];

  assign room = !in_flight[DEPTH_BITS];
  assign present = in_flight != '0;
  assign pulse_id = ids[read];
  assign bank = banks[read];
  assign not_loaded = unloaded[read];
  assign tainted = taints[read];
  assign is_short = shorts[read];
  assign is_long = longs[read];

  always_ff @(posedge clk) begin
    if (open) ids[write] <= open_pulse_id;
  end

  always_ff @(posedge clk) begin
    if (load_active) taints <= taints | (banks ~^ {DEPTH{load_bank}});
    if (open) begin
      banks[write] <= open_bank;
      unloaded[write] <= !open_loaded;
      taints[write] <= 1'b0;
    end
    if (close) begin
      shorts[closing] <= close_short;
      longs[closing] <= close_long;
    end
  end

  always_ff @(posedge clk) begin
    if (open) write <= write + 1'b1;
    if (close) closing <= closing + 1'b1;
    if (pop) sequence_number <= sequence_number + 7'd1;
    if (open && !pop) in_flight <= in_flight + 1'b1;
    if (pop && !open) in_flight <= in_flight - 1'b1;
    if (rst) begin
      write <= '0;
      closing <= '0;
      sequence_number <= 7'd0;
      in_flight <= '0;
    end
  end
endmodule
`default_nettype wire
