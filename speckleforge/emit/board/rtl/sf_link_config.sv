// Configuration packets: checks a whole request, then runs it word by word on the core's configuration port.
//
// Shapes:  payload bytes in; configuration requests (word address) out; one answer of address and data per request.
// Latency: a write takes a cycle per word once its packet is intact; a read as long as the core takes.
// Cost:    64 x 32 bits of LUT RAM, about 150 LUT, 150 FF.
//
// Request payloads: READ addr[u16]; WRITE addr[u16] data[u32] x 1..64 to rising addresses; WRITE_FIXED the same, but all
// words go to one address (a weight port). Addresses from 0x1000 are the link's own registers, read only.
`default_nettype none

module sf_link_config (
    input  wire         clk,
    input  wire         rst,
    // From the packet checker.
    input  wire         start,
    input  wire  [ 7:0] kind,
    input  wire         valid,
    input  wire  [ 7:0] data,
    input  wire         good,
    output logic        malformed,   // one cycle: an intact request with a wrong length, or sent before the last answer
    // Answer.
    output logic        answer_valid,
    input  wire         answer_ready,
    output logic [ 7:0] answer_kind,
    output logic [15:0] answer_addr,
    output logic [31:0] answer_data,
    // The link's own registers.
    output logic [ 3:0] local_addr,
    input  wire  [31:0] local_data,
    // The core's configuration port.
    output logic        cfg_valid,
    input  wire         cfg_ready,
    output logic        cfg_write,
    output logic [11:0] cfg_addr,
    output logic [31:0] cfg_wdata,
    input  wire         cfg_rvalid,
    input  wire  [31:0] cfg_rdata
);
  localparam logic [7:0] READ = 8'h02;
  localparam logic [7:0] WRITE = 8'h03;
  localparam logic [7:0] WRITE_FIXED = 8'h04;
  localparam logic [7:0] READ_DATA = 8'h82;
  localparam logic [7:0] WRITE_DONE = 8'h83;

  localparam logic [2:0] IDLE = 3'd0;
  localparam logic [2:0] FETCH = 3'd1;
  localparam logic [2:0] REQUEST = 3'd2;
  localparam logic [2:0] WAIT = 3'd3;
  localparam logic [2:0] ANSWER = 3'd4;

  logic [ 2:0] state;
  logic        refused;      // this request came while another was under way
  logic        too_long;
  logic [ 1:0] header_left;  // address bytes still to come
  logic [ 1:0] byte_number;
  logic [23:0] partial;
  logic [ 6:0] words;        // complete data words of this request
  logic [ 6:0] done;         // of them, already written
  logic [15:0] addr;
  logic        fixed;
  (* ram_style = "distributed" *) logic [31:0] buffer[0:63];

  wire store = valid && state == IDLE && header_left == 2'd0 && byte_number == 2'd3 && !words[6];
  wire read_ok = kind == READ && header_left == 2'd0 && words == 7'd0 && byte_number == 2'd0;
  wire write_ok = kind != READ && words != 7'd0 && byte_number == 2'd0 && !too_long && !addr[12];
  wire is_local = addr[12];

  assign cfg_addr = addr[11:0];
  assign cfg_valid = state == REQUEST;
  assign local_addr = addr[3:0];
  assign answer_valid = state == ANSWER;
  assign answer_addr = addr;

  always_ff @(posedge clk) begin
    if (store) buffer[words[5:0]] <= {data, partial};
    cfg_wdata <= buffer[done[5:0]];
  end

  always_ff @(posedge clk) begin
    malformed <= 1'b0;
    if (start) refused <= state != IDLE;
    if (good && refused) malformed <= 1'b1;
    case (state)
      IDLE: begin
        done <= 7'd0;
        if (start) begin
          header_left <= 2'd2;
          byte_number <= 2'd0;
          words <= 7'd0;
          too_long <= 1'b0;
        end else if (valid && header_left != 2'd0) begin
          header_left <= header_left - 2'd1;
          addr <= {data, addr[15:8]};
        end else if (valid) begin
          byte_number <= byte_number + 2'd1;
          partial <= {data, partial[23:8]};
          if (byte_number == 2'd3) words <= words + {6'd0, !words[6]};
          too_long <= too_long | words[6];
        end else if (good && !refused) begin
          cfg_write <= kind != READ;
          fixed <= kind == WRITE_FIXED;
          answer_kind <= kind == READ ? READ_DATA : WRITE_DONE;
          if (read_ok || write_ok) state <= FETCH;
          else malformed <= 1'b1;
        end
      end
      FETCH: state <= is_local ? WAIT : REQUEST;  // the buffer's word is on its way to cfg_wdata
      REQUEST:
      if (cfg_ready) begin
        done <= done + 7'd1;
        if (!cfg_write) state <= WAIT;
        else if (done + 7'd1 == words) state <= ANSWER;
        else state <= FETCH;
        if (cfg_write && !fixed && done + 7'd1 != words) addr <= addr + 16'd1;
        answer_data <= {25'd0, words};
      end
      WAIT:
      if (is_local || cfg_rvalid) begin
        answer_data <= is_local ? local_data : cfg_rdata;
        state <= ANSWER;
      end
      default: if (answer_ready) state <= IDLE;
    endcase
    if (rst) begin
      state <= IDLE;
      refused <= 1'b1;
      malformed <= 1'b0;
    end
  end

  wire unused = &{1'b0, addr[15:13], WRITE};
endmodule
`default_nettype wire
