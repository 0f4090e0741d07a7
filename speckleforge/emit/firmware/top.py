"""The text of `sf_firmware`: the core between its edges, with flat ports. Takes a frame format; wires, no more."""

from __future__ import annotations

from speckleforge.emit.firmware.edge_registers import CLEAR_BIT, EDGE_COUNTERS
from speckleforge.emit.firmware.frame_format import FrameFormat

FIRMWARE_TOP = "sf_firmware"
EDGE_FILES = (  # hand-written, in an order in which every module is known before it is used
    "sf_sync.sv",
    "sf_domain_reset.sv",
    "sf_async_fifo.sv",
    "sf_axis_frames.sv",
    "sf_gearbox.sv",
    "sf_record_beats.sv",
    "sf_axis_records.sv",
    "sf_bus_cross.sv",
    "sf_axil.sv",
)


def firmware_top(frames: FrameFormat, banner: str) -> str:
    """SystemVerilog of the block's top; `banner` as comment lines."""
    stream = frames.stream
    return _TEMPLATE.format(
        banner=banner.rstrip(),
        data_bits=frames.data_bits,
        data_high=frames.data_bits - 1,
        keep_high=frames.data_bits // 8 - 1,
        word_bits=stream.word_bits,
        tail_bits=frames.tail_bits,
        words_per_row=stream.words_per_row,
        words=stream.words,
        header_bytes=frames.header_bytes,
        grain=frames.grain,
        buffer_beats=frames.buffer_beats,
        beats=frames.beats,
        tail_bytes=frames.tail_bytes,
        addr_bits=frames.addr_bits,
        res_bits=frames.record_bits,
        record_beats=frames.record_beats,
        record_tail_bytes=frames.record_tail_bytes,
        shape=f"{stream.height} x {stream.width} x {stream.channels}, {stream.element.bits} bits",
        counters=len(EDGE_COUNTERS),
        clear_bit=CLEAR_BIT,
    )


_TEMPLATE = """\
// The block for a firmware tree: frames and records as AXI4-Streams, registers as AXI4-Lite, three clocks.
// Printed from a design; do not edit.
//
{banner}
//
// Frames: rows x columns x channels {shape}, behind a header of {header_bytes} bytes with the pulse id.
// Clocks: dma_clk (both streams), core_clk, axil_clk; none needs a relation to another.
// Resets: synchronous, active high, each at its own clock; any of them resets the whole block.
//
// Crossing: reset u_core_reset.request -> u_dma_reset.u_others.meta  (core_clk -> dma_clk)
// Crossing: reset u_axil_reset.request -> u_dma_reset.u_others.meta  (axil_clk -> dma_clk)
// Crossing: reset u_dma_reset.request -> u_core_reset.u_others.meta  (dma_clk -> core_clk)
// Crossing: reset u_axil_reset.request -> u_core_reset.u_others.meta  (axil_clk -> core_clk)
// Crossing: reset u_dma_reset.request -> u_axil_reset.u_others.meta  (dma_clk -> axil_clk)
// Crossing: reset u_core_reset.request -> u_axil_reset.u_others.meta  (core_clk -> axil_clk)
`default_nettype none

module sf_firmware #(
    parameter int AXIL_TIMEOUT_BITS = 24  // 2**this cycles of axil_clk without an answer end in SLVERR
) (
    // DMA clock: frames in (never refused), records out. tuser: bit 1 start of frame, bit 0 end-of-frame error.
    input  wire         dma_clk,
    input  wire         dma_rst,
    input  wire         s_axis_tvalid,
    output wire         s_axis_tready,
    input  wire  [{data_high}:0] s_axis_tdata,
    input  wire  [{keep_high}:0] s_axis_tkeep,
    input  wire         s_axis_tlast,
    input  wire  [7:0]  s_axis_tdest,
    input  wire  [1:0]  s_axis_tuser,
    output wire         m_axis_tvalid,
    input  wire         m_axis_tready,
    output wire  [{data_high}:0] m_axis_tdata,
    output wire  [{keep_high}:0] m_axis_tkeep,
    output wire         m_axis_tlast,
    output wire  [7:0]  m_axis_tdest,
    output wire  [1:0]  m_axis_tuser,
    // Register clock: byte addresses.
    input  wire         axil_clk,
    input  wire         axil_rst,
    input  wire  [14:0] s_axil_awaddr,
    input  wire         s_axil_awvalid,
    output wire         s_axil_awready,
    input  wire  [31:0] s_axil_wdata,
    input  wire  [3:0]  s_axil_wstrb,
    input  wire         s_axil_wvalid,
    output wire         s_axil_wready,
    output wire  [1:0]  s_axil_bresp,
    output wire         s_axil_bvalid,
    input  wire         s_axil_bready,
    input  wire  [14:0] s_axil_araddr,
    input  wire         s_axil_arvalid,
    output wire         s_axil_arready,
    output wire  [31:0] s_axil_rdata,
    output wire  [1:0]  s_axil_rresp,
    output wire         s_axil_rvalid,
    input  wire         s_axil_rready,
    // Core clock.
    input  wire         core_clk,
    input  wire         core_rst
);
  localparam int DATA_BITS = {data_bits};
  localparam int ADDR_BITS = {addr_bits};
  localparam int RECORD_ADDR_BITS = 9;

  // Resets. What works is in reset while its clock is away; the registers of crossings are reset when all are.
  logic dma_request, core_request, axil_request;
  logic dma_away, core_away, axil_away;
  logic dma_reset, core_reset, axil_reset;

  sf_domain_reset u_dma_reset (
      .clk    (dma_clk),
      .rst_in (dma_rst),
      .others ({{axil_request, core_request}}),
      .request(dma_request),
      .away   (dma_away),
      .rst    (dma_reset)
  );

  sf_domain_reset u_core_reset (
      .clk    (core_clk),
      .rst_in (core_rst),
      .others ({{axil_request, dma_request}}),
      .request(core_request),
      .away   (core_away),
      .rst    (core_reset)
  );

  sf_domain_reset u_axil_reset (
      .clk    (axil_clk),
      .rst_in (axil_rst),
      .others ({{core_request, dma_request}}),
      .request(axil_request),
      .away   (axil_away),
      .rst    (axil_reset)
  );

  // Frames: stream, FIFO between the clocks, gearbox.
  logic frame_write, entry_valid, entry_ready;
  logic [DATA_BITS+44:0] frame_entry, entry;
  logic [ADDR_BITS:0] frame_free;
  logic [4:0] frame_events;
  logic word_valid, word_ready, in_ready, in_room, in_first, in_last, in_error;
  logic [{word_bits}-1:0] in_data;
  logic [31:0] in_pulse_id;
  logic [7:0] in_dest;

  assign s_axis_tready = 1'b1;

  sf_axis_frames #(
      .DATA_BITS (DATA_BITS),
      .BEATS     ({beats}),
      .TAIL_BYTES({tail_bytes}),
      .FREE_BITS (ADDR_BITS + 1)
  ) u_axis_frames (
      .clk   (dma_clk),
      .rst   (dma_away),
      .tvalid(s_axis_tvalid),
      .tdata (s_axis_tdata),
      .tkeep (s_axis_tkeep),
      .tlast (s_axis_tlast),
      .tdest (s_axis_tdest),
      .tuser (s_axis_tuser),
      .free  (frame_free),
      .write (frame_write),
      .entry (frame_entry),
      .events(frame_events)
  );

  sf_async_fifo #(
      .WIDTH    (DATA_BITS + 45),
      .ADDR_BITS(ADDR_BITS)
  ) u_frames (
      .write_clk (dma_clk),
      .write_rst (dma_reset),
      .write     (frame_write),
      .write_data(frame_entry),
      .free      (frame_free),
      .read_clk  (core_clk),
      .read_away (core_away),
      .read_rst  (core_reset),
      .valid     (entry_valid),
      .ready     (entry_ready),
      .data      (entry)
  );

  sf_gearbox #(
      .DATA_BITS    (DATA_BITS),
      .WORD_BITS    ({word_bits}),
      .TAIL_BITS    ({tail_bits}),
      .WORDS_PER_ROW({words_per_row}),
      .WORDS        ({words}),
      .GRAIN        ({grain}),
      .BEATS        ({buffer_beats})
  ) u_gearbox (
      .clk         (core_clk),
      .rst         (core_away),
      .in_valid    (entry_valid),
      .in_ready    (entry_ready),
      .in_entry    (entry),
      .out_valid   (word_valid),
      .out_ready   (word_ready),
      .out_data    (in_data),
      .out_first   (in_first),
      .out_last    (in_last),
      .out_error   (in_error),
      .out_pulse_id(in_pulse_id),
      .out_dest    (in_dest)
  );

  // Core. A frame waits here until the core has room for all of it: frames are dropped in one place, before the FIFO.
  wire in_valid = word_valid && (!in_first || in_room);
  assign word_ready = in_ready && (!in_first || in_room);

  logic res_valid, res_ready;
  logic [{res_bits}-1:0] res_data;
  logic [7:0] res_dest;
  logic cfg_valid, cfg_ready, cfg_write, cfg_rvalid;
  logic [11:0] cfg_addr;
  logic [31:0] cfg_wdata, cfg_rdata;

  sf_core u_core (
      .clk        (core_clk),
      .rst        (core_away),
      .in_valid   (in_valid),
      .in_ready   (in_ready),
      .in_room    (in_room),
      .in_data    (in_data),
      .in_first   (in_first),
      .in_last    (in_last),
      .in_pulse_id(in_pulse_id),
      .in_dest    (in_dest),
      .in_error   (in_error),
      .res_valid  (res_valid),
      .res_ready  (res_ready),
      .res_data   (res_data),
      .res_dest   (res_dest),
      .cfg_valid  (cfg_valid),
      .cfg_ready  (cfg_ready),
      .cfg_write  (cfg_write),
      .cfg_addr   (cfg_addr),
      .cfg_wdata  (cfg_wdata),
      .cfg_rvalid (cfg_rvalid),
      .cfg_rdata  (cfg_rdata)
  );

  // Records: beats, FIFO between the clocks, stream.
  logic beat_write, record_valid, record_ready, record_sent;
  logic [DATA_BITS+8:0] beat_entry, record_entry;
  logic [RECORD_ADDR_BITS:0] record_free;

  sf_record_beats #(
      .RES_BITS ({res_bits}),
      .DATA_BITS(DATA_BITS),
      .BEATS    ({record_beats}),
      .FREE_BITS(RECORD_ADDR_BITS + 1)
  ) u_record_beats (
      .clk      (core_clk),
      .rst      (core_away),
      .res_valid(res_valid),
      .res_ready(res_ready),
      .res_data (res_data),
      .res_dest (res_dest),
      .free     (record_free),
      .write    (beat_write),
      .entry    (beat_entry)
  );

  sf_async_fifo #(
      .WIDTH    (DATA_BITS + 9),
      .ADDR_BITS(RECORD_ADDR_BITS)
  ) u_records (
      .write_clk (core_clk),
      .write_rst (core_reset),
      .write     (beat_write),
      .write_data(beat_entry),
      .free      (record_free),
      .read_clk  (dma_clk),
      .read_away (dma_away),
      .read_rst  (dma_reset),
      .valid     (record_valid),
      .ready     (record_ready),
      .data      (record_entry)
  );

  sf_axis_records #(
      .DATA_BITS (DATA_BITS),
      .TAIL_BYTES({record_tail_bytes})
  ) u_axis_records (
      .clk     (dma_clk),
      .rst     (dma_away),
      .in_valid(record_valid),
      .in_ready(record_ready),
      .in_entry(record_entry),
      .tvalid  (m_axis_tvalid),
      .tready  (m_axis_tready),
      .tdata   (m_axis_tdata),
      .tkeep   (m_axis_tkeep),
      .tlast   (m_axis_tlast),
      .tdest   (m_axis_tdest),
      .tuser   (m_axis_tuser),
      .sent    (record_sent)
  );

  // Registers: AXI4-Lite, and a way to each of the two other clocks.
  logic [1:0] bus_start, bus_busy, bus_done;
  logic bus_write;
  logic [11:0] bus_addr;
  logic [31:0] bus_wdata, core_rdata, edge_rdata;
  logic edge_valid, edge_ready, edge_write, edge_rvalid;
  logic [11:0] edge_addr;
  logic [31:0] edge_wdata, edge_rdata_there;

  sf_axil #(
      .TIMEOUT_BITS(AXIL_TIMEOUT_BITS)
  ) u_axil (
      .clk       (axil_clk),
      .rst       (axil_rst),
      .away      (axil_away),
      .awaddr    (s_axil_awaddr),
      .awvalid   (s_axil_awvalid),
      .awready   (s_axil_awready),
      .wdata     (s_axil_wdata),
      .wstrb     (s_axil_wstrb),
      .wvalid    (s_axil_wvalid),
      .wready    (s_axil_wready),
      .bresp     (s_axil_bresp),
      .bvalid    (s_axil_bvalid),
      .bready    (s_axil_bready),
      .araddr    (s_axil_araddr),
      .arvalid   (s_axil_arvalid),
      .arready   (s_axil_arready),
      .rdata     (s_axil_rdata),
      .rresp     (s_axil_rresp),
      .rvalid    (s_axil_rvalid),
      .rready    (s_axil_rready),
      .bus_start (bus_start),
      .bus_write (bus_write),
      .bus_addr  (bus_addr),
      .bus_wdata (bus_wdata),
      .bus_busy  (bus_busy),
      .bus_done  (bus_done),
      .core_rdata(core_rdata),
      .edge_rdata(edge_rdata)
  );

  sf_bus_cross u_core_bus (
      .host_clk   (axil_clk),
      .host_away  (axil_away),
      .host_rst   (axil_reset),
      .start      (bus_start[0]),
      .write      (bus_write),
      .addr       (bus_addr),
      .wdata      (bus_wdata),
      .busy       (bus_busy[0]),
      .done       (bus_done[0]),
      .rdata      (core_rdata),
      .target_clk (core_clk),
      .target_away(core_away),
      .target_rst (core_reset),
      .cfg_valid  (cfg_valid),
      .cfg_ready  (cfg_ready),
      .cfg_write  (cfg_write),
      .cfg_addr   (cfg_addr),
      .cfg_wdata  (cfg_wdata),
      .cfg_rvalid (cfg_rvalid),
      .cfg_rdata  (cfg_rdata)
  );

  sf_bus_cross u_edge_bus (
      .host_clk   (axil_clk),
      .host_away  (axil_away),
      .host_rst   (axil_reset),
      .start      (bus_start[1]),
      .write      (bus_write),
      .addr       (bus_addr),
      .wdata      (bus_wdata),
      .busy       (bus_busy[1]),
      .done       (bus_done[1]),
      .rdata      (edge_rdata),
      .target_clk (dma_clk),
      .target_away(dma_away),
      .target_rst (dma_reset),
      .cfg_valid  (edge_valid),
      .cfg_ready  (edge_ready),
      .cfg_write  (edge_write),
      .cfg_addr   (edge_addr),
      .cfg_wdata  (edge_wdata),
      .cfg_rvalid (edge_rvalid),
      .cfg_rdata  (edge_rdata_there)
  );

  // Registers and counters of the edges, at the DMA clock.
  logic control_write, clear;
  logic [31:0] write_data, scratch, counter;
  logic [3:0] counter_addr;

  always_ff @(posedge dma_clk) clear <= control_write && write_data[{clear_bit}];

  sf_edge_registers u_edge_registers (
      .clk               (dma_clk),
      .rst               (dma_away),
      .cfg_valid         (edge_valid),
      .cfg_ready         (edge_ready),
      .cfg_write         (edge_write),
      .cfg_addr          (edge_addr),
      .cfg_wdata         (edge_wdata),
      .cfg_rvalid        (edge_rvalid),
      .cfg_rdata         (edge_rdata_there),
      .write_data        (write_data),
      .counter_addr      (counter_addr),
      .counter           (counter),
      .edge_control_write(control_write),
      .edge_control_ready(1'b1),
      .edge_scratch      (scratch)
  );

  sf_counters #(
      .COUNTERS({counters})
  ) u_edge_counters (
      .clk   (dma_clk),
      .rst   (dma_away),
      .clear (clear),
      .events({{record_sent, frame_events}}),
      .addr  (counter_addr),
      .value (counter)
  );

  wire unused = &{{1'b0, write_data, scratch}};
endmodule
`default_nettype wire
"""
