// Weight banks: which hold a checked image, which image, and which is active for the next frame.
//
// Shapes:  strobes of the loader and of the control register in; state of BANKS (1 or 2) banks out.
// Latency: one cycle.
// Cost:    68 FF, about 20 LUT.
//
// A bank loses its image when the first element is written and has one again only after the CRC was right. A bank without an
// image, or that does not exist, cannot be activated: the frames keep the bank they have.
`default_nettype none

module sf_banks #(
    parameter int BANKS = 2
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         load_begin,
    input  wire         load_good,
    input  wire         load_bank,
    input  wire  [31:0] load_image_id,
    input  wire         activate,
    input  wire         activate_bank,
    output logic [1:0]  loaded,
    output logic        active,
    output logic [31:0] image_id_0,     // 0 where the bank holds none
    output logic [31:0] image_id_1,
    output logic        refused         // one cycle: `activate` was not obeyed
);
  wire allowed = loaded[activate_bank];

  always_ff @(posedge clk) begin
    refused <= activate && !allowed;
    if (activate && allowed) active <= activate_bank;
    if (load_begin && !load_bank) {loaded[0], image_id_0} <= '0;
    if (load_good && !load_bank) {loaded[0], image_id_0} <= {1'b1, load_image_id};
    if (BANKS == 2 && load_begin && load_bank) {loaded[1], image_id_1} <= '0;
    if (BANKS == 2 && load_good && load_bank) {loaded[1], image_id_1} <= {1'b1, load_image_id};
    if (rst) begin
      refused <= 1'b0;
      loaded <= 2'b00;
      active <= 1'b0;
      image_id_0 <= '0;
      image_id_1 <= '0;
    end
  end
endmodule
`default_nettype wire
