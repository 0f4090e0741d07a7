// FIFO between two clocks that know nothing of one another: Gray-coded pointers, each through two registers.
//
// Shapes:  words of WIDTH bits; `free` says for sure that this many more have room (a write does not look at it);
//          valid/ready out. The resets are those of `sf_domain_reset`: a side that is `away` gives nothing, and its pointer
//          stands still; pointers go to 0 with `rst`, when both sides are away. A writer that is away does not write.
// Latency: from a write to `valid` one cycle of the writer and five or six of the reader. One word per cycle.
// Cost:    WIDTH x 2**ADDR_BITS bits of block RAM, WIDTH + 8 * ADDR_BITS FF, about 6 * ADDR_BITS LUT.
//
// Crossing: gray write_gray -> u_write_seen.meta  (write_clk -> read_clk)
// Crossing: gray read_gray -> u_read_seen.meta  (read_clk -> write_clk)
`default_nettype none

module sf_async_fifo #(
    parameter int WIDTH = 8,
    parameter int ADDR_BITS = 9
) (
    input  wire                 write_clk,
    input  wire                 write_rst,
    input  wire                 write,
    input  wire  [WIDTH-1:0]    write_data,
    output logic [ADDR_BITS:0]  free,
    input  wire                 read_clk,
    input  wire                 read_away,
    input  wire                 read_rst,
    output logic                valid,
    input  wire                 ready,
    output logic [WIDTH-1:0]    data
);
  localparam logic [ADDR_BITS:0] DEPTH = {1'b1, {ADDR_BITS{1'b0}}};

  (* ram_style = "block", no_rw_check *) logic [WIDTH-1:0] mem[0:(1<<ADDR_BITS)-1];

  // The pointers, and what each side knows of the other's. Their highest bit is that of their Gray code: held but once, for a
  // tool would join the two registers, and a constraint on one name would miss it.
  logic [ADDR_BITS-1:0] write_low, read_low;
  logic [ADDR_BITS:0]   write_gray, write_gray_seen, write_ptr_seen;
  logic [ADDR_BITS:0]   read_gray, read_gray_seen, read_ptr_seen;
  wire  [ADDR_BITS:0]   write_ptr = {write_gray[ADDR_BITS], write_low};
  wire  [ADDR_BITS:0]   read_ptr = {read_gray[ADDR_BITS], read_low};

  sf_sync #(
      .WIDTH(ADDR_BITS + 1)
  ) u_write_seen (
      .clk   (read_clk),
      .from  (write_gray),
      .stable(write_gray_seen)
  );

  sf_sync #(
      .WIDTH(ADDR_BITS + 1)
  ) u_read_seen (
      .clk   (write_clk),
      .from  (read_gray),
      .stable(read_gray_seen)
  );

  for (genvar i = 0; i <= ADDR_BITS; i = i + 1) begin : g_binary
    assign write_ptr_seen[i] = ^write_gray_seen[ADDR_BITS:i];
    assign read_ptr_seen[i] = ^read_gray_seen[ADDR_BITS:i];
  end

  // Writer.
  wire [ADDR_BITS:0] write_next = write_ptr + (ADDR_BITS + 1)'(write);
  logic [ADDR_BITS:0] read_known;  // an older value: less is free than could be

  always_ff @(posedge write_clk) begin
    if (write) mem[write_low] <= write_data;
  end

  always_ff @(posedge write_clk) begin
    read_known <= read_ptr_seen;
    write_low <= write_next[ADDR_BITS-1:0];
    write_gray <= write_next ^ (write_next >> 1);
    free <= DEPTH - (write_next - read_known);
    if (write_rst) begin
      write_low <= '0;
      write_gray <= '0;
      free <= '0;
      read_known <= '0;
    end
  end

  // Reader: memory, its output, one more register.
  logic [ADDR_BITS:0] write_known;
  logic [WIDTH-1:0] fetched;
  logic             fetched_valid;
  wire              advance = !valid || ready;
  wire              fetch = read_ptr != write_known && (!fetched_valid || advance) && !read_away;
  wire [ADDR_BITS:0] read_next = read_ptr + (ADDR_BITS + 1)'(fetch);

  always_ff @(posedge read_clk) begin
    if (fetch) fetched <= mem[read_low];
    if (advance) data <= fetched;
  end

  always_ff @(posedge read_clk) begin
    write_known <= write_ptr_seen;
    read_low <= read_next[ADDR_BITS-1:0];
    read_gray <= read_next ^ (read_next >> 1);
    if (fetch) fetched_valid <= 1'b1;
    else if (advance) fetched_valid <= 1'b0;
    if (advance) valid <= fetched_valid;
    if (read_away) begin
      fetched_valid <= 1'b0;
      valid <= 1'b0;
    end
    if (read_rst) begin
      write_known <= '0;
      read_low <= '0;
      read_gray <= '0;
    end
  end

`ifdef VERILATOR
  always_ff @(posedge write_clk) begin
    if (!write_rst && write && free == '0) $fatal(1, "a FIFO between two clocks overflows");
  end
`endif
endmodule
`default_nettype wire
