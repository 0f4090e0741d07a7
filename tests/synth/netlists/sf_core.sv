module sf_add #(parameter int N = 12) (
    input wire clk, input wire rst, input wire en, input wire [N-1:0] a, input wire [N-1:0] b, output logic [N-1:0] sum,
    output wire same
);
  logic [N-1:0] x, y;
  always_ff @(posedge clk) begin
    x <= a;
    y <= b;
    if (rst) sum <= '0;
    else if (en) sum <= x + y;
  end
  assign same = a[0];  // through the module without a cell
endmodule

module sf_core (
    input wire clk, input wire rst, input wire en, input wire [11:0] a, output wire [11:0] q, output wire p
);
  logic [11:0] mem[0:15];
  logic [3:0] at, from;
  wire [11:0] read = mem[from];
  wire [11:0] sum;
  wire same;
  always_ff @(posedge clk) begin
    at <= rst ? 4'd0 : at + 4'd1;
    from <= a[3:0];
    if (en) mem[at] <= sum;
  end
  sf_add #(.N(12)) u_first (.clk, .rst, .en, .a(a), .b(read), .sum, .same);
  sf_add #(.N(12)) u_second (.clk, .rst(1'b0), .en(1'b1), .a(sum), .b({12{same}}), .sum(q), .same(p));
endmodule
