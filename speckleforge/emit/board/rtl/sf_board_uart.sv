// A board with one serial line: UART, packet link and the core, in one clock domain.
//
// Shapes:  two serial pins and eight lamps; `sf_core` with IN_BITS and RES_BITS as it was generated.
// Latency: bound by the serial line: 10 * CLOCKS_PER_BIT cycles per byte.
// Cost:    the link and the core, about 100 LUT and 120 FF of its own.
// Lamps: 0 heartbeat, 1 packet received, 2 result sent, 3 broken packet, 7 running; the rest are dark.
`default_nettype none

module sf_board_uart #(
    parameter int IN_BITS = 8,
    parameter int RES_BITS = 64,
    parameter int FRAME_ADDR_BITS = 13,
    parameter int CLOCKS_PER_BIT = 50,
    parameter int BLINK_BITS = 22  // a lamp stays lit for 2**BLINK_BITS cycles after its event
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        uart_rx,
    output logic       uart_tx,
    output logic [7:0] led
);
  logic rx_valid, rx_error, tx_valid, tx_ready;
  logic [7:0] rx_data, tx_data;
  logic in_valid, in_ready, in_first, in_last;
  logic [IN_BITS-1:0] in_data;
  logic [31:0] in_pulse_id;
  logic res_valid, res_ready;
  logic [RES_BITS-1:0] res_data;
  logic [7:0] res_dest;
  logic cfg_valid, cfg_ready, cfg_write, cfg_rvalid;
  logic [11:0] cfg_addr;
  logic [31:0] cfg_wdata, cfg_rdata;
  logic event_good, event_bad;

  sf_uart_rx #(
      .CLOCKS_PER_BIT(CLOCKS_PER_BIT)
  ) u_uart_rx (
      .clk          (clk),
      .rst          (rst),
      .pin          (uart_rx),
      .valid        (rx_valid),
      .data         (rx_data),
      .framing_error(rx_error)
  );

  sf_uart_tx #(
      .CLOCKS_PER_BIT(CLOCKS_PER_BIT)
  ) u_uart_tx (
      .clk  (clk),
      .rst  (rst),
      .valid(tx_valid),
      .ready(tx_ready),
      .data (tx_data),
      .pin  (uart_tx)
  );

  sf_link #(
      .IN_BITS        (IN_BITS),
      .RES_BITS       (RES_BITS),
      .FRAME_ADDR_BITS(FRAME_ADDR_BITS)
  ) u_link (
      .clk        (clk),
      .rst        (rst),
      .rx_valid   (rx_valid),
      .rx_data    (rx_data),
      .rx_error   (rx_error),
      .tx_valid   (tx_valid),
      .tx_ready   (tx_ready),
      .tx_data    (tx_data),
      .in_valid   (in_valid),
      .in_ready   (in_ready),
      .in_data    (in_data),
      .in_first   (in_first),
      .in_last    (in_last),
      .in_pulse_id(in_pulse_id),
      .res_valid  (res_valid),
      .res_ready  (res_ready),
      .res_data   (res_data),
      .cfg_valid  (cfg_valid),
      .cfg_ready  (cfg_ready),
      .cfg_write  (cfg_write),
      .cfg_addr   (cfg_addr),
      .cfg_wdata  (cfg_wdata),
      .cfg_rvalid (cfg_rvalid),
      .cfg_rdata  (cfg_rdata),
      .event_good (event_good),
      .event_bad  (event_bad)
  );

  sf_core u_core (
      .clk        (clk),
      .rst        (rst),
      .in_valid   (in_valid),
      .in_ready   (in_ready),
      .in_data    (in_data),
      .in_first   (in_first),
      .in_last    (in_last),
      .in_pulse_id(in_pulse_id),
      .in_dest    (8'd0),
      .in_error   (1'b0),  // a broken packet never gets here
      .res_valid  (res_valid),
      .res_ready  (res_ready),
      .res_data   (res_data),
      .res_dest   (res_dest),
      .cfg_valid  (cfg_valid),
      .cfg_ready  (cfg_ready),
      .cfg_write  (cfg_write),
      .cfg_addr   (cfg_addr),
      .cfg_wdata  (cfg_wdata),
      .cfg_rvalid (cfg_rvalid),
      .cfg_rdata  (cfg_rdata)
  );

  wire unused = &{1'b0, res_dest};  // one host, one place

  // Lamps: each event holds its lamp until the heartbeat counter has come round twice.
  logic [BLINK_BITS:0] heartbeat;
  logic [3:1] lit, fading;
  wire tick = &heartbeat[BLINK_BITS-1:0];
  assign led = {1'b1, 3'd0, lit | fading, heartbeat[BLINK_BITS]};

  always_ff @(posedge clk) begin
    heartbeat <= heartbeat + 1'b1;
    if (tick) begin
      fading <= lit;
      lit <= '0;
    end
    if (event_good) lit[1] <= 1'b1;
    if (res_valid && res_ready) lit[2] <= 1'b1;
    if (event_bad) lit[3] <= 1'b1;
    if (rst) begin
      heartbeat <= '0;
      lit <= '0;
      fading <= '0;
    end
  end
endmodule
`default_nettype wire
