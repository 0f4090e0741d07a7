// Feed and loader together, as the core has them: words of DATA in, elements out.
`default_nettype none
module loader_top (
    input  wire         clk,
    input  wire         rst,
    input  wire         start,
    input  wire         start_bank,
    output logic        start_ready,
    input  wire         word_valid,
    output logic        word_ready,
    input  wire  [31:0] word,
    output logic        busy,
    output logic        begin_writing,
    output logic        writing,
    output logic        good,
    output logic        bad_layout,
    output logic        bad_crc,
    output logic [31:0] image_id,
    output logic [2:0]  par_valid,
    output logic        par_first,
    output logic [31:0] par_data,
    output logic        par_bank,
    output logic        out_start
);
  localparam int BYTES = 45;  // 5 of one byte, 8 of two, 6 of four
  logic        out_bank, out_valid, refused;
  logic [7:0]  out_data;
  logic [23:0] boot_addr;
  logic [31:0] image_crc;
  wire         unused = &{1'b0, refused, boot_addr, image_crc};

  sf_feed #(
      .BANKS(2), .BYTES(4)
  ) u_feed (
      .clk(clk), .rst(rst), .start(start), .start_boot(1'b0), .start_bank(start_bank), .start_ready(start_ready),
      .word_valid(word_valid), .word_ready(word_ready), .word(word), .boot_addr(boot_addr), .boot_data(8'd0),
      .out_start(out_start), .out_bank(out_bank), .out_valid(out_valid), .out_data(out_data), .load_busy(busy),
      .refused(refused)
  );
  sf_loader #(
      .SEGMENTS(3), .LAYOUT_ID(32'h11223344), .PAYLOAD_BYTES(BYTES), .ELEMENTS({24'd6, 24'd8, 24'd5}),
      .LAST_BYTE({2'd3, 2'd1, 2'd0}), .SIGNED(3'b011)
  ) u_loader (
      .clk(clk), .rst(rst), .start(out_start), .start_bank(out_bank), .in_valid(out_valid), .in_data(out_data),
      .busy(busy), .begin_writing(begin_writing), .writing(writing), .good(good), .bad_layout(bad_layout),
      .bad_crc(bad_crc), .image_id(image_id), .image_crc(image_crc), .par_valid(par_valid), .par_first(par_first),
      .par_data(par_data), .par_bank(par_bank)
  );
endmodule
`default_nettype wire
