"""Super logic regions in the printed core: where each kernel stays, and its own copies of reset and parameter writes.

A chain that leaves a region has `crossing` kernels for its streams; it ends where it begins, where everything is that
is no kernel. Reset and parameter writes for the other region are registered here, on both sides of the boundary. A word
of parameters is then two cycles late, and a frame that uses it comes later than that, through a crossing.
"""

from __future__ import annotations

from speckleforge.ir.design import Design
from speckleforge.ir.regions import regions_of

PARAMETERS = ("valid", "first", "data", "bank")


def placed(design: Design) -> dict[str, int]:
    """Region of each instance, by name; empty where the chain never leaves one."""
    where = regions_of([item.kernel for item in design.instances])
    return {item.name: one for item, one in zip(design.instances, where, strict=True) if one is not None}


def home_of(design: Design) -> int | None:
    """The region in which the chain begins, and everything that is no kernel stays."""
    return next((int(k.leaves) for item in design.instances if hasattr(k := item.kernel, "leaves")), None)


def attribute(region: int | None) -> str:
    """What keeps an instance in its region; nothing where the placer decides."""
    return "" if region is None else f'  (* USER_SLR_ASSIGNMENT = "SLR{region}" *)\n'


def suffix(region: int | None, home: int | None) -> str:
    """Of the names of reset and parameter writes in a region."""
    return "" if region in (None, home) else f"_slr{region}"


def ways(design: Design) -> str:
    """Registers on the way of reset and parameter writes into the other regions; empty where there is none."""
    home, regions = home_of(design), sorted(set(placed(design).values()))
    return "".join(_way(home, region) for region in regions if home is not None and region != home)


def _way(home: int, region: int) -> str:
    """Both registers of one region."""
    end = suffix(region, home)
    bundle = ", ".join(["rst", *(f"par_{name}" for name in PARAMETERS)])
    late = ", ".join([f"rst{end}", *(f"par_{name}{end}" for name in PARAMETERS)])
    used = f"  wire unused_way{end} = &{{1'b0, par_valid{end}}};  // segments of kernels that stay\n"
    return f"""  // Reset and parameter writes for SLR{region}: reset must last for 8 cycles.
  logic [SEGMENTS-1:0] par_valid{end};
  logic rst{end}, par_first{end}, par_bank{end};
  logic [31:0] par_data{end};
  logic [SEGMENTS+34:0] way{end};
  sf_region_register #(
      .BITS(SEGMENTS + 35), .REGION({home})
  ) u_leave{end} (
      .clk(clk), .now({{{bundle}}}), .late(way{end})
  );
  sf_region_register #(
      .BITS(SEGMENTS + 35), .REGION({region})
  ) u_enter{end} (
      .clk(clk), .now(way{end}), .late({{{late}}})
  );
{used}
"""
