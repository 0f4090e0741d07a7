"""Small designs for the tests: a board with a stub core whose boot memory is read out over the configuration port."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from speckleforge.artifacts.boot_memory import readmemh_text
from speckleforge.spec import load_target

BLINK = """// Eight lamps show the bytes of a boot memory, one after the other.
module sf_boot #(parameter int DEPTH = 4096) (
    input wire clk, input wire write, input wire [15:0] addr, output logic [7:0] q
);
  (* ram_style = "block" *) logic [7:0] mem[0:DEPTH-1];
  initial $readmemh("boot.hex", mem);
  always_ff @(posedge clk) q <= mem[addr[$clog2(DEPTH)-1:0]];
  always_ff @(posedge clk) if (write) mem[addr[$clog2(DEPTH)-1:0] ^ 1] <= addr[7:0];
endmodule

module sf_top (
    input  wire       clk_25mhz,
    input  wire       ftdi_txd,
    output wire       ftdi_rxd,
    input  wire       btn_fire1,
    output wire [7:0] led,
    output wire       wifi_gpio0
);
  logic [31:0] count = '0;
  always_ff @(posedge clk_25mhz) count <= btn_fire1 ? '0 : count + 32'd1;
  sf_boot #(.DEPTH(%DEPTH%)) u_boot (.clk(clk_25mhz), .write(%WRITE%), .addr(count[31:16]), .q(led));
  assign ftdi_rxd = ftdi_txd;
  assign wifi_gpio0 = 1'b1;
endmodule
"""


def target(name: str = "ulx3s-25f") -> dict[str, Any]:
    """A target with everything in its file."""
    return dict(load_target(name).values)


def write_blink(folder: Path, content: bytes, *, writable: bool = False) -> Path:
    """A source tree whose boot memory holds `content`; a read-only one is laid out in another way."""
    folder.mkdir(parents=True)
    text = BLINK.replace("%DEPTH%", str(len(content))).replace("%WRITE%", "!ftdi_txd" if writable else "1'b0")
    (folder / "sf_top.sv").write_text(text, encoding="utf-8")
    (folder / "boot.hex").write_text(readmemh_text(content), encoding="utf-8")
    (folder / "files.json").write_text(json.dumps({"top": "sf_top", "files": ["sf_top.sv"], "include": []}))
    return folder
