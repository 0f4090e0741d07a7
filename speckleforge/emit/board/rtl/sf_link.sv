// Packet link: turns bytes of a serial line into the core's input stream and configuration requests, and results and
// answers into packets. Every packet is SLIP(kind[u8], payload, CRC-32[u32]), all fields lowest byte first.
//
//   host -> board  0x01 FRAME pulse_id[u32] words...   0x02 READ addr   0x03 WRITE addr data...   0x04 WRITE_FIXED
//   board -> host  0x81 RESULT record                  0x82 READ_DATA addr data   0x83 WRITE_DONE addr count
//
// Shapes:  link bytes by valid (in) and valid/ready (out); the core's streams and configuration port as in `sf_core`.
// Latency: a frame enters the core when its packet is complete and intact; then one word per cycle.
// Cost:    see the parts; about 700 LUT, 700 FF and the frame buffer, plus 8 * (RES_BITS / 8 + 1) FF for the sender.
// Broken packets change nothing but a counter. Registers 0x1000.. : magic, widths, and the counters below.
`default_nettype none

module sf_link #(
    parameter int IN_BITS = 8,          // bits of one word of the core's input stream
    parameter int RES_BITS = 64,        // bits of one result record
    parameter int FRAME_ADDR_BITS = 13  // frame buffer: 2**FRAME_ADDR_BITS words
) (
    input  wire                 clk,
    input  wire                 rst,
    // Serial bytes.
    input  wire                 rx_valid,
    input  wire  [7:0]          rx_data,
    input  wire                 rx_error,
    output logic                tx_valid,
    input  wire                 tx_ready,
    output logic [7:0]          tx_data,
    // Input stream of the core; the pulse id is valid with `in_first`.
    output logic                in_valid,
    input  wire                 in_ready,
    output logic [IN_BITS-1:0]  in_data,
    output logic                in_first,
    output logic                in_last,
    output logic [31:0]         in_pulse_id,
    // Result stream of the core: one record per frame.
    input  wire                 res_valid,
    output logic                res_ready,
    input  wire  [RES_BITS-1:0] res_data,
    // Configuration port of the core.
    output logic                cfg_valid,
    input  wire                 cfg_ready,
    output logic                cfg_write,
    output logic [11:0]         cfg_addr,
    output logic [31:0]         cfg_wdata,
    input  wire                 cfg_rvalid,
    input  wire  [31:0]         cfg_rdata,
    // For lamps: one cycle each.
    output logic                event_good,
    output logic                event_bad
);
  localparam logic [7:0] FRAME = 8'h01;
  localparam logic [7:0] RESULT = 8'h81;
  localparam logic [7:0] FIRST_CONFIG = 8'h02;
  localparam logic [7:0] LAST_CONFIG = 8'h04;
  localparam logic [31:0] MAGIC = 32'h314C4653;  // "SFL1"
  localparam int RES_BYTES = (RES_BITS + 7) / 8;
  localparam int TX_BYTES = RES_BYTES + 1 > 7 ? RES_BYTES + 1 : 7;
  localparam int LENGTH_BITS = $clog2(TX_BYTES + 1);

  logic slip_valid, slip_end, slip_bad;
  logic [7:0] slip_data;
  logic start, valid, good, bad;
  logic [7:0] kind, data;
  wire is_frame = kind == FRAME;
  wire is_config = kind >= FIRST_CONFIG && kind <= LAST_CONFIG;
  wire unknown = good && !is_frame && !is_config;

  sf_slip_rx u_slip_rx (
      .clk      (clk),
      .rst      (rst),
      .in_valid (rx_valid),
      .in_data  (rx_data),
      .in_error (rx_error),
      .out_valid(slip_valid),
      .out_data (slip_data),
      .out_end  (slip_end),
      .out_bad  (slip_bad)
  );

  sf_packet_rx u_packet_rx (
      .clk     (clk),
      .rst     (rst),
      .in_valid(slip_valid),
      .in_data (slip_data),
      .in_end  (slip_end),
      .in_bad  (slip_bad),
      .start   (start),
      .kind    (kind),
      .valid   (valid),
      .data    (data),
      .good    (good),
      .bad     (bad)
  );

  logic word_valid, word_last, commit, abort, frame_malformed, accepted, dropped;
  logic [IN_BITS-1:0] word;
  logic [31:0] pulse_id;

  sf_frame_rx #(
      .WORD_BITS(IN_BITS)
  ) u_frame_rx (
      .clk       (clk),
      .rst       (rst),
      .start     (start && is_frame),
      .valid     (valid && is_frame),
      .data      (data),
      .good      (good && is_frame),
      .bad       (bad && is_frame),
      .word_valid(word_valid),
      .word      (word),
      .word_last (word_last),
      .commit    (commit),
      .abort     (abort),
      .malformed (frame_malformed),
      .pulse_id  (pulse_id)
  );

  sf_frame_buffer #(
      .WORD_BITS(IN_BITS),
      .ADDR_BITS(FRAME_ADDR_BITS)
  ) u_frame_buffer (
      .clk         (clk),
      .rst         (rst),
      .in_valid    (word_valid),
      .in_word     (word),
      .in_last     (word_last),
      .commit      (commit),
      .abort       (abort),
      .in_pulse_id (pulse_id),
      .accepted    (accepted),
      .dropped     (dropped),
      .out_valid   (in_valid),
      .out_ready   (in_ready),
      .out_data    (in_data),
      .out_first   (in_first),
      .out_last    (in_last),
      .out_pulse_id(in_pulse_id)
  );

  logic config_malformed, answer_valid, answer_ready;
  logic [7:0] answer_kind;
  logic [15:0] answer_addr;
  logic [31:0] answer_data, local_data;
  logic [3:0] local_addr;

  sf_link_config u_config (
      .clk         (clk),
      .rst         (rst),
      .start       (start && is_config),
      .kind        (kind),
      .valid       (valid && is_config),
      .data        (data),
      .good        (good && is_config),
      .malformed   (config_malformed),
      .answer_valid(answer_valid),
      .answer_ready(answer_ready),
      .answer_kind (answer_kind),
      .answer_addr (answer_addr),
      .answer_data (answer_data),
      .local_addr  (local_addr),
      .local_data  (local_data),
      .cfg_valid   (cfg_valid),
      .cfg_ready   (cfg_ready),
      .cfg_write   (cfg_write),
      .cfg_addr    (cfg_addr),
      .cfg_wdata   (cfg_wdata),
      .cfg_rvalid  (cfg_rvalid),
      .cfg_rdata   (cfg_rdata)
  );

  // Answers go first: there is at most one, and the host waits for it.
  logic packet_ready;
  wire [8*TX_BYTES-1:0] answer_packet = (8 * TX_BYTES)'({answer_data, answer_addr, answer_kind});
  wire [8*TX_BYTES-1:0] result_packet = (8 * TX_BYTES)'({res_data, RESULT});
  assign answer_ready = packet_ready;
  assign res_ready = packet_ready && !answer_valid;

  sf_packet_tx #(
      .MAX_BYTES(TX_BYTES)
  ) u_packet_tx (
      .clk      (clk),
      .rst      (rst),
      .valid    (answer_valid || res_valid),
      .ready    (packet_ready),
      .data     (answer_valid ? answer_packet : result_packet),
      .length   (answer_valid ? LENGTH_BITS'(7) : LENGTH_BITS'(RES_BYTES + 1)),
      .out_valid(tx_valid),
      .out_ready(tx_ready),
      .out_data (tx_data)
  );

  // What is counted, a cycle late: the counters' carries stand behind registers.
  logic counts_good, counts_broken, counts_malformed, counts_accepted, counts_dropped, counts_result;
  logic [31:0] good_count, broken_count, malformed_count, accepted_count, dropped_count, result_count;
  assign event_good = good;
  assign event_bad = bad || unknown || frame_malformed || config_malformed || dropped;

  always_ff @(posedge clk) begin
    counts_good <= good && !rst;
    counts_broken <= bad && !rst;
    counts_malformed <= (unknown || frame_malformed || config_malformed) && !rst;
    counts_accepted <= accepted && !rst;
    counts_dropped <= dropped && !rst;
    counts_result <= res_valid && res_ready && !rst;
    if (rst) begin
      good_count <= '0;
      broken_count <= '0;
      malformed_count <= '0;
      accepted_count <= '0;
      dropped_count <= '0;
      result_count <= '0;
    end else begin
      good_count <= good_count + {31'd0, counts_good};
      broken_count <= broken_count + {31'd0, counts_broken};
      malformed_count <= malformed_count + {31'd0, counts_malformed};
      accepted_count <= accepted_count + {31'd0, counts_accepted};
      dropped_count <= dropped_count + {31'd0, counts_dropped};
      result_count <= result_count + {31'd0, counts_result};
    end
  end

  always_comb begin
    case (local_addr)
      4'd0: local_data = MAGIC;
      4'd1: local_data = {16'(RES_BITS), 16'(IN_BITS)};
      4'd2: local_data = 32'd1 << FRAME_ADDR_BITS;
      4'd3: local_data = good_count;
      4'd4: local_data = broken_count;
      4'd5: local_data = malformed_count;
      4'd6: local_data = accepted_count;
      4'd7: local_data = dropped_count;
      4'd8: local_data = result_count;
      default: local_data = 32'd0;
    endcase
  end
endmodule
`default_nettype wire
