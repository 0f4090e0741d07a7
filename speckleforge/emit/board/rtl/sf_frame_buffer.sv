// Frame buffer: words enter on trial and reach the core only when their packet proved intact.
//
// Shapes:  words of WORD_BITS in, never refused; the core's input stream out (valid/ready, first, last, pulse id).
// Latency: three cycles from `commit` to the first word; then one word per cycle, so the core runs at full speed.
// Cost:    2**ADDR_BITS * (WORD_BITS + 1) bits of block RAM, about 70 LUT, WORD_BITS + 80 FF.
// The output is registered behind the memory, whose own output is slow (5.6 ns on an ECP5-6).
// A frame that does not fit is dropped whole and reported by `dropped`; frames before and after it are not touched.
`default_nettype none

module sf_frame_buffer #(
    parameter int WORD_BITS = 8,
    parameter int ADDR_BITS = 13  // capacity: 2**ADDR_BITS words and 4 frames
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  in_valid,
    input  wire  [WORD_BITS-1:0] in_word,
    input  wire                  in_last,
    input  wire                  commit,
    input  wire                  abort,
    input  wire  [31:0]          in_pulse_id,
    output logic                 accepted,  // one cycle: the committed frame will reach the core
    output logic                 dropped,   // one cycle: the committed frame had no room
    output logic                 out_valid,
    input  wire                  out_ready,
    output logic [WORD_BITS-1:0] out_data,
    output logic                 out_first,
    output logic                 out_last,
    output logic [31:0]          out_pulse_id
);
  logic [WORD_BITS:0]  mem[0:(1<<ADDR_BITS)-1];  // {last, word}
  logic [WORD_BITS:0]  mem_q;
  logic                mem_q_valid;
  logic [ADDR_BITS:0]  write_ptr, commit_ptr, read_ptr;
  logic                overflow;
  logic [31:0]         ids[0:3];
  logic [2:0]          id_write, id_read;

  wire [ADDR_BITS:0] used = write_ptr - read_ptr;
  wire               full = used[ADDR_BITS];
  wire               ids_full = id_write == {~id_read[2], id_read[1:0]};
  wire               write = in_valid && !full && !overflow;
  wire               room = !overflow && !(in_valid && full) && !ids_full;
  wire               advance = !out_valid || out_ready;      // the output register takes mem_q
  wire               fetch = read_ptr != commit_ptr && (!mem_q_valid || advance);

  assign out_pulse_id = ids[id_read[1:0]];

  always_ff @(posedge clk) begin
    if (write) mem[write_ptr[ADDR_BITS-1:0]] <= {in_last, in_word};
    if (fetch) mem_q <= mem[read_ptr[ADDR_BITS-1:0]];
    if (commit && room) ids[id_write[1:0]] <= in_pulse_id;
  end

  always_ff @(posedge clk) begin
    accepted <= commit && room;
    dropped <= commit && !room;
    if (write) write_ptr <= write_ptr + 1'b1;
    if (in_valid && full) overflow <= 1'b1;
    if (commit && room) begin
      commit_ptr <= write_ptr + {{ADDR_BITS{1'b0}}, write};
      id_write <= id_write + 1'b1;
    end
    if (abort || (commit && !room)) write_ptr <= commit_ptr;
    if (abort || commit) overflow <= 1'b0;
    if (fetch) read_ptr <= read_ptr + 1'b1;
    if (fetch) mem_q_valid <= 1'b1;
    else if (advance) mem_q_valid <= 1'b0;
    if (advance) begin
      out_valid <= mem_q_valid;
      {out_last, out_data} <= mem_q;
    end
    if (out_valid && out_ready) begin
      out_first <= out_last;
      if (out_last) id_read <= id_read + 1'b1;
    end
    if (rst) begin
      accepted <= 1'b0;
      dropped <= 1'b0;
      write_ptr <= '0;
      commit_ptr <= '0;
      read_ptr <= '0;
      id_write <= '0;
      id_read <= '0;
      overflow <= 1'b0;
      mem_q_valid <= 1'b0;
      out_valid <= 1'b0;
      out_first <= 1'b1;
    end
  end
endmodule
`default_nettype wire
