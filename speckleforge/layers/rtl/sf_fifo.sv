// Output FIFO of a kernel, with credits: work begins only if there is room for all that it will produce.
//
// Shapes:  words of WIDTH bits; `reserve` words are promised when work begins (at most RESERVE), each is pushed later.
//          `room` says that RESERVE more words can be promised. A push never waits.
// Latency: 1 cycle from push to valid.
// Cost:    WIDTH x DEPTH bits of distributed RAM, about 4 * log2(DEPTH) FF.
`default_nettype none

module sf_fifo #(
    parameter int WIDTH        = 8,
    parameter int DEPTH        = 16,
    parameter int RESERVE      = 1,
    parameter int RESERVE_BITS = $clog2(RESERVE + 1)  // leave as it is
) (
    input  wire                     clk,
    input  wire                     rst,
    output logic                    room,
    input  wire  [RESERVE_BITS-1:0] reserve,
    input  wire                     push,
    input  wire  [WIDTH-1:0]        push_data,
    output logic                    valid,
    input  wire                     ready,
    output wire  [WIDTH-1:0]        data
);
  localparam int COUNT_BITS = $clog2(DEPTH + 1);
  localparam int POINTER_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam logic [POINTER_BITS-1:0] LAST = POINTER_BITS'(DEPTH - 1);

  logic [WIDTH-1:0]        words[0:DEPTH-1];
  logic [POINTER_BITS-1:0] write_pointer, read_pointer;
  logic [COUNT_BITS-1:0]   count;  // words stored
  logic [COUNT_BITS-1:0]   unpromised;   // words that may still be promised
  wire                     pop = valid && ready;
  wire  [COUNT_BITS-1:0]   unpromised_next = unpromised - COUNT_BITS'(reserve) + COUNT_BITS'(pop);

  assign data = words[read_pointer];

  always_ff @(posedge clk) begin
    if (push) words[write_pointer] <= push_data;
  end

  always_ff @(posedge clk) begin
    unpromised <= unpromised_next;
    room <= unpromised_next >= COUNT_BITS'(RESERVE);
    if (push) write_pointer <= write_pointer == LAST ? '0 : write_pointer + 1'b1;
    if (pop) read_pointer <= read_pointer == LAST ? '0 : read_pointer + 1'b1;
    if (push && !pop) begin
      count <= count + 1'b1;
      valid <= 1'b1;
    end else if (pop && !push) begin
      count <= count - 1'b1;
      valid <= count != COUNT_BITS'(1);
    end
    if (rst) begin
      unpromised <= COUNT_BITS'(DEPTH);
      room <= DEPTH >= RESERVE;
      write_pointer <= '0;
      read_pointer <= '0;
      count <= '0;
      valid <= 1'b0;
    end
  end

`ifdef VERILATOR
  // A simulation ends where a credit or a word has no place, and tells how full it was.
  logic [COUNT_BITS-1:0] high_water  /* verilator public_flat_rd */;  // most words stored at once

  always_ff @(posedge clk) begin
    if (!rst && COUNT_BITS'(reserve) > unpromised) $fatal(1, "%m: words promised without room");
    if (!rst && push && count == COUNT_BITS'(DEPTH)) $fatal(1, "%m: overflow");
    high_water <= rst ? '0 : (count > high_water ? count : high_water);
  end
`endif
endmodule

`default_nettype wire
