// Maximum of accumulators over pools, before they are requantised (which keeps their order, channel by channel).
//
// Shapes:  sum (lane * CHANNELS + c), signed; result likewise with LANES / COLUMNS lanes, each of COLUMNS neighbours. With
//          one lane a pool's columns come one after the other; a word then has GROUPS parts, which come in turn.
//          Lanes from INSIDE on of a row's last word are outside the image and do not count.
// Flow:    every input but `sums` belongs to the sums that come one cycle later. A row's maxima lie in a memory of
//          WORDS * GROUPS words until the next row; `results` are those of the pool as far as it has come.
// Latency: from sums: log2(COLUMNS) cycles (one lane: 1 cycle) where COLUMNS > 1, and 1 where ROWS > 1.
// Cost:    for a result COLUMNS comparators and multiplexers, and the memory.
`default_nettype none

module sf_pool_sums #(
    parameter int LANES    = 2,
    parameter int CHANNELS = 1,
    parameter int BITS     = 12,
    parameter int GROUPS   = 1,
    parameter int ROWS     = 2,
    parameter int COLUMNS  = 2,
    parameter int WORDS    = 4,
    parameter int INSIDE   = 2,
    parameter int POOLED   = LANES > 1 ? LANES / COLUMNS : 1  // leave as it is
) (
    input  wire                             clk,
    input  wire                             valid,
    input  wire                             group_first,  // the first part of a word
    input  wire                             row_fresh,    // as sf_pool_walk says of the word
    input  wire                             word_fresh,
    input  wire                             word_done,
    input  wire                             begins,
    input  wire                             ends,
    input  wire  [LANES*CHANNELS*BITS-1:0]  sums,
    output wire  [POOLED*CHANNELS*BITS-1:0] results
);
  localparam int ALONG = COLUMNS == 1 ? 0 : LANES > 1 ? $clog2(COLUMNS) : 1;
  localparam int PART = POOLED * CHANNELS * BITS;
  localparam logic [BITS-1:0] LOWEST = {1'b1, {(BITS - 1) {1'b0}}};

  logic here, here_fresh, here_ends;  // flags of `sums`
  always_ff @(posedge clk) begin
    here <= valid;
    here_fresh <= word_fresh;
    here_ends <= ends;
  end

  // ---- Along the row ------------------------------------------------------------------------------------------------

  wire [PART-1:0] peaks;
  if (COLUMNS == 1) begin : g_column
    assign peaks = sums;
    wire unused_flags = &{1'b0, here, here_fresh, here_ends};
  end else if (LANES > 1) begin : g_lanes
    for (genvar lane = 0; lane < POOLED; lane++) begin : g_lane
      for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
        wire [COLUMNS*BITS-1:0] row;
        for (genvar k = 0; k < COLUMNS; k++) begin : g_column
          localparam int FROM = lane * COLUMNS + k;
          localparam bit OUTSIDE = FROM >= INSIDE && lane * COLUMNS < INSIDE;  // of a pool that counts
          wire [BITS-1:0] own = sums[(FROM*CHANNELS+c)*BITS+:BITS];
          assign row[k*BITS+:BITS] = OUTSIDE && here_ends ? LOWEST : own;
        end
        sf_max_tree #(
            .INPUTS(COLUMNS), .BITS(BITS), .SIGNED(1'b1)
        ) tree (
            .clk(clk), .numbers(row), .largest(peaks[(lane*CHANNELS+c)*BITS+:BITS])
        );
      end
    end
    wire unused_flags = &{1'b0, here, here_fresh, here_ends};
  end else begin : g_words
    // Each part's maximum so far comes back when that part of the next word does.
    logic [GROUPS*PART-1:0] held;
    wire  [PART-1:0]        past = held[(GROUPS-1)*PART+:PART];
    logic [PART-1:0]        next;
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      wire signed [BITS-1:0] a = sums[c*BITS+:BITS];
      wire signed [BITS-1:0] b = past[c*BITS+:BITS];
      assign next[c*BITS+:BITS] = here_fresh || a > b ? a : b;
    end
    if (GROUPS == 1) begin : g_one
      always_ff @(posedge clk) if (here) held <= next;
    end else begin : g_several
      always_ff @(posedge clk) if (here) held <= {held[(GROUPS-1)*PART-1:0], next};
    end
    assign peaks = held[PART-1:0];
    wire unused_ends = here_ends;
  end

  // ---- Down the rows ------------------------------------------------------------------------------------------------

  if (ROWS == 1) begin : g_row
    assign results = peaks;
    wire unused = &{1'b0, group_first, row_fresh, word_done, begins};
  end else begin : g_rows
    localparam int DEPTH = WORDS * GROUPS;
    localparam int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
    // Index i is i - 1 cycles behind `sums`; the memory is read at ALONG, used and written at ALONG + 1.
    wire  [ALONG+1:0]                  store, fresh;
    wire  [(ALONG+2)*ADDRESS_BITS-1:0] at;
    logic [ADDRESS_BITS-1:0]           count;
    assign store[0] = valid && word_done;
    assign fresh[0] = row_fresh;
    assign at[ADDRESS_BITS-1:0] = begins && group_first ? '0 : count;
    always_ff @(posedge clk) if (store[0]) count <= at[ADDRESS_BITS-1:0] + 1'b1;
    for (genvar i = 1; i <= ALONG + 1; i++) begin : g_delay
      logic                    store_next, fresh_next;
      logic [ADDRESS_BITS-1:0] at_next;
      always_ff @(posedge clk) begin
        store_next <= store[i-1];
        fresh_next <= fresh[i-1];
        at_next <= at[(i-1)*ADDRESS_BITS+:ADDRESS_BITS];
      end
      assign store[i] = store_next;
      assign fresh[i] = fresh_next;
      assign at[i*ADDRESS_BITS+:ADDRESS_BITS] = at_next;
    end
    wire unused_fresh = &{1'b0, fresh};

    wire  [PART-1:0] above;
    logic [PART-1:0] largest, held;
    sf_memory #(
        .WIDTH(PART), .DEPTH(DEPTH)
    ) rows (
        .clk(clk), .write(store[ALONG+1]), .write_address(at[(ALONG+1)*ADDRESS_BITS+:ADDRESS_BITS]),
        .write_data(largest), .address(at[ALONG*ADDRESS_BITS+:ADDRESS_BITS]), .data(above)
    );
    for (genvar i = 0; i < POOLED * CHANNELS; i++) begin : g_sum
      wire signed [BITS-1:0] a = peaks[i*BITS+:BITS];
      wire signed [BITS-1:0] b = above[i*BITS+:BITS];
      assign largest[i*BITS+:BITS] = fresh[ALONG+1] || a > b ? a : b;
    end
    always_ff @(posedge clk) held <= largest;
    assign results = held;
  end
endmodule

`default_nettype wire
