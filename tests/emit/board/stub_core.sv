// Test stand-in for sf_core: answers each frame with its pulse id, its word count, and the sum of its words; 16
// configuration registers. It stalls its input now and then.
`default_nettype none
module sf_core (
    input  wire         clk,
    input  wire         rst,
    input  wire         in_valid,
    output logic        in_ready,
    input  wire  [11:0] in_data,
    input  wire         in_first,
    input  wire         in_last,
    input  wire  [31:0] in_pulse_id,
    input  wire  [7:0]  in_dest,
    input  wire         in_error,
    output logic        res_valid,
    input  wire         res_ready,
    output logic [75:0] res_data,
    output logic [7:0]  res_dest,
    input  wire         cfg_valid,
    output logic        cfg_ready,
    input  wire         cfg_write,
    input  wire  [11:0] cfg_addr,
    input  wire  [31:0] cfg_wdata,
    output logic        cfg_rvalid,
    output logic [31:0] cfg_rdata
);
  logic [31:0] registers[0:15];
  logic [31:0] id;
  logic [11:0] count;
  logic [31:0] sum;
  logic [2:0]  pace;
  wire [11:0] next_count = in_first ? 12'd1 : count + 12'd1;
  wire [31:0] next_sum = (in_first ? 32'd0 : sum) + {20'd0, in_data};
  assign in_ready = !res_valid && pace != 3'd0;
  assign cfg_ready = pace[0];
  assign res_dest = in_dest;
  wire unused = &{1'b0, in_error};
  always_ff @(posedge clk) begin
    pace <= pace + 3'd1;
    cfg_rvalid <= cfg_valid && cfg_ready && !cfg_write;
    cfg_rdata <= registers[cfg_addr[3:0]];
    if (cfg_valid && cfg_ready && cfg_write) registers[cfg_addr[3:0]] <= cfg_wdata + {20'd0, cfg_addr};
    if (in_valid && in_ready) begin
      if (in_first) id <= in_pulse_id;
      count <= next_count;
      sum <= next_sum;
      if (in_last) begin
        res_valid <= 1'b1;
        res_data <= {next_sum, next_count, in_first ? in_pulse_id : id};
      end
    end
    if (res_valid && res_ready) res_valid <= 1'b0;
    if (rst) begin
      res_valid <= 1'b0;
      pace <= '0;
      cfg_rvalid <= 1'b0;
    end
  end
endmodule
`default_nettype wire
