"""A VHDL wrapper around a packed HLS IP: SLAC `surf` records in place of its ports. Takes ports; gives text.

It uses StdRtlPkg, AxiLitePkg and AxiStreamPkg by their public names, as `emit.firmware.vhdl` does.
"""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.synth.amd.ip_ports import SSI_USER_BITS, IpPorts, LitePort, StreamPort
from speckleforge.synth.amd.trees import HlsTree

# Wires of an AXI4-Lite: name, direction, bits (0: a single wire, -1: the address's), record and field.
_LITE = (
    ("AWADDR", "in", -1, "WriteMaster.awaddr"),
    ("AWVALID", "in", 0, "WriteMaster.awvalid"),
    ("AWREADY", "out", 0, "WriteSlave.awready"),
    ("WDATA", "in", 32, "WriteMaster.wdata"),
    ("WSTRB", "in", 4, "WriteMaster.wstrb"),
    ("WVALID", "in", 0, "WriteMaster.wvalid"),
    ("WREADY", "out", 0, "WriteSlave.wready"),
    ("BRESP", "out", 2, "WriteSlave.bresp"),
    ("BVALID", "out", 0, "WriteSlave.bvalid"),
    ("BREADY", "in", 0, "WriteMaster.bready"),
    ("ARADDR", "in", -1, "ReadMaster.araddr"),
    ("ARVALID", "in", 0, "ReadMaster.arvalid"),
    ("ARREADY", "out", 0, "ReadSlave.arready"),
    ("RDATA", "out", 32, "ReadSlave.rdata"),
    ("RRESP", "out", 2, "ReadSlave.rresp"),
    ("RVALID", "out", 0, "ReadSlave.rvalid"),
    ("RREADY", "in", 0, "ReadMaster.rready"),
)


def entity_name(tree: HlsTree) -> str:
    """Name of the wrapper's entity."""
    return f"{tree.top}_wrapper"


def ip_wrapper(tree: HlsTree, ports: IpPorts) -> str:
    """The text of the wrapper."""
    rows = [*_control(), *_streams(ports), *_lites(ports), *_plain(ports)]
    return _TEMPLATE.format(
        top=tree.top,
        design=tree.design_id,
        entity=entity_name(tree),
        records=";\n".join(f"      {row}" for row in _records(ports)),
        component=";\n".join(f"         {name} : {way} {_type(bits)}" for name, way, bits, _ in rows),
        signals="".join(_signals(port) for port in ports.streams),
        processes="".join(_process(port, label) for port, label in labels(ports)),
        checks="".join(_check(port, label) for port, label in labels(ports)),
        map=",\n".join(f"         {name} => {target}" for name, _, _, target in rows),
    )


def labels(ports: IpPorts) -> list[tuple[StreamPort, str]]:
    """Each stream with the name of its records: `sAxis` and `mAxis` where there is one of its direction."""
    single = {way: [port.direction for port in ports.streams].count(way) == 1 for way in ("in", "out")}
    short = {"in": "sAxis", "out": "mAxis"}
    return [(port, short[port.direction] if single[port.direction] else f"{port.name}_axis") for port in ports.streams]


def _lite_labels(ports: IpPorts) -> list[tuple[LitePort, str]]:
    """Each AXI4-Lite with the name of its records."""
    return [(port, "axil" if len(ports.lites) == 1 else f"{port.name}_axil") for port in ports.lites]


def _records(ports: IpPorts) -> Iterator[str]:
    """Ports of the entity."""
    yield "axisClk : in sl"
    yield "axisRst : in sl"
    for port, label in labels(ports):
        other = {"in": "out", "out": "in"}[port.direction]
        yield f"{label}Master : {port.direction} AxiStreamMasterType"
        yield f"{label}Slave : {other} AxiStreamSlaveType"
    for _, label in _lite_labels(ports):
        for kind in ("Read", "Write"):
            yield f"{label}{kind}Master : in AxiLite{kind}MasterType"
            yield f"{label}{kind}Slave : out AxiLite{kind}SlaveType"


Row = tuple[str, str, int, str]  # port of the IP, direction, bits (0: a single wire), what it is connected to


def _control() -> list[Row]:
    """Clock and reset."""
    return [("ap_clk", "in", 0, "axisClk"), ("ap_rst_n", "in", 0, "axisRstN")]


def _streams(ports: IpPorts) -> Iterator[Row]:
    """Wires of the streams."""
    for port, label in labels(ports):
        back = {"in": "out", "out": "in"}[port.direction]
        incoming = port.direction == "in"
        yield f"{port.name}_TVALID", port.direction, 0, f"{label}Master.tValid" if incoming else f"{port.name}_valid"
        yield f"{port.name}_TREADY", back, 0, f"{label}Slave.tReady"
        for wire, bits in _vectors(port).items():
            yield f"{port.name}_T{wire.upper()}", port.direction, bits, f"{port.name}_{wire}"


def _vectors(port: StreamPort) -> dict[str, int]:
    """Vectors of a stream that it has, with their bits; TLAST is a vector of one bit in what HLS makes."""
    bytes_ = port.data_bits // 8
    found = {"data": port.data_bits, "keep": bytes_ * port.keep, "strb": bytes_ * port.strobe, "last": int(port.last)}
    found |= {"user": port.user_bits, "id": port.id_bits, "dest": port.dest_bits}
    return {name: bits for name, bits in found.items() if bits}


def _lites(ports: IpPorts) -> Iterator[Row]:
    """Wires of the AXI4-Lite ports."""
    for port, label in _lite_labels(ports):
        for wire, way, bits, field in _LITE:
            cut = f"({port.addr_bits - 1} downto 0)" if bits < 0 else ""
            yield f"{port.name}_{wire}", way, port.addr_bits if bits < 0 else bits, f"{label}{field}{cut}"


def _plain(ports: IpPorts) -> Iterator[Row]:
    """Wires of no protocol: inputs tied, outputs open."""
    for port in ports.plain:
        tied = f"'{port.tie}'" if port.width == 0 else f"(others => '{port.tie}')"
        yield port.name, port.direction, port.width, tied if port.direction == "in" else "open"


def _type(bits: int) -> str:
    """A type of the component."""
    return "std_logic" if bits == 0 else f"std_logic_vector({bits - 1} downto 0)"


def _signals(port: StreamPort) -> str:
    """Signals between the records and the IP."""
    lines = [] if port.direction == "in" else [f"   signal {port.name}_valid : sl;\n"]
    lines += [f"   signal {port.name}_{wire} : slv({bits - 1} downto 0);\n" for wire, bits in _vectors(port).items()]
    return "".join(lines)


def _check(port: StreamPort, label: str) -> str:
    """A stream of another width is an error when the design is elaborated."""
    config = _config(port)
    return f"""\
   assert ({config}.TDATA_BYTES_C = {port.data_bits // 8})
      report "{config}: {label} was made for streams of {port.data_bits // 8} bytes" severity failure;
"""


def _config(port: StreamPort) -> str:
    """The generic that describes the records of a direction."""
    return {"in": "S_AXIS_CONFIG_G", "out": "M_AXIS_CONFIG_G"}[port.direction]


def _process(port: StreamPort, label: str) -> str:
    """Records to vectors, or vectors to records."""
    return _incoming(port, label) if port.direction == "in" else _outgoing(port, label)


def _incoming(port: StreamPort, label: str) -> str:
    """Statements for a stream into the IP."""
    name, last_byte = port.name, port.data_bits // 8 - 1
    keep = f"genTKeep(getTKeep({label}Master.tKeep, S_AXIS_CONFIG_G))({last_byte} downto 0)"
    values = {"data": f"{label}Master.tData({port.data_bits - 1} downto 0)", "keep": keep, "strb": keep}
    values |= {"id": f"{label}Master.tId({port.id_bits - 1} downto 0)"}
    values |= {"dest": f"{label}Master.tDest({port.dest_bits - 1} downto 0)"}
    values |= {"user": f"{label}Master.tUser({port.user_bits - 1} downto 0)"}
    lines = []
    for wire in _vectors(port):
        if wire == "last":
            lines.append(f"   {name}_last(0) <= {label}Master.tLast;\n")
        elif wire == "user" and port.user_bits == SSI_USER_BITS:
            lines.append(f"   {name}_user(1) <= axiStreamGetUserBit(S_AXIS_CONFIG_G, {label}Master, 1, 0);\n")
            lines.append(f"   {name}_user(0) <= axiStreamGetUserBit(S_AXIS_CONFIG_G, {label}Master, 0);\n")
        else:
            lines.append(f"   {name}_{wire} <= {values[wire]};\n")
    return "".join([*lines, "\n"])


def _outgoing(port: StreamPort, label: str) -> str:
    """A process for a stream out of the IP."""
    name, wires = port.name, _vectors(port)
    sensitive = ", ".join([f"{name}_valid", *(f"{name}_{wire}" for wire in wires if wire != "strb")])
    body = [f"      master.tData({port.data_bits - 1} downto 0) := {name}_data;\n"]
    body += [_KEEP.format(name=name, high=port.data_bits // 8 - 1)] if port.keep else []
    body += [f"      master.tLast := {name}_last(0);\n"] if port.last else ["      master.tLast := '1';\n"]
    body += [f"      master.tId({port.id_bits - 1} downto 0) := {name}_id;\n"] if port.id_bits else []
    body += [f"      master.tDest({port.dest_bits - 1} downto 0) := {name}_dest;\n"] if port.dest_bits else []
    if port.user_bits == SSI_USER_BITS:
        last = f"{name}_last(0) = '1'" if port.last else "true"
        body.append(f"      axiStreamSetUserBit(M_AXIS_CONFIG_G, master, 1, {name}_user(1), 0);\n")
        body.append(f"      if ({last}) then\n")
        body.append(f"         axiStreamSetUserBit(M_AXIS_CONFIG_G, master, 0, {name}_user(0));\n      end if;\n")
    elif port.user_bits:
        body.append(f"      master.tUser({port.user_bits - 1} downto 0) := {name}_user;\n")
    return _OUTGOING.format(label=label, name=name, sensitive=sensitive, body="".join(body))


_KEEP = """\
      if (M_AXIS_CONFIG_G.TKEEP_MODE_C = TKEEP_COUNT_C) then
         bytes := 0;
         for i in {name}_keep'range loop
            if ({name}_keep(i) = '1') then
               bytes := bytes + 1;
            end if;
         end loop;
         master.tKeep := toSlv(bytes, AXI_STREAM_MAX_TKEEP_WIDTH_C);
      else
         master.tKeep := (others => '0');
         master.tKeep({high} downto 0) := {name}_keep;
      end if;
"""

_OUTGOING = """\
   process ({sensitive}) is
      variable master : AxiStreamMasterType;
      variable bytes  : natural;
   begin
      master        := axiStreamMasterInit(M_AXIS_CONFIG_G);
      bytes         := 0;
      master.tValid := {name}_valid;
{body}      {label}Master <= master after TPD_G;
   end process;

"""

_TEMPLATE = """\
-------------------------------------------------------------------------------
-- Description: the packed HLS IP {top} for a firmware tree. Printed; do not edit.
--
-- design {design}
--
-- All ports are synchronous to axisClk; axisRst is active high.
-------------------------------------------------------------------------------

library ieee;
use ieee.std_logic_1164.all;

library surf;
use surf.StdRtlPkg.all;
use surf.AxiLitePkg.all;
use surf.AxiStreamPkg.all;

entity {entity} is
   generic (
      TPD_G           : time                := 1 ns;
      S_AXIS_CONFIG_G : AxiStreamConfigType := AXI_STREAM_CONFIG_INIT_C;
      M_AXIS_CONFIG_G : AxiStreamConfigType := AXI_STREAM_CONFIG_INIT_C);
   port (
{records});
end {entity};

architecture mapping of {entity} is

   component {top}_0 is
      port (
{component});
   end component;

   signal axisRstN : sl;
{signals}
begin

{checks}
   axisRstN <= not(axisRst);

{processes}   U_Ip : {top}_0
      port map (
{map});

end mapping;
"""
