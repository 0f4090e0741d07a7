// Feed: the bytes of a weight image, from the boot memory (at start-up or on demand) or from the DATA register.
//
// Shapes:  32-bit words by valid/ready in (lowest byte first), or the boot memory's read port; one byte per cycle out.
// Latency: three cycles from the boot memory's address to the byte.
// Cost:    about 75 FF, 60 LUT.
//
// A load from the boot memory cannot be interrupted: `start_ready` is low until it has ended. A load by DATA ends any
// other one that was begun by DATA.
`default_nettype none

module sf_feed #(
    parameter int BANKS = 2,
    parameter int BYTES = 64  // of the boot memory
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         start,         // only with start_ready
    input  wire         start_boot,    // from the boot memory, else from DATA
    input  wire         start_bank,
    output logic        start_ready,
    input  wire         word_valid,
    output logic        word_ready,
    input  wire  [31:0] word,
    output logic [23:0] boot_addr,
    input  wire  [7:0]  boot_data,
    output logic        out_start,     // one cycle: a new image begins, into out_bank
    output logic        out_bank,
    output logic        out_valid,
    output logic [7:0]  out_data,
    input  wire         load_busy,     // of the loader
    output logic        refused        // one cycle: that bank does not exist
);
  logic        power_up;   // the load at start-up is still to be begun
  logic        booting;    // a load from the boot memory is under way
  logic        reading;    // the boot memory is being read
  logic [1:0]  arriving;   // the same, one and two cycles later
  logic [31:0] shift;
  logic [2:0]  left;       // bytes in `shift`
  logic [7:0]  boot_byte;

  wire exists = BANKS == 2 || !start_bank;

  assign start_ready = !power_up && !booting;
  assign word_ready = start_ready && left == 3'd0;

  always_ff @(posedge clk) begin
    if (word_valid && word_ready) shift <= word;
    else shift <= {8'd0, shift[31:8]};
    out_data <= arriving[1] ? boot_byte : shift[7:0];
    boot_byte <= boot_data;
  end

  always_ff @(posedge clk) begin
    refused <= start && !exists;
    out_start <= 1'b0;
    arriving <= {arriving[0], reading};
    out_valid <= arriving[1] || left != 3'd0;
    if (left != 3'd0) left <= left - 3'd1;
    if (word_valid && word_ready) left <= 3'd4;
    if (reading) begin
      boot_addr <= boot_addr + 24'd1;
      reading <= boot_addr != 24'(BYTES - 1);
    end
    if (!reading && arriving == 2'b00 && !out_valid && !load_busy) booting <= 1'b0;
    if (power_up || (start && exists)) begin
      power_up <= 1'b0;
      out_start <= 1'b1;
      out_bank <= !power_up && start_bank;
      reading <= power_up || start_boot;
      booting <= power_up || start_boot;
      boot_addr <= 24'd0;
      left <= 3'd0;
    end
    if (rst) begin
      power_up <= 1'b1;
      booting <= 1'b0;
      reading <= 1'b0;
      arriving <= 2'b00;
      left <= 3'd0;
      out_start <= 1'b0;
      out_bank <= 1'b0;
      out_valid <= 1'b0;
      refused <= 1'b0;
    end
  end
endmodule
`default_nettype wire
