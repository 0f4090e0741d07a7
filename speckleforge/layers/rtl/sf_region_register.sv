// A register that stays in one super logic region: the end of a way into it, or the start of one out of it.
//
// Shapes:  BITS bits; REGION is the number of the region, from 0; of 4 and more the placer decides.
// Latency: 1 cycle.
// Cost:    BITS FF.
//
// The placer takes the assignment for a hierarchical cell only, so the register is a module of its own that is kept;
// that also keeps two of them in a row from becoming a shift register. It is 0 at power-up, so that what is behind it
// sees nothing before reset has got there. Source: AMD UG912, USER_SLR_ASSIGNMENT.
`default_nettype none

module sf_region_register #(
    parameter int BITS   = 8,
    parameter int REGION = 0
) (
    input  wire            clk,
    input  wire [BITS-1:0] now,
    output wire [BITS-1:0] late
);
  if (REGION == 0) begin : g_0
    (* USER_SLR_ASSIGNMENT = "SLR0", keep_hierarchy = "yes" *)
    sf_register #(.BITS(BITS)) register (.clk(clk), .now(now), .late(late));
  end else if (REGION == 1) begin : g_1
    (* USER_SLR_ASSIGNMENT = "SLR1", keep_hierarchy = "yes" *)
    sf_register #(.BITS(BITS)) register (.clk(clk), .now(now), .late(late));
  end else if (REGION == 2) begin : g_2
    (* USER_SLR_ASSIGNMENT = "SLR2", keep_hierarchy = "yes" *)
    sf_register #(.BITS(BITS)) register (.clk(clk), .now(now), .late(late));
  end else if (REGION == 3) begin : g_3
    (* USER_SLR_ASSIGNMENT = "SLR3", keep_hierarchy = "yes" *)
    sf_register #(.BITS(BITS)) register (.clk(clk), .now(now), .late(late));
  end else begin : g_any
    (* keep_hierarchy = "yes" *)
    sf_register #(.BITS(BITS)) register (.clk(clk), .now(now), .late(late));
  end
endmodule

`default_nettype wire
