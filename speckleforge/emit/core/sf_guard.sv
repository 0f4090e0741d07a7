// Ingress guard: whatever arrives, the kernels see whole frames of exactly WORDS words.
//
// Shapes:  words of BITS by valid/ready with first, last and (with first) a 32-bit pulse id in; the same with an 8-bit tag
//          {sequence[6:0], bank} out. `open` marks the first word of a frame, `close` its last one, with what was wrong.
// Latency: one cycle; one word per cycle.
// Cost:    BITS + 50 FF, about 60 LUT.
//
// A frame that ends early (a last too soon, or a first inside it) is padded with zero words and `close_short`; one that does
// not end is cut and `close_long`; one whose last word comes with `in_error` is passed on and `close_error`. Outside a frame everything up to the next first is dropped. A frame begins only with
// `room`, and takes the bank that is active then.
`default_nettype none

module sf_guard #(
    parameter int BITS = 8,
    parameter int WORDS = 16  // words of a whole frame
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             in_valid,
    output logic            in_ready,
    input  wire  [BITS-1:0] in_data,
    input  wire             in_first,
    input  wire             in_last,
    input  wire             in_error,    // with in_last: the link says that the frame is broken
    input  wire             bank,        // the active one
    input  wire             room,        // another frame may be in flight
    output logic            out_valid,
    input  wire             out_ready,
    output logic [BITS-1:0] out_data,
    output logic            out_first,
    output logic            out_last,
    output logic [7:0]      out_tag,
    output logic            open,        // one cycle: a frame begins, its number is `sequence_number`
    output logic            close,       // one cycle: its last word goes in
    output logic            close_short,
    output logic            close_long,
    output logic            close_error,
    output logic            stray,       // one cycle: a word outside any frame was dropped
    output logic [6:0]      sequence_number
);
  localparam int COUNT_BITS = $clog2(WORDS + 1);
  localparam logic [1:0] IDLE = 2'd0;
  localparam logic [1:0] BODY = 2'd1;
  localparam logic [1:0] PAD = 2'd2;

  logic [1:0]            state;
  logic [COUNT_BITS-1:0] left;      // words still to come after the next one
  logic                  at_last;   // the next word is the last
  logic                  bank_held;
  logic                  error_held;

  wire free = !out_valid || out_ready;
  wire accept = in_valid && in_ready;
  wire emit = (state == PAD) ? free : accept && (state == BODY || in_first);
  wire final_word = (state == IDLE) ? WORDS == 1 : at_last;

  assign in_ready = (state == IDLE) ? !in_first || (free && room) : state == BODY && free && !in_first;
  assign open = emit && state == IDLE;
  assign close = emit && final_word;
  assign close_short = state == PAD;
  assign close_long = state != PAD && !in_last;
  assign close_error = (state == PAD) ? error_held : in_last && in_error;
  assign stray = accept && !emit;

  always_ff @(posedge clk) begin
    if (emit) begin
      out_data <= (state == PAD) ? '0 : in_data;
      out_first <= state == IDLE;
      out_last <= final_word;
      out_tag <= {sequence_number, (state == IDLE) ? bank : bank_held};
    end
    if (open) bank_held <= bank;
    if (emit && state != PAD) error_held <= in_last && in_error;
  end

  always_ff @(posedge clk) begin
    if (free) out_valid <= emit;
    if (emit) begin
      left <= (state == IDLE) ? COUNT_BITS'(WORDS - 1) : left - 1'b1;
      at_last <= (state == IDLE) ? WORDS == 2 : left == COUNT_BITS'(2);
      if (final_word) state <= IDLE;
      else if (in_last && state != PAD) state <= PAD;
      else if (state == IDLE) state <= BODY;
    end else if (state == BODY && in_valid && in_first) begin
      state <= PAD;
    end
    if (close) sequence_number <= sequence_number + 7'd1;
    if (rst) begin
      out_valid <= 1'b0;
      state <= IDLE;
      sequence_number <= 7'd0;
    end
  end
endmodule
`default_nettype wire
