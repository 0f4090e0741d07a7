// A table that is read at PORTS addresses at once.
//
// Shapes:  1 << ADDRESS_BITS words of WIDTH bits. With several ports the last one's address is also where it is written,
//          so that one memory primitive serves them all (yosys: RAM32M16, 8 ports x 2 bits); with one port
//          `write_address` is.
// Latency: 1 cycle from addresses to data. A word that is read while it is written may be either value.
// Cost:    distributed RAM, WIDTH * PORTS FF.
`default_nettype none

module sf_look_up #(
    parameter int PORTS        = 8,
    parameter int WIDTH        = 7,
    parameter int ADDRESS_BITS = 5
) (
    input  wire                           clk,
    input  wire                           write,
    input  wire  [ADDRESS_BITS-1:0]       write_address,
    input  wire  [WIDTH-1:0]              write_data,
    input  wire  [PORTS*ADDRESS_BITS-1:0] addresses,
    output logic [PORTS*WIDTH-1:0]        data
);
  (* ram_style = "distributed", no_rw_check *) logic [WIDTH-1:0] words[0:(1<<ADDRESS_BITS)-1];

  if (PORTS == 1) begin : g_one
    always_ff @(posedge clk) if (write) words[write_address] <= write_data;
  end else begin : g_shared
    wire [ADDRESS_BITS-1:0] last = addresses[(PORTS-1)*ADDRESS_BITS+:ADDRESS_BITS];
    always_ff @(posedge clk) if (write) words[last] <= write_data;
    wire unused_address = &{1'b0, write_address};
  end
  for (genvar p = 0; p < PORTS; p++) begin : g_port
    always_ff @(posedge clk) data[p*WIDTH+:WIDTH] <= words[addresses[p*ADDRESS_BITS+:ADDRESS_BITS]];
  end
endmodule

`default_nettype wire
