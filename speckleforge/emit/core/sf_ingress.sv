// Ingress buffer: takes every word that is offered, holds whole frames, drops whole frames, never makes the detector wait.
//
// Shapes:  words of BITS with first, last, (with first) pulse id and destination and (with last) error in, without a ready; the
//          same by valid/ready out.
// Latency: one cycle while the chain keeps up: a frame's first word leaves before its last has come. One word per cycle.
// Cost:    2**ADDR_BITS * (BITS + 3) bits of block RAM, 8 * (BITS + 3) + 16 * 40 bits of LUT RAM, about BITS + 50 + 5 * ADDR_BITS FF.
//
// A frame is taken at its first word if WORDS words have room, however slowly the chain takes them, and else dropped from that
// word to its end: nothing of it leaves, `dropped` tells. Of a frame that does not end its first WORDS words are held; words
// outside any frame are `stray`. What leaves is frames only, short and endless ones among them: the guard repairs those.
// A word passes by the memory where that is empty; eight words in LUT RAM cover the four cycles of the way through it.
`default_nettype none

module sf_ingress #(
    parameter int BITS = 8,
    parameter int WORDS = 16,    // words of a whole frame
    parameter int ADDR_BITS = 9  // capacity: 2**ADDR_BITS words, at least WORDS, and 16 frames
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             in_valid,
    input  wire  [BITS-1:0] in_data,
    input  wire             in_first,
    input  wire             in_last,
    input  wire             in_error,
    input  wire  [31:0]     in_pulse_id,
    input  wire  [7:0]      in_dest,
    output logic            room,       // a frame that begins in this cycle is taken
    output logic            out_valid,
    input  wire             out_ready,
    output logic [BITS-1:0] out_data,
    output logic            out_first,
    output logic            out_last,
    output logic            out_error,
    output logic [31:0]     out_pulse_id,
    output logic [7:0]      out_dest,
    output logic            dropped,    // one cycle: a frame was dropped
    output logic            stray       // one cycle: a word outside any frame was
);
  localparam int DEPTH = 1 << ADDR_BITS;
  localparam int QUEUE = 8;
  localparam int COUNT_BITS = $clog2(WORDS + 1);
  localparam logic [1:0] OUTSIDE = 2'd0;
  localparam logic [1:0] INSIDE = 2'd1;
  localparam logic [1:0] DROPPING = 2'd2;

  // What becomes of the word that comes.
  logic [1:0]            state;
  logic [COUNT_BITS-1:0] left;     // words still to come after the next one
  logic                  at_last;  // the next word is the last of WORDS
  wire                   begins = in_valid && in_first;
  wire                   admit = begins && room;
  wire                   store = in_first ? admit : in_valid && state == INSIDE;
  wire                   ends = in_last || (in_first ? WORDS == 1 : at_last);

  always_ff @(posedge clk) begin
    dropped <= begins && !room;
    stray <= in_valid && !in_first && state == OUTSIDE;
    if (in_valid) begin
      left <= in_first ? COUNT_BITS'(WORDS - 1) : left - 1'b1;
      at_last <= in_first ? WORDS == 2 : left == COUNT_BITS'(2);
      if (in_first) state <= room ? INSIDE : DROPPING;
      if (ends) state <= OUTSIDE;
    end
    if (rst) begin
      dropped <= 1'b0;
      stray <= 1'b0;
      state <= OUTSIDE;
    end
  end

  // Through the memory, or past it.
  (* ram_style = "block", no_rw_check *) logic [BITS+2:0] mem[0:DEPTH-1];
  logic [BITS+2:0]      read_word, fetched_word;
  logic                 read_valid, fetched_valid;
  logic [ADDR_BITS-1:0] write_pointer, read_pointer;
  logic [ADDR_BITS:0]   stored;    // words in the memory
  logic                 waiting;   // there are some
  logic                 free;      // the queue takes another word
  wire  [BITS+2:0]      word = {in_error, in_last, in_first, in_data};
  wire                  fetch = waiting && free;
  wire                  pass = store && free && !waiting && !read_valid && !fetched_valid;
  wire                  write = store && !pass;
  wire  [ADDR_BITS:0]   stored_next = stored + (ADDR_BITS + 1)'(write) - (ADDR_BITS + 1)'(fetch);

  always_ff @(posedge clk) begin
    if (write) mem[write_pointer] <= word;
    if (fetch) read_word <= mem[read_pointer];
    fetched_word <= read_word;
  end

  // Pulse id and destination of the frames whose first word is held.
  logic [39:0] ids[0:15];
  logic [3:0]  id_write, id_read;
  logic [4:0]  id_held;
  wire         id_taken = out_valid && out_ready && out_first;
  wire  [4:0]  id_held_next = id_held + 5'(admit) - 5'(id_taken);

  assign {out_dest, out_pulse_id} = ids[id_read];

  always_ff @(posedge clk) begin
    if (admit) ids[id_write] <= {in_dest, in_pulse_id};
  end

  always_ff @(posedge clk) begin
    read_valid <= fetch;
    fetched_valid <= read_valid;
    stored <= stored_next;
    waiting <= stored_next != '0;
    room <= stored_next <= (ADDR_BITS + 1)'(DEPTH - WORDS) && !id_held_next[4];
    id_held <= id_held_next;
    if (write) write_pointer <= write_pointer + 1'b1;
    if (fetch) read_pointer <= read_pointer + 1'b1;
    if (admit) id_write <= id_write + 1'b1;
    if (id_taken) id_read <= id_read + 1'b1;
    if (rst) begin
      read_valid <= 1'b0;
      fetched_valid <= 1'b0;
      stored <= '0;
      waiting <= 1'b0;
      room <= 1'b1;
      id_held <= '0;
      write_pointer <= '0;
      read_pointer <= '0;
      id_write <= '0;
      id_read <= '0;
    end
  end

  sf_fifo #(
      .WIDTH(BITS + 3),
      .DEPTH(QUEUE)
  ) u_fifo (
      .clk      (clk),
      .rst      (rst),
      .room     (free),
      .reserve  (fetch || pass),
      .push     (fetched_valid || pass),
      .push_data(fetched_valid ? fetched_word : word),
      .valid    (out_valid),
      .ready    (out_ready),
      .data     ({out_error, out_last, out_first, out_data})
  );

`ifdef VERILATOR
  logic [ADDR_BITS:0] high_water  /* verilator public_flat_rd */;  // most words in the memory at once

  always_ff @(posedge clk) begin
    if (!rst && write && stored[ADDR_BITS]) $fatal(1, "the ingress buffer overflows");
    high_water <= rst ? '0 : (stored > high_water ? stored : high_water);
  end
`endif
endmodule
`default_nettype wire
