// Tables of one group of weights: entry e of an output's table is the sum of the weights whose bit in e is set.
//
// Shapes:  operand (lane * INPUTS + t) of BITS bits; value ((lane * OUTPUTS + output) * BITS + plane) of
//          WEIGHT_BITS + log2(INPUTS) bits, signed: the table's entry at bit `plane` of that lane's operands.
//          Weights of all banks lie in a small memory; `fill_*` writes the tables of all outputs at once.
// Latency: 2 cycles from operands to values: an address register, a table register.
// Cost:    for each output and 8 look-ups (lane, plane) half a RAM32M16 a bit where SHARED: the eighth look-up reads
//          where the table is written, so that its address is the only multiplexer. Elsewhere a RAM for each look-up.
`default_nettype none

module sf_subset_sums #(
    parameter int LANES         = 1,
    parameter int OUTPUTS       = 1,
    parameter int INPUTS        = 5,
    parameter int BITS          = 4,
    parameter int WEIGHT_BITS   = 4,
    parameter int BANKS         = 1,
    parameter bit SHARED        = 1'b1,
    parameter int POSITION_BITS = 3,
    parameter int VALUE_BITS    = WEIGHT_BITS + $clog2(INPUTS)  // leave as it is
) (
    input  wire                                      clk,
    input  wire [LANES*INPUTS*BITS-1:0]              operands,
    output wire [LANES*OUTPUTS*BITS*VALUE_BITS-1:0]  values,
    input  wire [OUTPUTS-1:0]                        write,          // a weight of one output
    input  wire [POSITION_BITS-1:0]                  write_position,
    input  wire                                      write_bank,
    input  wire [WEIGHT_BITS-1:0]                    write_data,
    input  wire [POSITION_BITS-1:0]                  fill_position,  // of the weight in which the entry differs
    input  wire                                      fill_bank,      // from the one before; and 1 cycle later:
    input  wire                                      fill_clear,     // the entry is 0
    input  wire                                      fill_subtract,  // the weight leaves it
    input  wire                                      fill_valid,
    input  wire [INPUTS-1:0]                         fill_entry
);
  localparam int PORTS = LANES * BITS;
  localparam int ADDRESS_BITS = INPUTS > 1 ? $clog2(INPUTS) : 0;
  localparam int DEPTH = BANKS << ADDRESS_BITS;
  localparam int RAW_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;

  // Look-ups in blocks of 8, the rest of 4, 2 and 1: a block is one memory.
  function automatic int block_size(input int port);
    int left, start;
    left = PORTS % 8;
    start = PORTS - left;
    block_size = port < start ? 8 : 1;
    for (int size = 4; size >= 1; size = size / 2) begin
      if (left >= size) begin
        if (port >= start && port < start + size) block_size = size;
        left = left - size;
        start = start + size;
      end
    end
    if (!SHARED) block_size = 1;
  endfunction
  // The larger blocks come first, so each begins at a multiple of its size.
  function automatic bit begins(input int port);
    begins = port % block_size(port) == 0;
  endfunction

  wire unused_position = &{1'b0, write_position, fill_position, write_bank, fill_bank};  // some bits, where INPUTS is few

  // A copy of each group: as one register they would drive all tables of a kernel, and tools merge what is equal.
  (* keep = "true" *) logic              entry_valid;
  (* keep = "true" *) logic [INPUTS-1:0] entry;
  always_ff @(posedge clk) begin
    entry_valid <= fill_valid;
    entry <= fill_entry;
  end

  // The outputs share their addresses. Where a block is shared, its last one becomes the write address during a fill.
  logic [PORTS*INPUTS-1:0] addresses;
  for (genvar p = 0; p < PORTS; p++) begin : g_address
    localparam bit WRITES = block_size(p) > 1 && (p + 1) % block_size(p) == 0;
    wire [INPUTS-1:0] asked;
    for (genvar t = 0; t < INPUTS; t++) begin : g_bit
      assign asked[t] = operands[((p/BITS)*INPUTS+t)*BITS+p%BITS];
    end
    always_ff @(posedge clk) addresses[p*INPUTS+:INPUTS] <= WRITES && fill_valid ? fill_entry : asked;
  end

  for (genvar o = 0; o < OUTPUTS; o++) begin : g_output
    wire [WEIGHT_BITS-1:0] weight;
    wire [RAW_BITS-1:0] raw_write, raw_read;
    if (ADDRESS_BITS == 0) begin : g_one
      assign raw_write = BANKS > 1 && write_bank;
      assign raw_read = BANKS > 1 && fill_bank;
    end else begin : g_several
      assign raw_write = RAW_BITS'({BANKS > 1 && write_bank, write_position[ADDRESS_BITS-1:0]});
      assign raw_read = RAW_BITS'({BANKS > 1 && fill_bank, fill_position[ADDRESS_BITS-1:0]});
    end
    sf_memory #(
        .WIDTH(WEIGHT_BITS), .DEPTH(DEPTH)
    ) raw (
        .clk(clk), .write(write[o]), .write_address(raw_write), .write_data(write_data),
        .address(raw_read), .data(weight)
    );
    logic signed [VALUE_BITS-1:0] sum;
    wire signed  [VALUE_BITS-1:0] change = VALUE_BITS'($signed(weight));
    always_ff @(posedge clk) begin
      if (fill_clear) sum <= '0;
      else sum <= fill_subtract ? sum - change : sum + change;
    end

    for (genvar p = 0; p < PORTS; p++) begin : g_port
      if (begins(p)) begin : g_block
        localparam int SIZE = block_size(p);
        wire [SIZE*VALUE_BITS-1:0] found;
        sf_look_up #(
            .PORTS(SIZE), .WIDTH(VALUE_BITS), .ADDRESS_BITS(INPUTS)
        ) sums (
            .clk(clk), .write(entry_valid), .write_address(entry), .write_data(sum),
            .addresses(addresses[p*INPUTS+:SIZE*INPUTS]), .data(found)
        );
        for (genvar i = 0; i < SIZE; i++) begin : g_value
          localparam int TO = (((p + i) / BITS) * OUTPUTS + o) * BITS + (p + i) % BITS;
          assign values[TO*VALUE_BITS+:VALUE_BITS] = found[i*VALUE_BITS+:VALUE_BITS];
        end
      end
    end
  end
endmodule

`default_nettype wire
