"""From the core's input to its guard: through the ingress buffer, or straight where the link holds frames."""

PORT = """
    output logic        in_room,     // a frame that begins in this cycle is taken; else it is dropped whole"""

BUFFERED = """  // Never stalls: frames that cannot be held are dropped whole.
  logic frame_dropped /* verilator public_flat_rd */;
  logic buffer_stray;
  assign in_ready = 1'b1;

  sf_ingress #(
      .BITS     ({in_bits}),
      .WORDS    ({words}),
      .ADDR_BITS({addr_bits})
  ) u_ingress (
      .clk         (clk),
      .rst         (rst),
      .in_valid    (in_valid),
      .in_data     (in_data),
      .in_first    (in_first),
      .in_last     (in_last),
      .in_error    (in_error),
      .in_pulse_id (in_pulse_id),
      .in_dest     (in_dest),
      .room        (in_room),
      .out_valid   (held_valid),
      .out_ready   (held_ready),
      .out_data    (held_data),
      .out_first   (held_first),
      .out_last    (held_last),
      .out_error   (held_error),
      .out_pulse_id(held_pulse_id),
      .out_dest    (held_dest),
      .dropped     (frame_dropped),
      .stray       (buffer_stray)
  );"""

DIRECT = """  // The link in front holds frames and waits: no buffer of its own.
  wire frame_dropped = 1'b0;
  wire buffer_stray = 1'b0;
  assign in_ready = held_ready;
  assign held_valid = in_valid;
  assign held_data = in_data;
  assign held_first = in_first;
  assign held_last = in_last;
  assign held_error = in_error;
  assign held_pulse_id = in_pulse_id;
  assign held_dest = in_dest;"""
