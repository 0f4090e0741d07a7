// Boot memory: the weight image that is loaded at start-up. The one place that patching a bitstream changes.
//
// Shapes:  BYTES bytes; one read port, one write port (so that no tool may take the contents for constants).
// Latency: a read takes one cycle; a byte that is read while it is written may be either value.
// Cost:    BYTES * 8 bits of block RAM.
//
// INIT_FILE holds pseudo-random bytes, no weights: they are refused by the loader, and every frame is kept. They are there so
// that a patcher recognises the memory in a placed design. A design whose first weights come from a host has a few bytes here.
`default_nettype none

module sf_boot #(
    parameter int BYTES = 64,
    parameter     INIT_FILE = "boot.hex"
) (
    input  wire         clk,
    input  wire  [23:0] read_addr,
    output logic [7:0]  read_data,
    input  wire         write,
    input  wire  [23:0] write_addr,
    input  wire  [7:0]  write_data
);
  localparam int ADDR_BITS = $clog2(BYTES);

  (* ram_style = "block", no_rw_check *) logic [7:0] mem[0:BYTES-1]  /* verilator public_flat_rw */;

  initial $readmemh(INIT_FILE, mem);

  always_ff @(posedge clk) begin
    read_data <= mem[read_addr[ADDR_BITS-1:0]];
    if (write && write_addr < 24'(BYTES)) mem[write_addr[ADDR_BITS-1:0]] <= write_data;
  end

  wire unused = &{1'b0, read_addr[23:ADDR_BITS]};
endmodule
`default_nettype wire
