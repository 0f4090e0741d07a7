// Frames from an AXI4-Stream: takes every beat, passes on whole frames or nothing of them, says what was wrong.
//
// Shapes:  beats of DATA_BITS in, never refused; a frame is a header of 256 bits or one beat (pulse id in bits 31:0, the rest
//          is not looked at), then BEATS beats with the pixels, TAIL_BYTES bytes in the last one. Entries {broken, over, last, first, data}
//          out: the first one holds {tDest, pulse id}, the others beats of pixels.
// Latency: two cycles.
// Cost:    2 * DATA_BITS + 60 FF, about 60 LUT.
//
// tUser: bit 1 with the first beat: start of frame; bit 0 with the last beat: end-of-frame error.
// A frame is taken at its first beat if `free` has room for all of it, and else dropped to its end, however it goes on. What
// begins without a start of frame is no frame and dropped. A start inside a frame ends that one: its entries have no last.
`default_nettype none

module sf_axis_frames #(
    parameter int DATA_BITS = 256,
    parameter int BEATS = 4,        // with pixels, of a whole frame
    parameter int TAIL_BYTES = 32,  // of them in the last beat
    parameter int FREE_BITS = 10
) (
    input  wire                   clk,
    input  wire                   rst,
    input  wire                   tvalid,
    input  wire  [DATA_BITS-1:0]  tdata,
    input  wire  [DATA_BITS/8-1:0] tkeep,
    input  wire                   tlast,
    input  wire  [7:0]            tdest,
    input  wire  [1:0]            tuser,
    input  wire  [FREE_BITS-1:0]  free,   // entries that have room
    output logic                  write,
    output logic [DATA_BITS+3:0]  entry,
    output logic [4:0]            events  // stray, broken, wrong length, dropped, frames
);
  localparam int BYTES = DATA_BITS / 8;
  localparam int HEADER_BEATS = DATA_BITS < 256 ? 256 / DATA_BITS : 1;
  localparam int WHOLE = HEADER_BEATS + BEATS;
  localparam int INDEX_BITS = $clog2(WHOLE + 1);
  localparam int MARGIN = 4;  // entries under way that `free` does not know of yet
  localparam logic [BYTES-1:0] TAIL_KEEP = {BYTES{1'b1}} >> (BYTES - TAIL_BYTES);

  // One register in front: where the beats come from may be far away.
  logic                 valid, last, sof, eofe, all_bytes, tail_bytes, more_bytes;
  logic [DATA_BITS-1:0] data;
  logic [7:0]           dest;

  always_ff @(posedge clk) begin
    data <= tdata;
    dest <= tdest;
    last <= tlast;
    sof <= tuser[1];
    eofe <= tuser[0];
    all_bytes <= &tkeep;
    tail_bytes <= tkeep == TAIL_KEEP;
    more_bytes <= (tkeep & ~TAIL_KEEP) != '0;
    valid <= tvalid && !rst;
  end

  logic                  running;   // between a first and a last beat
  logic                  known;    // it began with a start of frame
  logic                  taking;   // a frame that goes into the FIFO
  logic                  gaps;     // a beat before the last one had not all its bytes
  logic                  room;
  logic [INDEX_BITS-1:0] index;    // of this beat in its frame; stays at the end
  wire                   begins = valid && sof;
  wire                   strays = valid && !sof && !running;
  wire                   ends = valid && last && (sof || (running && known));
  wire                   take = begins ? room : valid && running && taking;
  wire [INDEX_BITS-1:0]  at = sof ? '0 : index;
  wire                   final_beat = at == INDEX_BITS'(WHOLE - 1);
  wire                   pixels = at >= INDEX_BITS'(HEADER_BEATS);
  wire                   over = final_beat && (!last || more_bytes);
  wire                   torn = (!sof && gaps) || (final_beat ? !tail_bytes : !all_bytes);
  wire                   wrong = !final_beat || torn;

  always_ff @(posedge clk) begin
    entry <= {(last && eofe) || torn, over, last || final_beat, at == '0, data};
    if (at == '0) entry[39:0] <= {dest, data[31:0]};
  end

  always_ff @(posedge clk) begin
    room <= free >= FREE_BITS'(BEATS + 1 + MARGIN);
    write <= take && (at == '0 || pixels || last);
    events <= '0;
    if (valid) begin
      running <= !last;
      if (!running || sof) known <= sof;
      // Behind the entry that ends a frame nothing of it goes in.
      taking <= take && !last && !final_beat;
      gaps <= (!sof && gaps) || !all_bytes;
      if (at < INDEX_BITS'(WHOLE)) index <= at + 1'b1;
    end
    if (begins) events[1:0] <= {!room, 1'b1};
    if ((ends && wrong) || (begins && running && known)) events[2] <= 1'b1;
    if (ends && eofe) events[3] <= 1'b1;
    if (strays) events[4] <= 1'b1;
    if (rst) begin
      running <= 1'b0;
      taking <= 1'b0;
      room <= 1'b0;
      write <= 1'b0;
      events <= '0;
    end
  end
endmodule
`default_nettype wire
