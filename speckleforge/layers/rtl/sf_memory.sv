// Parameter memory: one write port, one read port with a registered output.
//
// Shapes:  DEPTH words of WIDTH bits. A word that is read while it is written may be either value: banks keep this apart.
// Latency: 1 cycle from address to data; DEPTH 1 is a register that is always read.
// Cost:    up to SMALL words: distributed RAM; beyond: what the tool finds best.
`default_nettype none

module sf_memory #(
    parameter int WIDTH        = 8,
    parameter int DEPTH        = 16,
    parameter int SMALL        = 64,
    parameter int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1  // leave as it is
) (
    input  wire                     clk,
    input  wire                     write,
    input  wire  [ADDRESS_BITS-1:0] write_address,
    input  wire  [WIDTH-1:0]        write_data,
    input  wire  [ADDRESS_BITS-1:0] address,
    output logic [WIDTH-1:0]        data
);
  if (DEPTH == 1) begin : g_register
    wire unused_address = &{1'b0, write_address, address};
    always_ff @(posedge clk) begin
      if (write) data <= write_data;
    end
  end else if (DEPTH <= SMALL) begin : g_distributed
    (* ram_style = "distributed", no_rw_check *) logic [WIDTH-1:0] words[0:DEPTH-1];
    always_ff @(posedge clk) begin
      if (write) words[write_address] <= write_data;
      data <= words[address];
    end
  end else begin : g_large
    (* no_rw_check *) logic [WIDTH-1:0] words[0:DEPTH-1];
    always_ff @(posedge clk) begin
      if (write) words[write_address] <= write_data;
      data <= words[address];
    end
  end
endmodule

`default_nettype wire
