// All totals of a dense layer, held while they leave a few a cycle.
//
// Shapes:  UNITS totals of BITS bits enter at once with `load`; ROUNDS = ceil(UNITS / LANES) rows of LANES leave, one a
//          cycle, those past UNITS 0. `valid`, `first`, `last` and `tag` go with a row; `early_at` and `at` are its
//          address in a memory of ROUNDS words a bank: in the cycle before it, and in its own.
// Latency: 2 cycles from `load` to the first row, more than 32 rows: 3. `load` comes every ROUNDS cycles at most.
// Cost:    UNITS * BITS FF and sf_select.
`default_nettype none

module sf_drain #(
    parameter int UNITS        = 8,
    parameter int BITS         = 16,
    parameter int LANES        = 2,
    parameter int BANKS        = 1,
    parameter int ROUNDS       = (UNITS + LANES - 1) / LANES,                      // leave as it is
    parameter int ADDRESS_BITS = ROUNDS * BANKS > 1 ? $clog2(ROUNDS * BANKS) : 1  // leave as it is
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    load,
    input  wire [UNITS*BITS-1:0]   totals,
    input  wire [7:0]              load_tag,
    output wire [ADDRESS_BITS-1:0] early_at,
    output wire [ADDRESS_BITS-1:0] at,
    output wire                    valid,
    output wire                    first,
    output wire                    last,
    output wire [7:0]              tag,
    output wire [LANES*BITS-1:0]   row
);
  localparam int SELECT = ROUNDS > 32 ? 2 : 1;  // cycles of sf_select

  logic [UNITS*BITS-1:0]             held;
  wire  [ROUNDS*LANES*BITS-1:0]      rows = (ROUNDS * LANES * BITS)'(held);
  logic [ROUNDS-1:0]                 hot;
  // Index 0: the cycle in which a row is selected.
  logic [SELECT:0]                   draining, firsts, lasts;
  logic [SELECT:0][7:0]              tags;
  logic [SELECT:0][ADDRESS_BITS-1:0] address;
  assign firsts[0] = hot[0];
  assign lasts[0] = hot[ROUNDS-1];
  always_ff @(posedge clk) begin
    if (load) held <= totals;
    hot <= rst ? '0 : hot << 1 | ROUNDS'(load);
    draining <= rst ? '0 : {draining[SELECT-1:0], load || draining[0] && !hot[ROUNDS-1]};
    firsts[SELECT:1] <= firsts[SELECT-1:0];
    lasts[SELECT:1] <= lasts[SELECT-1:0];
    tags[SELECT:1] <= tags[SELECT-1:0];
    if (load) tags[0] <= load_tag;
    address[SELECT:1] <= address[SELECT-1:0];
    if (load) address[0] <= BANKS > 1 && load_tag[0] ? ADDRESS_BITS'(ROUNDS) : '0;
    else address[0] <= address[0] + 1'b1;
  end
  sf_select #(
      .WIDTH(LANES * BITS), .ROWS(ROUNDS)
  ) select (
      .clk(clk), .rows(rows), .hot(hot), .row(row)
  );
  assign early_at = address[SELECT-1];
  assign at = address[SELECT];
  assign valid = draining[SELECT];
  assign first = firsts[SELECT];
  assign last = lasts[SELECT];
  assign tag = tags[SELECT];
endmodule

`default_nettype wire
