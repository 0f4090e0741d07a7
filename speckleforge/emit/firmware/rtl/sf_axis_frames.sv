// Frames from an AXI4-Stream: takes every beat, passes on whole frames or nothing of them, says what was wrong.
//
// Shapes:  beats of DATA_BITS in, never refused; a frame is a header of 256 bits or one beat (pulse id in bits 31:0, the rest
//          is not looked at), then BEATS beats with the pixels, TAIL_BYTES bytes in the last one. Entries {id, broken, over,
//          empty, last, first, data} out, one a beat of pixels; id is {tDest, pulse id}. Never more than BEATS of a frame.
// Latency: two cycles.
// Cost:    2 * DATA_BITS + 140 FF, about 70 LUT.
//
// tUser: bit 1 with the first beat: start of frame; bit 0 with the last beat: end-of-frame error.
// A frame is taken at its first beat if `free` has room for all of it, and else dropped from there to its end, however it goes
// on. What begins without a start of frame is no frame and dropped. Every frame that is taken has one entry with `first` and
// one with `last`, whatever comes next: where a start of frame cuts it, or it ends within its header, that is one without
// pixels (`empty`), so nothing waits for the next frame to be known as over.
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
    output logic [DATA_BITS+44:0] entry,
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
  logic                  taking;   // a frame that goes into the FIFO, and whose last entry is not yet in
  logic                  fresh;    // no beat with pixels has come of it
  logic                  bare;     // the beat before ended a frame within its header: its only entry goes in now
  logic                  bare_broken;
  logic                  gaps;     // a beat before the last one had not all its bytes
  logic                  room;
  logic [39:0]           id;
  logic [INDEX_BITS-1:0] index;    // of this beat in its frame; stays at the end
  wire                   begins = valid && sof;
  wire                   cuts = begins && taking;
  wire                   strays = valid && !sof && !running;
  wire                   ends = valid && last && (sof || (running && known));
  wire                   take = begins ? room : valid && taking;
  wire [INDEX_BITS-1:0]  at = sof ? '0 : index;
  wire                   final_beat = at == INDEX_BITS'(WHOLE - 1);
  wire                   pixels = at >= INDEX_BITS'(HEADER_BEATS);
  wire                   over = final_beat && (!last || more_bytes);
  wire                   torn = (!sof && gaps) || (final_beat ? !tail_bytes : !all_bytes);
  wire                   wrong = !final_beat || torn;
  wire                   broken = (last && eofe) || torn;

  // An entry is written for one reason at a time: behind a bare frame nothing is `taking`. That one's comes a cycle late, for
  // its only beat may have cut another frame.
  wire empty = cuts || bare;

  always_ff @(posedge clk) begin
    entry[DATA_BITS-1:0] <= data;
    entry[DATA_BITS] <= fresh;
    entry[DATA_BITS+1] <= empty || last || final_beat;
    entry[DATA_BITS+2] <= empty;
    entry[DATA_BITS+3] <= !empty && over;
    entry[DATA_BITS+4] <= empty ? bare && bare_broken : broken;
    entry[DATA_BITS+44:DATA_BITS+5] <= id;
    bare_broken <= broken;
    if (begins) id <= {dest, data[31:0]};
  end

  always_ff @(posedge clk) begin
    room <= free >= FREE_BITS'(BEATS + MARGIN);
    write <= empty || (take && pixels);
    bare <= take && last && !pixels;
    events <= '0;
    if (valid) begin
      running <= !last;
      if (!running || sof) known <= sof;
      // Behind the entry that ends a frame nothing of it goes in.
      taking <= take && !last && !final_beat;
      fresh <= !pixels;
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
      bare <= 1'b0;
      room <= 1'b0;
      write <= 1'b0;
      events <= '0;
    end
  end
endmodule
`default_nettype wire
