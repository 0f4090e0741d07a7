// Egress: joins the head's record with what is known of its frame, and decides to keep whatever cannot be trusted.
//
// Shapes:  one word of SLOTS + 4 s32 (scores, class, slot, accept, keep) with its tag in; one record of SLOTS + 4 words out:
//          pulse id, image id, flags, {slot s16, class s16}, scores.
// Latency: one cycle; the record of a frame waits for that frame's last word.
// Cost:    32 * (SLOTS + 4) FF, about 120 LUT.
//
// Flags: 0 keep, 1 accept, 2 keep as the network decides, 3 prescaled, 4 bank, 8 not loaded, 9 tainted, 10 short, 11 long,
// 12 out of sync, 13 error, 30:24 sequence number. Any of bits 3 and 8 to 13 sets keep.
// A record whose number is ahead of the oldest frame proves that frames were lost: each gets a record of its own, out of
// sync. A record of no frame in flight is dropped.
`default_nettype none

module sf_egress #(
    parameter int SLOTS = 8,
    parameter int DEPTH_BITS = 4
) (
    input  wire                      clk,
    input  wire                      rst,
    input  wire                      in_valid,
    output logic                     in_ready,
    input  wire  [32*(SLOTS+4)-1:0]  in_data,
    input  wire  [7:0]               in_tag,
    // The oldest frame in flight.
    input  wire                      present,
    input  wire                      complete,     // its last word is in: its flags are final
    input  wire  [31:0]              pulse_id,
    input  wire  [7:0]               dest,
    input  wire                      bank,
    input  wire                      not_loaded,
    input  wire                      tainted,
    input  wire                      is_short,
    input  wire                      is_long,
    input  wire                      is_error,
    input  wire  [6:0]               sequence_number,
    output logic                     pop,
    // Settings.
    input  wire  [31:0]              image_id_0,
    input  wire  [31:0]              image_id_1,
    input  wire  [31:0]              prescale,     // every prescale-th frame is kept; 0: none
    // Records.
    output logic                     res_valid,
    input  wire                      res_ready,
    output logic [32*(SLOTS+4)-1:0]  res_data,
    output logic [7:0]               res_dest,
    // What to count: results, kept, kept by fail-open, prescaled, out of sync.
    output logic [4:0]               events
);
  localparam int SCORES = 32 * SLOTS;

  logic [31:0] until_kept;   // records before the next prescaled one
  wire  [6:0]  ahead = in_tag[7:1] - sequence_number;
  wire         match = present && ahead == 7'd0;
  wire         lost = present && ahead != 7'd0 && ahead[6:DEPTH_BITS] == '0;
  wire         free = !res_valid || res_ready;
  wire         out_of_sync = lost || in_tag[0] != bank;
  wire         fail_open = not_loaded || tainted || is_short || is_long || is_error || out_of_sync;
  wire         prescaled = prescale != 32'd0 && until_kept == 32'd0;
  wire  [15:0] class_id = in_data[SCORES+:16];
  wire  [15:0] slot = in_data[SCORES+32+:16];
  wire         accept = in_data[SCORES+64];
  wire         network_keep = in_data[SCORES+96];
  wire         keep = network_keep || fail_open || prescaled;
  wire  [31:0] flags = {1'b0, sequence_number, 10'd0, is_error, out_of_sync, is_long, is_short, tainted, not_loaded,
                        3'd0, bank, prescaled, network_keep, accept, keep};

  assign pop = in_valid && free && complete && (match || lost);
  assign in_ready = free && !lost && (complete || !present);

  always_ff @(posedge clk) begin
    if (pop) begin
      res_data <= {in_data[SCORES-1:0], slot, class_id, flags, bank ? image_id_1 : image_id_0, pulse_id};
      res_dest <= dest;
    end
  end

  always_ff @(posedge clk) begin
    if (free) res_valid <= pop;
    events <= pop ? {out_of_sync, prescaled, fail_open, keep, 1'b1} : {in_valid && in_ready, 4'd0};
    if (prescale == 32'd0) until_kept <= 32'd0;
    else if (pop) until_kept <= (until_kept == 32'd0) ? prescale - 32'd1 : until_kept - 32'd1;
    if (rst) begin
      res_valid <= 1'b0;
      events <= '0;
      until_kept <= 32'd0;
    end
  end

  wire unused = &{1'b0, in_data[SCORES+16+:16], in_data[SCORES+48+:16], in_data[SCORES+65+:31], in_data[SCORES+97+:31]};
endmodule
`default_nettype wire
