// Control: obeys the CONTROL register and remembers how the last load ended.
//
// Shapes:  the decoded register writes in; strobes to feed, banks and counters, and STATUS out.
// Latency: one cycle; a command that begins a load waits while the boot memory is being read.
// Cost:    4 FF, about 15 LUT.
`default_nettype none

module sf_control (
    input  wire         clk,
    input  wire         rst,
    // CONTROL: 0 load, 1 load from the boot memory, 2 activate, 3 clear counters, 8 bank.
    input  wire         write,
    output logic        write_ready,
    input  wire  [31:0] write_data,
    output logic        load_start,
    output logic        load_boot,
    output logic        command_bank,
    input  wire         load_start_ready,
    output logic        activate,
    output logic        clear,
    // How loads end.
    input  wire         load_busy,
    input  wire         load_good,
    input  wire         load_bad_layout,
    input  wire         load_bad_crc,
    input  wire         load_waiting,  // the boot memory is being read, or soon will be
    input  wire  [1:0]  loaded,
    input  wire         active,
    input  wire  [7:0]  in_flight,
    output logic [31:0] status
);
  logic [2:0] ended;  // of the last load: 0 none yet, 1 good, 2 refused layout, 3 wrong CRC
  wire        is_load = write_data[0] || write_data[1];
  wire        obey = write && write_ready;

  assign write_ready = !is_load || load_start_ready;
  assign load_start = obey && is_load;
  assign load_boot = write_data[1];
  assign command_bank = write_data[8];
  assign activate = obey && write_data[2];
  assign status = {8'd0, in_flight, 3'd0, active, 2'd0, loaded, 1'b0, ended, 2'd0, load_waiting, load_busy};

  always_ff @(posedge clk) begin
    clear <= obey && write_data[3];
    if (load_start) ended <= 3'd0;
    if (load_good) ended <= 3'd1;
    if (load_bad_layout) ended <= 3'd2;
    if (load_bad_crc) ended <= 3'd3;
    if (rst) begin
      clear <= 1'b0;
      ended <= 3'd0;
    end
  end

  wire unused = &{1'b0, write_data[31:9], write_data[7:4]};
endmodule
`default_nettype wire
