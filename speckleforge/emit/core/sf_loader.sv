// Loader: parses a weight image byte by byte and writes its elements into the kernels.
//
// Shapes:  bytes by valid in, never refused; parameter writes out: one valid bit per segment, the element's value, `first` with
//          a segment's element 0, and the bank.
// Latency: three cycles from an element's last byte to its write; one byte per cycle. `good` follows 20 cycles after the
//          image's last byte, when every kernel has stored what it was given.
// Cost:    about 230 FF, 200 LUT, and SEGMENTS FF.
//
// Image: magic, layout id, image id, payload bytes (u32 each, little-endian), payload, CRC-32 (zlib) of all before it.
// An image of another layout is refused before anything is written, so its bank keeps what it has. Bytes behind the
// CRC, and after a refusal, are ignored until the next `start`.
`default_nettype none

module sf_loader #(
    parameter int SEGMENTS = 1,
    parameter logic [31:0] LAYOUT_ID = 32'd0,
    parameter int PAYLOAD_BYTES = 1,
    // The table of segments, the first in the lowest bits: elements, bytes of one less one, signed.
    parameter logic [24*SEGMENTS-1:0] ELEMENTS = 24'd1,
    parameter logic [2*SEGMENTS-1:0] LAST_BYTE = 2'd0,
    parameter logic [SEGMENTS-1:0] SIGNED = 1'b0
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 start,
    input  wire                 start_bank,
    input  wire                 in_valid,
    input  wire  [7:0]          in_data,
    output logic                busy,          // between start and the end of the image
    output logic                begin_writing, // one cycle: the header is right, the bank will now be written
    output logic                writing,       // the bank is not whole
    output logic                good,          // one cycle: the bank holds the image `image_id`
    output logic                bad_layout,    // one cycle: another magic, layout or length
    output logic                bad_crc,       // one cycle
    output logic [31:0]         image_id,
    output logic [31:0]         image_crc,     // the image's own CRC-32, with `good`
    output logic [SEGMENTS-1:0] par_valid,
    output logic                par_first,
    output logic [31:0]         par_data,
    output logic                par_bank
);
  localparam logic [31:0] MAGIC = 32'h31574653;  // "SFW1"
  localparam logic [31:0] RESIDUE = 32'hDEBB20E3;
  localparam int INDEX_BITS = $clog2(SEGMENTS + 2);

  localparam logic [2:0] IDLE = 3'd0;
  localparam logic [2:0] HEADER = 3'd1;
  localparam logic [2:0] PAYLOAD = 3'd2;
  localparam logic [2:0] TRAILER = 3'd3;
  localparam logic [2:0] SETTLE = 3'd4;

  logic [2:0]  state;
  logic [31:0] word;         // the last four bytes
  logic [31:0] crc, next_crc;
  logic [4:0]  count;        // bytes of the header or trailer; then cycles of the settling
  logic        header_word;  // `word` holds header word `header_number`
  logic [1:0]  header_number;
  logic        refused;
  logic        first_byte;   // of the payload

  sf_crc32 u_crc (
      .crc (crc),
      .data(in_data),
      .next(next_crc)
  );

  // The segment at hand, and the next one, looked up a segment ahead.
  logic [INDEX_BITS-1:0] index;
  logic [23:0] left, next_left;
  logic [1:0]  last_byte, next_last_byte, byte_number;
  logic        is_signed, next_signed, is_first, is_end;
  logic [SEGMENTS-1:0] select;
  wire         element = in_valid && state == PAYLOAD && byte_number == last_byte;
  wire         segment = element && left == 24'd1;

  // Behind it, in step: the element whose last byte has come.
  logic        have, have_first, have_signed;
  logic [1:0]  have_last_byte;
  logic [SEGMENTS-1:0] have_select;
  logic [31:0] value;

  always_comb begin
    case (have_last_byte)
      2'd0: value = {{24{have_signed & word[31]}}, word[31:24]};
      2'd1: value = {{16{have_signed & word[31]}}, word[31:16]};
      2'd2: value = {{8{have_signed & word[31]}}, word[31:8]};
      default: value = word;
    endcase
  end

  wire wrong = header_word && (
      (header_number == 2'd0 && word != MAGIC) || (header_number == 2'd1 && word != LAYOUT_ID) ||
      (header_number == 2'd3 && word != 32'(PAYLOAD_BYTES)));

  assign busy = state != IDLE;

  always_ff @(posedge clk) begin
    if (in_valid) word <= {in_data, word[31:8]};
    if (in_valid && state == TRAILER) image_crc <= {in_data, image_crc[31:8]};
    header_number <= count[3:2];
    if (header_word && header_number == 2'd2) image_id <= word;
    have_first <= is_first;
    have_signed <= is_signed;
    have_last_byte <= last_byte;
    have_select <= select;
    par_first <= have_first;
    par_data <= value;
    if (start) crc <= '1;
    else if (in_valid && state != SETTLE) crc <= next_crc;
    if (start) par_bank <= start_bank;
  end

  always_ff @(posedge clk) begin
    if (state != PAYLOAD) begin
      index <= INDEX_BITS'(1);
      left <= ELEMENTS[23:0];
      last_byte <= LAST_BYTE[1:0];
      is_signed <= SIGNED[0];
      is_first <= 1'b1;
      is_end <= SEGMENTS == 1;
      byte_number <= 2'd0;
      select <= '0;
      select[0] <= 1'b1;
    end else if (in_valid) begin
      byte_number <= element ? 2'd0 : byte_number + 2'd1;
      if (element) is_first <= segment;
      if (element) left <= left - 24'd1;
      if (segment) begin
        index <= index + 1'b1;
        left <= next_left;
        last_byte <= next_last_byte;
        is_signed <= next_signed;
        is_end <= index == INDEX_BITS'(SEGMENTS - 1);
        select <= select << 1;
      end
    end
  end

  always_comb begin
    next_left = 24'd1;
    next_last_byte = 2'd0;
    next_signed = 1'b0;
    for (int i = 1; i < SEGMENTS; i = i + 1) begin
      if (index == INDEX_BITS'(i)) begin
        next_left = ELEMENTS[24*i+:24];
        next_last_byte = LAST_BYTE[2*i+:2];
        next_signed = SIGNED[i];
      end
    end
  end

  always_ff @(posedge clk) begin
    header_word <= in_valid && state == HEADER && count[1:0] == 2'd3;
    have <= element;
    par_valid <= have && !refused && !wrong ? have_select : '0;
    first_byte <= state == HEADER && in_valid && count == 5'd15;
    begin_writing <= first_byte && !refused && !wrong;
    good <= 1'b0;
    bad_layout <= 1'b0;
    bad_crc <= 1'b0;
    if (begin_writing) writing <= 1'b1;
    if (wrong) refused <= 1'b1;
    case (state)
      HEADER:
      if (in_valid) begin
        count <= count + 5'd1;
        if (count == 5'd15) state <= PAYLOAD;
      end
      PAYLOAD: begin
        count <= 5'd0;
        if (segment && is_end) state <= TRAILER;
      end
      TRAILER:
      if (in_valid) begin
        count <= count + 5'd1;
        if (count == 5'd3) state <= SETTLE;
      end
      SETTLE: begin
        count <= count + 5'd1;
        if (count == 5'd20) begin
          state <= IDLE;
          writing <= 1'b0;
          good <= crc == RESIDUE;
          bad_crc <= crc != RESIDUE;
        end
      end
      default: ;
    endcase
    if (refused && state != IDLE) begin
      state <= IDLE;
      bad_layout <= 1'b1;
    end
    // What is still on its way belongs to the image before, and `par_bank` is the new one's.
    if (start || rst) begin
      state <= rst ? IDLE : HEADER;
      count <= 5'd0;
      refused <= 1'b0;
      writing <= 1'b0;
      header_word <= 1'b0;
      have <= 1'b0;
      par_valid <= '0;
      first_byte <= 1'b0;
      begin_writing <= 1'b0;
      good <= 1'b0;
      bad_layout <= 1'b0;
      bad_crc <= 1'b0;
    end
  end
endmodule
`default_nettype wire
