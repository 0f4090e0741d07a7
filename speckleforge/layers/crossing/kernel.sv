// Way of a stream from super logic region LEAVES into ENTERS: nothing but a register on each side of the boundary.
//
// Shapes:  words of BITS bits.
// Latency: 3 cycles from a step to the word offered; a word a cycle where FIFO is at least 6.
// Cost:    2 * (BITS + 11) FF, a FIFO of BITS + 10 bits.
// Reset:   lasts for 5 cycles or more, and goes the same way.
//
// Words are sent only if the FIFO behind the boundary has a place for them; a place that is free again comes back the
// same way, as one bit. So no path runs both ways across the boundary, and none has logic on it.
`default_nettype none

module sf_crossing #(
    parameter int BITS   = 8,
    parameter int LEAVES = 0,
    parameter int ENTERS = 1,
    parameter int FIFO   = 6
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             in_valid,
    output wire             in_ready,
    input  wire  [BITS-1:0] in_data,
    input  wire             in_first,
    input  wire             in_last,
    input  wire  [7:0]      in_tag,
    output wire             out_valid,
    input  wire             out_ready,
    output wire  [BITS-1:0] out_data,
    output wire             out_first,
    output wire             out_last,
    output wire  [7:0]      out_tag
);
  localparam int COUNT_BITS = $clog2(FIFO + 1);

  // ---- There: a step while there are places -------------------------------------------------------------------------

  logic [COUNT_BITS-1:0] places;  // that are neither filled nor under way
  logic                  room;
  logic [3:0]            rst_before;
  wire                   rst_there = rst || (|rst_before);  // until nothing is left on the way back
  always_ff @(posedge clk) rst_before <= {rst_before[2:0], rst};
  wire                   step = in_valid && in_ready;
  wire                   freed;
  wire  [COUNT_BITS-1:0] places_next = places - COUNT_BITS'(step) + COUNT_BITS'(freed);
  assign in_ready = room;
  always_ff @(posedge clk) begin
    places <= places_next;
    room <= places_next != '0;
    if (rst_there) begin
      places <= COUNT_BITS'(FIFO);
      room <= 1'b0;
    end
  end

  wire sent, arrived, rst_sent, rst_here;
  sf_region_register #(
      .BITS(1), .REGION(LEAVES)
  ) leave_reset (
      .clk(clk), .now(rst), .late(rst_sent)
  );
  sf_region_register #(
      .BITS(1), .REGION(ENTERS)
  ) enter_reset (
      .clk(clk), .now(rst_sent), .late(rst_here)
  );
  wire [BITS+9:0] word, word_here;
  sf_region_register #(
      .BITS(BITS + 11), .REGION(LEAVES)
  ) leave (
      .clk(clk), .now({step && !rst, in_first, in_last, in_tag, in_data}), .late({sent, word})
  );
  sf_region_register #(
      .BITS(BITS + 11), .REGION(ENTERS)
  ) enter (
      .clk(clk), .now({sent, word}), .late({arrived, word_here})
  );

  // ---- Here: the FIFO, and places on their way back -----------------------------------------------------------------

  wire pop = out_valid && out_ready;
  wire popped, unused_room;
  sf_fifo #(
      .WIDTH(BITS + 10), .DEPTH(FIFO)
  ) fifo (
      .clk(clk), .rst(rst_here), .room(unused_room), .reserve(arrived), .push(arrived), .push_data(word_here),
      .valid(out_valid), .ready(out_ready), .data({out_first, out_last, out_tag, out_data})
  );
  sf_region_register #(
      .BITS(1), .REGION(ENTERS)
  ) back (
      .clk(clk), .now(pop && !rst_here), .late(popped)
  );
  sf_region_register #(
      .BITS(1), .REGION(LEAVES)
  ) home (
      .clk(clk), .now(popped), .late(freed)
  );
endmodule

`default_nettype wire
