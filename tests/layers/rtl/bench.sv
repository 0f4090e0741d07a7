// Test bench parts: a source, a sink and a loader of parameters. Files hold one hexadecimal word a line.
/* verilator lint_off DECLFILENAME */
/* verilator lint_off UNUSEDSIGNAL */
/* verilator lint_off WIDTH */

module bench_source #(
    parameter int BITS = 8,
    parameter int WORDS = 1,
    parameter string NAME = "x"
) (
    input  wire             clk,
    input  wire             run,
    input  wire             run_bank_0,  // only frames of bank 0
    input  wire  [31:0]     cycle,
    input  wire             random,
    output logic            valid,
    input  wire             ready,
    output wire  [BITS-1:0] data
);
  logic [BITS-1:0] words[0:WORDS-1];
  int position = 0;
  int log;
  initial begin
    $readmemh({NAME, ".in"}, words);
    log = $fopen({NAME, ".taken"}, "w");
    valid = 1'b0;
  end
  // What is not offered is noise, so that a consumer that looks at it fails.
  assign data = valid ? words[position] : ~words[position < WORDS ? position : 0];
  wire [31:0] next = position + (valid && ready ? 1 : 0);
  wire may = next < WORDS && (run || run_bank_0 && !words[next][BITS-10]);
  always_ff @(posedge clk) begin
    if (valid && ready) $fwrite(log, "%0d\n", cycle);
    if (valid && ready) position <= position + 1;
    if (!valid || ready) valid <= may && (!random || $urandom_range(3) != 0);
  end
  final $fclose(log);
endmodule

module bench_sink #(
    parameter int BITS = 8,
    parameter int WORDS = 1,
    parameter string NAME = "x"
) (
    input  wire            clk,
    input  wire            run,
    input  wire  [31:0]    cycle,
    input  wire            random,
    input  wire            valid,
    output logic           ready,
    input  wire [BITS-1:0] data,
    output wire            done
);
  int position = 0;
  int log;
  initial begin
    log = $fopen({NAME, ".out"}, "w");
    ready = 1'b0;
  end
  assign done = position >= WORDS;
  // Long pauses now and then, so that every FIFO fills up.
  int pause = 0;
  always_ff @(posedge clk) begin
    if (run && valid && ready) begin
      $fwrite(log, "%0d %h\n", cycle, data);
      position <= position + 1;
    end
    if (pause > 0) pause <= pause - 1;
    else if (random && $urandom_range(99) == 0) pause <= $urandom_range(200);
    ready <= !random || (pause == 0 && $urandom_range(3) != 0);
  end
  final $fclose(log);
endmodule

module bench_loader #(
    parameter int BITS = 8,
    parameter int WORDS = 1,
    parameter string NAME = "x"
) (
    input  wire             clk,
    input  wire             run,
    input  wire             random,
    output wire  [BITS-1:0] data,   // valid bits on top of {first, bank, element}
    output wire             half,
    output wire             done
);
  logic [BITS-1:0] words[0:WORDS-1];
  int position = 0;
  assign half = position >= WORDS / 2;
  logic active = 1'b0;
  initial $readmemh({NAME, ".par"}, words);
  assign data = active ? words[position] : '0;
  assign done = position >= WORDS;
  always_ff @(posedge clk) begin
    if (active) position <= position + 1;
    active <= run && position + (active ? 1 : 0) < WORDS && (!random || $urandom_range(1) == 0);
  end
endmodule
