"""The register map as files: SystemVerilog decoder, C header, JSON, Markdown. Takes the table; gives texts."""

from __future__ import annotations

from typing import Any

from speckleforge.emit.registers import (
    ADDRESS_BITS,
    BANK_BASE,
    CONSTANT_BASE,
    COUNTER_BASE,
    LIVE_BASE,
    PAGE,
    Access,
    Register,
)


def registers_sv(registers: tuple[Register, ...], banner: str) -> str:
    """`sf_registers`: the decoder between the configuration port and the core's blocks."""
    ports = [line for register in registers for line in _ports(register)]
    writes = [r for r in registers if r.access in (Access.SETTING, Access.COMMAND)]
    settings = [r for r in registers if r.access is Access.SETTING]
    commands = [r for r in registers if r.access is Access.COMMAND]
    banks = any(r.access is Access.BANK for r in registers)
    counter_bits = 5 if sum(r.access is Access.COUNTER for r in registers) > PAGE else 4
    if banks:
        ports += ["output logic [1:0] bank_addr", "input  wire  [31:0] bank_value"]
    return _TEMPLATE.format(
        banner=banner,
        address_bits=ADDRESS_BITS,
        ports=",\n    ".join(ports),
        selects="\n".join(f"  wire select_{r.name} = addr == {_address(r)};" for r in writes),
        strobes="\n".join(f"  assign {r.name}_write = write && chosen_{r.name};" for r in commands),
        holds="\n".join(f"      (chosen_{r.name} && !{r.name}_ready) ||" for r in commands),
        constants=_cases(registers, Access.CONSTANT),
        live=_cases(registers, Access.STATE, Access.SETTING),
        constant_page=f"8'd{CONSTANT_BASE // PAGE}",
        live_page=f"8'd{LIVE_BASE // PAGE}",
        counter_page=", ".join(f"8'd{COUNTER_BASE // PAGE + page}" for page in range(1 << (counter_bits - 4))),
        counter_bits=counter_bits,
        choices="\n".join(f"  logic chosen_{r.name};" for r in writes),
        chooses="\n".join(f"    chosen_{r.name} <= select_{r.name};" for r in writes),
        bank_case=f"\n      8'd{BANK_BASE // PAGE}: cfg_rdata <= bank_held;" if banks else "",
        bank_held="\n    bank_held <= bank_value;" if banks else "",
        bank_wires="\n  logic [31:0] bank_held;\n  assign bank_addr = addr[1:0];" if banks else "",
        stores="\n".join(f"    if (write && chosen_{r.name}) {r.name} <= write_data;" for r in settings),
        resets="\n".join(f"      {r.name} <= 32'd0;" for r in settings),
    )


def registers_h(registers: tuple[Register, ...], banner: str) -> str:
    """C header: word addresses, bit positions and widths."""
    lines = []
    for register in registers:
        lines.append(f"#define SF_{register.upper} 0x{register.address:03x}u  /* {register.text} */")
        if register.access is Access.CONSTANT:
            lines.append(f"#define SF_{register.upper}_VALUE 0x{register.value:08x}u")
        for bits in register.bits:
            name = f"SF_{register.upper}_{bits.name.upper()}"
            lines.append(f"#define {name}_LOW {bits.low}u")
            lines.append(f"#define {name}_MASK 0x{(1 << (bits.high - bits.low + 1)) - 1:x}u  /* {bits.text} */")
    body = "\n".join(lines)
    return f"{_comment(banner, '/* ', ' */')}#ifndef SF_REGISTERS_H\n#define SF_REGISTERS_H\n\n{body}\n\n#endif\n"


def registers_json(registers: tuple[Register, ...]) -> dict[str, Any]:
    """The table for programs: name -> address, access, text, bits, value of constants."""
    rows = {}
    for register in registers:
        row: dict[str, Any] = {"address": register.address, "access": register.access.value, "text": register.text}
        row["bits"] = {b.name: {"high": b.high, "low": b.low, "text": b.text} for b in register.bits}
        if register.access is Access.CONSTANT:
            row["value"] = register.value
        rows[register.name] = row
    return rows


def registers_md(registers: tuple[Register, ...], banner: str) -> str:
    """The page for people."""
    lines = [_comment(banner, "<!-- ", " -->") + "# Registers", "", _INTRODUCTION, ""]
    lines += ["| word address | name | access | meaning |", "|---|---|---|---|"]
    for r in registers:
        value = f" (0x{r.value:08x})" if r.access is Access.CONSTANT else ""
        lines.append(f"| 0x{r.address:03x} | {r.upper} | {r.access.value} | {r.text}{value} |")
        for b in r.bits:
            place = f"{b.high}:{b.low}" if b.high != b.low else str(b.low)
            lines.append(f"| | . {b.name} | bits {place} | {b.text} |")
    return "\n".join(lines) + "\n"


def _ports(register: Register) -> list[str]:
    """Ports of `sf_registers` that belong to one register."""
    name = register.name
    if register.access is Access.STATE:
        return [f"input  wire  [31:0] {name}"]
    if register.access is Access.SETTING:
        return [f"output logic [31:0] {name}"]
    if register.access is Access.COMMAND:
        return [f"output logic {name}_write", f"input  wire  {name}_ready"]
    return []


def _cases(registers: tuple[Register, ...], *accesses: Access) -> str:
    """Lines of a page's `case`: constants as literals, the rest by name."""
    constant = Access.CONSTANT in accesses
    rows = [(r, f"32'h{r.value:08x}" if constant else r.name) for r in registers if r.access in accesses]
    target = "constant" if constant else "live"
    return "\n".join(f"      4'd{r.address % PAGE}: {target} = {value};" for r, value in rows)


def _address(register: Register) -> str:
    """The address as a literal."""
    return f"{ADDRESS_BITS}'d{register.address}"


def _comment(banner: str, start: str, end: str) -> str:
    """The banner's lines as comments."""
    return "".join(f"{start}{line}{end}\n" for line in banner.splitlines())


_INTRODUCTION = """\
32-bit registers behind the core's configuration port; addresses count words. One request is outstanding at a time.

To load weights: write CONTROL.load with the bank that is not active, write the image's bytes to DATA (4 at a time, the
last word filled with zeros), read STATUS until `load_result` is not 0, and with 1 write CONTROL.activate with the same
bank. The frames in flight end with the bank that they began with."""

_TEMPLATE = """// Registers: decodes the configuration port. Printed from the one register map; do not edit.
//
{banner}//
// Shapes:  one request at a time by valid/ready; read data by `cfg_rvalid`. A write takes effect two cycles after it
//          was accepted, or as soon as its command is ready; until then no other request is.
// Latency: a read answers four cycles after it was accepted: decoding has a cycle of its own.
// Cost:    about 210 FF, 32 FF per setting, about 250 LUT.
`default_nettype none

module sf_registers (
    input  wire  clk,
    input  wire  rst,
    input  wire  cfg_valid,
    output logic cfg_ready,
    input  wire  cfg_write,
    input  wire  [{address_bits}-1:0] cfg_addr,
    input  wire  [31:0] cfg_wdata,
    output logic cfg_rvalid,
    output logic [31:0] cfg_rdata,
    output logic [31:0] write_data,
    output logic [{counter_bits}-1:0] counter_addr,
    input  wire  [31:0] counter,
    {ports}
);
  logic decoding, pending, reading, is_write;
  logic [{address_bits}-1:0] addr;
  logic [31:0] constant, live;
  logic [31:0] constant_held, live_held, counter_held;
  wire write = pending && is_write;

{selects}
{choices}
{strobes}
  wire hold = is_write && (
{holds}
      1'b0);

  assign cfg_ready = !decoding && !pending && !reading;

  assign counter_addr = addr[{counter_bits}-1:0];{bank_wires}

  // A page of 16 registers each, then the page.
  always_comb begin
    case (addr[3:0])
{constants}
      default: constant = 32'd0;
    endcase
    case (addr[3:0])
{live}
      default: live = 32'd0;
    endcase
  end

  always_ff @(posedge clk) begin
    if (cfg_valid && cfg_ready) begin
      addr <= cfg_addr;
      is_write <= cfg_write;
      write_data <= cfg_wdata;
    end
    constant_held <= constant;
    live_held <= live;
    counter_held <= counter;{bank_held}
{chooses}
    case (addr[{address_bits}-1:4])
      {constant_page}: cfg_rdata <= constant_held;
      {live_page}: cfg_rdata <= live_held;
      {counter_page}: cfg_rdata <= counter_held;{bank_case}
      default: cfg_rdata <= 32'd0;
    endcase
  end

  always_ff @(posedge clk) begin
    decoding <= cfg_valid && cfg_ready;
    pending <= decoding || (pending && hold);
    reading <= pending && !is_write;
    cfg_rvalid <= reading;
{stores}
    if (rst) begin
      decoding <= 1'b0;
      pending <= 1'b0;
      reading <= 1'b0;
      cfg_rvalid <= 1'b0;
{resets}
    end
  end
endmodule
`default_nettype wire
"""
