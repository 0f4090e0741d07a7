// Wide parameter memory: ELEMENTS numbers are read at once, each has a write enable of its own.
//
// Shapes:  DEPTH words of ELEMENTS numbers of BITS bits, element i in bits [i * BITS +: BITS]; `write` is one-hot or 0. A
//          word that is read while it is written may be either value: banks keep this apart. No initial contents.
// Latency: 2 cycles from address to data: nothing else stands behind a block RAM's slow output. DEPTH 1 is a row of
//          registers that is always read.
// Cost:    up to SMALL words: distributed RAM, one for each element. Beyond: block RAM of 36 x 512, 18 x 1024 or 9 x 2048
//          bits with byte enables, each element in slots of 9 bits; deeper still, or of more bits: block RAM of its own.
//          In each case ELEMENTS * BITS FF.
`default_nettype none

module sf_weights #(
    parameter int ELEMENTS     = 4,
    parameter int BITS         = 8,
    parameter int DEPTH        = 16,
    parameter int SMALL        = 64,
    parameter int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1  // leave as it is
) (
    input  wire                     clk,
    input  wire [ELEMENTS-1:0]      write,
    input  wire [ADDRESS_BITS-1:0]  write_address,
    input  wire [BITS-1:0]          write_data,
    input  wire [ADDRESS_BITS-1:0]  address,
    output wire [ELEMENTS*BITS-1:0] data
);
  // Elements of one memory: as many as one block RAM holds beside one another at this depth.
  localparam int SLOTS = (BITS + 8) / 9;
  localparam int BYTES = DEPTH <= 512 ? 4 : DEPTH <= 1024 ? 2 : 1;
  localparam int TOGETHER = DEPTH <= SMALL || BYTES < SLOTS ? 1 : BYTES / SLOTS;
  localparam int MEMORIES = (ELEMENTS + TOGETHER - 1) / TOGETHER;
  // Columns with an enable of their own: of another width than 8 or a multiple of 9 Vivado makes a RAM for each (UG901,
  // "Byte Write Enable"; Synth 8-6841).
  localparam int COLUMN = TOGETHER == 1 ? BITS : BITS <= 8 ? 8 : 9 * SLOTS;

  logic [ADDRESS_BITS-1:0] early;  // of distributed RAM
  always_ff @(posedge clk) early <= address;
  wire unused_address = &{1'b0, early, address, write_address};

  for (genvar m = 0; m < MEMORIES; m++) begin : g_memory
    localparam int FROM = m * TOGETHER;
    localparam int HERE = FROM + TOGETHER > ELEMENTS ? ELEMENTS - FROM : TOGETHER;
    logic [HERE*BITS-1:0] read;
    assign data[FROM*BITS+:HERE*BITS] = read;
    if (DEPTH == 1) begin : g_register
      always_ff @(posedge clk) if (write[FROM]) read <= write_data;
    end else if (DEPTH <= SMALL) begin : g_distributed
      (* ram_style = "distributed", no_rw_check *) logic [BITS-1:0] words[0:DEPTH-1];
      always_ff @(posedge clk) begin
        if (write[FROM]) words[write_address] <= write_data;
        read <= words[early];
      end
    end else begin : g_block
      (* ram_style = "block", no_rw_check *) logic [HERE*COLUMN-1:0] words[0:DEPTH-1];
      logic [HERE*COLUMN-1:0] first;
      wire unused_first = &{1'b0, first};
      always_ff @(posedge clk) begin
        for (int i = 0; i < HERE; i++) begin
          if (write[FROM+i]) words[write_address][i*COLUMN+:COLUMN] <= COLUMN'(write_data);
          read[i*BITS+:BITS] <= first[i*COLUMN+:BITS];
        end
        first <= words[address];
      end
    end
  end
endmodule

`default_nettype wire
