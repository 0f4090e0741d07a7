// AXI4-Lite to the registers of two clocks: those of the core and those of the stream's edges.
//
// Shapes:  byte addresses; bits 14:2 are the word address, whose bit 12 chooses the edges. Whole words only.
// Latency: two cycles and those of `sf_bus_cross`; one access at a time, reads and writes in turn.
// Cost:    about 120 FF, 60 LUT.
//
// Answers SLVERR, and does nothing, where a write has not all its bytes, and where no answer came for 2**TIMEOUT_BITS cycles
// (the other clock stands still), one is still missing from before, or the block resets: it never leaves a bus without an
// answer, so a reset of the other clocks (`away`) does not reset it. A write to DATA waits while the boot memory is read:
// one cycle a byte, so TIMEOUT_BITS leaves room for the largest.
`default_nettype none

module sf_axil #(
    parameter int TIMEOUT_BITS = 24
) (
    input  wire         clk,
    input  wire         rst,      // of this clock
    input  wire         away,     // the block is in reset, or about to be
    input  wire  [14:0] awaddr,
    input  wire         awvalid,
    output logic        awready,
    input  wire  [31:0] wdata,
    input  wire  [3:0]  wstrb,
    input  wire         wvalid,
    output logic        wready,
    output logic [1:0]  bresp,
    output logic        bvalid,
    input  wire         bready,
    input  wire  [14:0] araddr,
    input  wire         arvalid,
    output logic        arready,
    output logic [31:0] rdata,
    output logic [1:0]  rresp,
    output logic        rvalid,
    input  wire         rready,
    // To the core (0) and the edges (1).
    output logic [1:0]  bus_start,
    output logic        bus_write,
    output logic [11:0] bus_addr,
    output logic [31:0] bus_wdata,
    input  wire  [1:0]  bus_busy,
    input  wire  [1:0]  bus_done,
    input  wire  [31:0] core_rdata,
    input  wire  [31:0] edge_rdata
);
  localparam logic [1:0] OKAY = 2'b00;
  localparam logic [1:0] SLVERR = 2'b10;
  localparam logic [1:0] IDLE = 2'd0;
  localparam logic [1:0] ASK = 2'd1;
  localparam logic [1:0] WAIT = 2'd2;
  localparam logic [1:0] ANSWER = 2'd3;

  logic [1:0]            state;
  logic                  at_edge;    // the target of the access at hand
  logic                  whole;      // all bytes of a write
  logic                  read_next;  // whose turn it is
  logic [TIMEOUT_BITS:0] waited;

  wire  writes = awvalid && wvalid;
  wire  take_read = state == IDLE && arvalid && (read_next || !writes);
  wire  take_write = state == IDLE && writes && !take_read;
  wire  answered = bus_done[at_edge];
  wire  failed = waited[TIMEOUT_BITS] || away;
  wire  possible = whole && !bus_busy[at_edge] && !away;

  initial state = IDLE;
  initial bus_start = 2'b00;
  initial bvalid = 1'b0;
  initial rvalid = 1'b0;

  assign arready = take_read;
  assign awready = take_write;
  assign wready = take_write;

  always_ff @(posedge clk) begin
    if (take_read || take_write) begin
      {at_edge, bus_addr} <= take_read ? araddr[14:2] : awaddr[14:2];
      bus_write <= take_write;
      bus_wdata <= wdata;
      whole <= take_read || (&wstrb);
    end
    if (state == WAIT) begin
      rdata <= !answered ? 32'd0 : at_edge ? edge_rdata : core_rdata;
      rresp <= answered ? OKAY : SLVERR;
      bresp <= answered ? OKAY : SLVERR;
    end
    if (state == ASK) begin
      rdata <= 32'd0;
      rresp <= SLVERR;
      bresp <= SLVERR;
    end
  end

  always_ff @(posedge clk) begin
    bus_start <= 2'b00;
    waited <= state == WAIT ? waited + 1'b1 : '0;
    case (state)
      IDLE: if (take_read || take_write) state <= ASK;
      ASK: begin
        // An access that cannot be is answered at once, in the words that were put down above.
        state <= possible ? WAIT : ANSWER;
        bus_start[at_edge] <= possible;
        bvalid <= !possible && bus_write;
        rvalid <= !possible && !bus_write;
      end
      WAIT:
      if (answered || failed) begin
        state <= ANSWER;
        bvalid <= bus_write;
        rvalid <= !bus_write;
      end
      default:
      if ((bvalid && bready) || (rvalid && rready)) begin
        state <= IDLE;
        bvalid <= 1'b0;
        rvalid <= 1'b0;
        read_next <= bus_write;
      end
    endcase
    if (rst) begin
      state <= IDLE;
      bus_start <= 2'b00;
      bvalid <= 1'b0;
      rvalid <= 1'b0;
      read_next <= 1'b0;
    end
  end

  wire unused = &{1'b0, awaddr[1:0], araddr[1:0]};
endmodule
`default_nettype wire
