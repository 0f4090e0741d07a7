// One register request at a time from one clock to another and its answer back: each side holds still what the other reads.
//
// Shapes:  `start` with write, address and data (held until `done`) in; `done` with the read data. At the other clock a
//          configuration port as `sf_registers` has it.
// Latency: three to four cycles of the target to its request, three to four of the host from the answer to `done`.
// Cost:    about 60 + ADDR_BITS + 64 FF, 20 LUT.
//
// Resets are those of `sf_domain_reset`. A side that is `away` asks and answers nothing and tells nobody of a change; what the other
// one looks at goes to 0 with `rst`.
//
// Crossing: level request -> u_request.meta  (host_clk -> target_clk)
// Crossing: level answer -> u_answer.meta  (target_clk -> host_clk)
// Crossing: held held -> {cfg_write, cfg_addr, cfg_wdata}  (host_clk -> target_clk)
// Crossing: held answer_data -> rdata  (target_clk -> host_clk)
`default_nettype none

module sf_bus_cross #(
    parameter int ADDR_BITS = 12
) (
    input  wire                  host_clk,
    input  wire                  host_away,
    input  wire                  host_rst,
    input  wire                  start,        // only while not `busy`
    input  wire                  write,
    input  wire  [ADDR_BITS-1:0] addr,
    input  wire  [31:0]          wdata,
    output logic                 busy,
    output logic                 done,         // one cycle
    output logic [31:0]          rdata,        // of a read, with `done`
    input  wire                  target_clk,
    input  wire                  target_away,
    input  wire                  target_rst,
    output logic                 cfg_valid,
    input  wire                  cfg_ready,
    output logic                 cfg_write,
    output logic [ADDR_BITS-1:0] cfg_addr,
    output logic [31:0]          cfg_wdata,
    input  wire                  cfg_rvalid,
    input  wire  [31:0]          cfg_rdata
);
  // Host: a request is a change of `request`, an answer that `answer` equals it.
  logic                  request, answer, answer_seen, request_seen;
  logic [ADDR_BITS+32:0] held;
  logic [31:0]           answer_data;

  sf_sync u_answer (
      .clk   (host_clk),
      .from  (answer),
      .stable(answer_seen)
  );

  always_ff @(posedge host_clk) begin
    if (start) held <= {write, addr, wdata};
    if (busy && answer_seen == request) rdata <= answer_data;
  end

  always_ff @(posedge host_clk) begin
    done <= busy && answer_seen == request && !host_away;
    if (busy && answer_seen == request) busy <= 1'b0;
    if (start) busy <= 1'b1;
    if (host_away) busy <= 1'b0;
    else if (start) request <= !request;
    if (host_rst) request <= 1'b0;
  end

  // Target.
  logic obeyed, waiting;  // the request as it was last seen; a read is under way

  sf_sync u_request (
      .clk   (target_clk),
      .from  (request),
      .stable(request_seen)
  );

  always_ff @(posedge target_clk) begin
    if (request_seen != obeyed) {cfg_write, cfg_addr, cfg_wdata} <= held;
    if (cfg_rvalid) answer_data <= cfg_rdata;
  end

  always_ff @(posedge target_clk) begin
    obeyed <= request_seen;
    if (request_seen != obeyed) cfg_valid <= 1'b1;
    if (cfg_valid && cfg_ready) begin
      cfg_valid <= 1'b0;
      waiting <= !cfg_write;
    end
    if (waiting && cfg_rvalid) waiting <= 1'b0;
    if (target_away) begin
      cfg_valid <= 1'b0;
      waiting <= 1'b0;
    end else if ((cfg_valid && cfg_ready && cfg_write) || (waiting && cfg_rvalid)) begin
      answer <= obeyed;
    end
    if (target_rst) begin
      obeyed <= 1'b0;
      answer <= 1'b0;
    end
  end
endmodule
`default_nettype wire
