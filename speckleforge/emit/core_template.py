"""What of `sf_core` is the same for every design, with places for the rest."""

CORE_TEMPLATE = """// The core: frames in, one record a frame out. Printed from a design; do not edit.
//
{banner}
//
// Chain:
{chain}
`default_nettype none

module sf_core (
    input  wire         clk,
    input  wire         rst,
    // Frames of {words} words. The pulse id is read with `first`.
    input  wire         in_valid,
    output logic        in_ready,{room_port}
    input  wire  [{in_bits}-1:0] in_data,
    input  wire         in_first,
    input  wire         in_last,
    input  wire  [31:0] in_pulse_id,
    input  wire  [7:0]  in_dest,     // with `first`; leaves with the record
    input  wire         in_error,    // with `last`: the link says that the frame is broken
    // Records.
    output logic        res_valid,
    input  wire         res_ready,
    output logic [{res_bits}-1:0] res_data,
    output logic [7:0]  res_dest,
    // Registers.
    input  wire         cfg_valid,
    output logic        cfg_ready,
    input  wire         cfg_write,
    input  wire  [11:0] cfg_addr,
    input  wire  [31:0] cfg_wdata,
    output logic        cfg_rvalid,
    output logic [31:0] cfg_rdata
);
  localparam int BOOT_BYTES = {boot_bytes};
  localparam int SEGMENTS = {segments};
  localparam int COUNTERS = {counters};
  localparam int DEPTH_BITS = {depth_bits};

  // Streams.
{streams}

  // Parameter writes, by segment of the weight image:
{segment_list}
  logic [SEGMENTS-1:0] par_valid;
  logic par_first, par_bank;
  logic [31:0] par_data;

  // Ingress.
  logic frame_open, frame_close, close_short, close_long, close_error, stray, room;
  logic [6:0] guard_sequence;
  logic active_bank;
  logic [1:0] loaded;
  logic held_valid, held_ready, held_first, held_last, held_error;
  logic [{in_bits}-1:0] held_data;
  logic [31:0] held_pulse_id;
  logic [7:0] held_dest;

{ingress}

  sf_guard #(
      .BITS ({in_bits}),
      .WORDS({words})
  ) u_guard (
      .clk            (clk),
      .rst            (rst),
      .in_valid       (held_valid),
      .in_ready       (held_ready),
      .in_data        (held_data),
      .in_first       (held_first),
      .in_last        (held_last),
      .in_error       (held_error),
      .bank           (active_bank),
      .room           (room),
      .out_valid      (s_input_valid),
      .out_ready      (s_input_ready),
      .out_data       (s_input_data),
      .out_first      (s_input_first),
      .out_last       (s_input_last),
      .out_tag        (s_input_tag),
      .open           (frame_open),
      .close          (frame_close),
      .close_short    (close_short),
      .close_long     (close_long),
      .close_error    (close_error),
      .stray          (stray),
      .sequence_number(guard_sequence)
  );

{ways}{kernels}

  // Egress.
  logic present, complete, frame_bank, not_loaded, tainted, is_short, is_long, is_error, pop, writing;
  logic [7:0] frame_dest;
  logic [31:0] frame_pulse_id, image_id_0, image_id_1, prescale;
  logic [6:0] frame_sequence;
  logic [DEPTH_BITS:0] in_flight;
  logic [4:0] egress_events;

  sf_frames #(
      .DEPTH_BITS(DEPTH_BITS)
  ) u_frames (
      .clk            (clk),
      .rst            (rst),
      .open           (frame_open),
      .open_pulse_id  (held_pulse_id),
      .open_dest      (held_dest),
      .open_bank      (active_bank),
      .open_loaded    (loaded[active_bank]),
      .close          (frame_close),
      .close_short    (close_short),
      .close_long     (close_long),
      .close_error    (close_error),
      .load_active    (writing),
      .load_bank      (par_bank),
      .pop            (pop),
      .room           (room),
      .present        (present),
      .complete       (complete),
      .pulse_id       (frame_pulse_id),
      .dest           (frame_dest),
      .bank           (frame_bank),
      .not_loaded     (not_loaded),
      .tainted        (tainted),
      .is_short       (is_short),
      .is_long        (is_long),
      .is_error       (is_error),
      .sequence_number(frame_sequence),
      .in_flight      (in_flight)
  );

  sf_egress #(
      .SLOTS     ({slots}),
      .DEPTH_BITS(DEPTH_BITS)
  ) u_egress (
      .clk            (clk),
      .rst            (rst),
      .in_valid       ({record}_valid),
      .in_ready       ({record}_ready),
      .in_data        ({record}_data),
      .in_tag         ({record}_tag),
      .present        (present),
      .complete       (complete),
      .pulse_id       (frame_pulse_id),
      .dest           (frame_dest),
      .bank           (frame_bank),
      .not_loaded     (not_loaded),
      .tainted        (tainted),
      .is_short       (is_short),
      .is_long        (is_long),
      .is_error       (is_error),
      .sequence_number(frame_sequence),
      .pop            (pop),
      .image_id_0     (image_id_0),
      .image_id_1     (image_id_1),
      .prescale       (prescale),
      .res_valid      (res_valid),
      .res_ready      (res_ready),
      .res_data       (res_data),
      .res_dest       (res_dest),
      .events         (egress_events)
  );

  // Weights: boot memory or DATA register, loader, banks.
  logic load_start, load_boot, load_start_ready, command_bank, activate;
  logic feed_start, feed_bank, feed_valid, feed_refused, bank_refused;
  logic load_busy, begin_writing, load_good, bad_layout, bad_crc;
  logic [7:0] feed_data, boot_byte;
  logic [23:0] boot_addr;
  logic [31:0] load_image_id, load_image_crc, write_data, status, boot_address, scratch;
  logic control_write, control_ready, data_write, data_ready, boot_data_write;
  logic clear;
  logic [$clog2(COUNTERS)-1:0] counter_addr;
  logic [31:0] counter, bank_value;
  logic [1:0] bank_addr;
  logic saturated_input, saturated_embedding;

  sf_boot #(
      .BYTES    (BOOT_BYTES),
      .INIT_FILE("{boot_file}")
  ) u_boot (
      .clk       (clk),
      .read_addr (boot_addr),
      .read_data (boot_byte),
      .write     (boot_data_write),
      .write_addr(boot_address[23:0]),
      .write_data(write_data[7:0])
  );

  sf_feed #(
      .BANKS({banks}),
      .BYTES(BOOT_BYTES)
  ) u_feed (
      .clk        (clk),
      .rst        (rst),
      .start      (load_start),
      .start_boot (load_boot),
      .start_bank (command_bank),
      .start_ready(load_start_ready),
      .word_valid (data_write),
      .word_ready (data_ready),
      .word       (write_data),
      .boot_addr  (boot_addr),
      .boot_data  (boot_byte),
      .out_start  (feed_start),
      .out_bank   (feed_bank),
      .out_valid  (feed_valid),
      .out_data   (feed_data),
      .load_busy  (load_busy),
      .refused    (feed_refused)
  );

  sf_loader #(
      .SEGMENTS     (SEGMENTS),
      .LAYOUT_ID    ({layout_id}),
      .PAYLOAD_BYTES({payload_bytes}),
      .ELEMENTS     ({elements}),
      .LAST_BYTE    ({last_byte}),
      .SIGNED       ({signed})
  ) u_loader (
      .clk          (clk),
      .rst          (rst),
      .start        (feed_start),
      .start_bank   (feed_bank),
      .in_valid     (feed_valid),
      .in_data      (feed_data),
      .busy         (load_busy),
      .begin_writing(begin_writing),
      .writing      (writing),
      .good         (load_good),
      .bad_layout   (bad_layout),
      .bad_crc      (bad_crc),
      .image_id     (load_image_id),
      .image_crc    (load_image_crc),
      .par_valid    (par_valid),
      .par_first    (par_first),
      .par_data     (par_data),
      .par_bank     (par_bank)
  );

  sf_banks #(
      .BANKS({banks})
  ) u_banks (
      .clk          (clk),
      .rst          (rst),
      .load_begin   (begin_writing),
      .load_good    (load_good),
      .load_bank    (par_bank),
      .load_image_id(load_image_id),
      .activate     (activate),
      .activate_bank(command_bank),
      .loaded       (loaded),
      .active       (active_bank),
      .image_id_0   (image_id_0),
      .image_id_1   (image_id_1),
      .refused      (bank_refused)
  );

  // Registers.
  sf_control u_control (
      .clk             (clk),
      .rst             (rst),
      .write           (control_write),
      .write_ready     (control_ready),
      .write_data      (write_data),
      .load_start      (load_start),
      .load_boot       (load_boot),
      .command_bank    (command_bank),
      .load_start_ready(load_start_ready),
      .activate        (activate),
      .clear           (clear),
      .load_busy       (load_busy),
      .load_good       (load_good),
      .load_bad_layout (bad_layout),
      .load_bad_crc    (bad_crc),
      .load_waiting    (!load_start_ready),
      .loaded          (loaded),
      .active          (active_bank),
      .in_flight       (8'(in_flight)),
      .status          (status)
  );

  sf_readback u_readback (
      .clk            (clk),
      .bank           (par_bank),
      .write_crc      (load_good),
      .crc            (load_image_crc),
      .write_threshold(par_valid[{threshold}]),
      .threshold      (par_data),
      .loaded         (loaded),
      .addr           (bank_addr),
      .value          (bank_value)
  );

{saturations}

  sf_counters #(
      .COUNTERS(COUNTERS)
  ) u_counters (
      .clk   (clk),
      .rst   (rst),
      .clear (clear),
      .events({{saturated_embedding, saturated_input, frame_dropped, frame_close && close_error,
               feed_refused || bank_refused, bad_crc, bad_layout, load_good, stray || buffer_stray,
               frame_close && close_long, frame_close && close_short, egress_events, frame_open}}),
      .addr  (counter_addr),
      .value (counter)
  );

  sf_registers u_registers (
      .clk            (clk),
      .rst            (rst),
      .cfg_valid      (cfg_valid),
      .cfg_ready      (cfg_ready),
      .cfg_write      (cfg_write),
      .cfg_addr       (cfg_addr),
      .cfg_wdata      (cfg_wdata),
      .cfg_rvalid     (cfg_rvalid),
      .cfg_rdata      (cfg_rdata),
      .write_data     (write_data),
      .status         (status),
      .image_id_0     (image_id_0),
      .image_id_1     (image_id_1),
      .control_write  (control_write),
      .control_ready  (control_ready),
      .data_write     (data_write),
      .data_ready     (data_ready),
      .prescale       (prescale),
      .scratch        (scratch),
      .boot_address   (boot_address),
      .boot_data_write(boot_data_write),
      .boot_data_ready(1'b1),
      .counter_addr   (counter_addr),
      .counter        (counter),
      .bank_addr      (bank_addr),
      .bank_value     (bank_value)
  );

  wire unused = &{{1'b0, guard_sequence, {record}_first, {record}_last, boot_address[31:24], scratch}};
endmodule
`default_nettype wire
"""
