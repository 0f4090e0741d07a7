"""A VHDL wrapper in the manner of SLAC's `surf`: records in place of flat ports, around a component of the top.

It uses StdRtlPkg, AxiLitePkg and AxiStreamPkg by their public names: types, `toSlv`, `getTKeep`, `genTKeep`,
`axiStreamGetUserBit`, `axiStreamSetUserBit`, `axiStreamMasterInit`. The user bits are those of `surf`'s SSI: 1 start of
frame, 0 end-of-frame error.
"""

from __future__ import annotations

from speckleforge.emit.firmware.frame_format import FrameFormat

ENTITY = "SpeckleForge"


def vhdl_wrapper(frames: FrameFormat, banner: str) -> str:
    """The text of `SpeckleForge.vhd`; `banner` without comment marks."""
    return _TEMPLATE.format(
        banner="".join(f"-- {line}\n" for line in banner.splitlines()),
        entity=ENTITY,
        data_bits=frames.data_bits,
        data_high=frames.data_bits - 1,
        keep_bits=frames.data_bits // 8,
        keep_high=frames.data_bits // 8 - 1,
        frame_bytes=frames.frame_bytes,
        record_bytes=frames.record_bits // 8,
    )


_TEMPLATE = """\
-------------------------------------------------------------------------------
-- Description: speckleforge block for a firmware tree. Printed from a design; do not edit.
--
{banner}--
-- Frames of {frame_bytes} bytes in, records of {record_bytes} bytes out, both at axisClk and in AXIS_CONFIG_G;
-- registers at axilClk, the network at coreClk. The three clocks need no relation. Every reset is synchronous to its
-- clock, active high, and resets the block.
-- sAxisSlave.tReady is always '1': what has no room is dropped in whole frames and counted.
-------------------------------------------------------------------------------

library ieee;
use ieee.std_logic_1164.all;

library surf;
use surf.StdRtlPkg.all;
use surf.AxiLitePkg.all;
use surf.AxiStreamPkg.all;

entity {entity} is
   generic (
      TPD_G         : time                := 1 ns;
      AXIS_CONFIG_G : AxiStreamConfigType := AXI_STREAM_CONFIG_INIT_C);
   port (
      -- Network
      coreClk         : in  sl;
      coreRst         : in  sl;
      -- Registers
      axilClk         : in  sl;
      axilRst         : in  sl;
      axilReadMaster  : in  AxiLiteReadMasterType;
      axilReadSlave   : out AxiLiteReadSlaveType;
      axilWriteMaster : in  AxiLiteWriteMasterType;
      axilWriteSlave  : out AxiLiteWriteSlaveType;
      -- Frames in, records out
      axisClk         : in  sl;
      axisRst         : in  sl;
      sAxisMaster     : in  AxiStreamMasterType;
      sAxisSlave      : out AxiStreamSlaveType;
      mAxisMaster     : out AxiStreamMasterType;
      mAxisSlave      : in  AxiStreamSlaveType);
end {entity};

architecture mapping of {entity} is

   constant SOF_BIT_C  : integer := 1;
   constant EOFE_BIT_C : integer := 0;

   component sf_firmware is
      generic (
         AXIL_TIMEOUT_BITS : integer := 24);
      port (
         dma_clk         : in  std_logic;
         dma_rst         : in  std_logic;
         s_axis_tvalid   : in  std_logic;
         s_axis_tready   : out std_logic;
         s_axis_tdata    : in  std_logic_vector({data_high} downto 0);
         s_axis_tkeep    : in  std_logic_vector({keep_high} downto 0);
         s_axis_tlast    : in  std_logic;
         s_axis_tdest    : in  std_logic_vector(7 downto 0);
         s_axis_tuser    : in  std_logic_vector(1 downto 0);
         m_axis_tvalid   : out std_logic;
         m_axis_tready   : in  std_logic;
         m_axis_tdata    : out std_logic_vector({data_high} downto 0);
         m_axis_tkeep    : out std_logic_vector({keep_high} downto 0);
         m_axis_tlast    : out std_logic;
         m_axis_tdest    : out std_logic_vector(7 downto 0);
         m_axis_tuser    : out std_logic_vector(1 downto 0);
         axil_clk        : in  std_logic;
         axil_rst        : in  std_logic;
         s_axil_awaddr   : in  std_logic_vector(14 downto 0);
         s_axil_awvalid  : in  std_logic;
         s_axil_awready  : out std_logic;
         s_axil_wdata    : in  std_logic_vector(31 downto 0);
         s_axil_wstrb    : in  std_logic_vector(3 downto 0);
         s_axil_wvalid   : in  std_logic;
         s_axil_wready   : out std_logic;
         s_axil_bresp    : out std_logic_vector(1 downto 0);
         s_axil_bvalid   : out std_logic;
         s_axil_bready   : in  std_logic;
         s_axil_araddr   : in  std_logic_vector(14 downto 0);
         s_axil_arvalid  : in  std_logic;
         s_axil_arready  : out std_logic;
         s_axil_rdata    : out std_logic_vector(31 downto 0);
         s_axil_rresp    : out std_logic_vector(1 downto 0);
         s_axil_rvalid   : out std_logic;
         s_axil_rready   : in  std_logic;
         core_clk        : in  std_logic;
         core_rst        : in  std_logic);
   end component;

   signal sTKeep : slv({keep_high} downto 0);
   signal sTUser : slv(1 downto 0);

   signal mTValid : sl;
   signal mTData  : slv({data_high} downto 0);
   signal mTKeep  : slv({keep_high} downto 0);
   signal mTLast  : sl;
   signal mTDest  : slv(7 downto 0);
   signal mTUser  : slv(1 downto 0);

   signal tReady  : sl;
   signal awReady : sl;
   signal wReady  : sl;
   signal bResp   : slv(1 downto 0);
   signal bValid  : sl;
   signal arReady : sl;
   signal rData   : slv(31 downto 0);
   signal rResp   : slv(1 downto 0);
   signal rValid  : sl;

begin

   assert (AXIS_CONFIG_G.TDATA_BYTES_C = {keep_bits})
      report "AXIS_CONFIG_G: this block was made for streams of {keep_bits} bytes" severity failure;
   assert (AXIS_CONFIG_G.TUSER_BITS_C >= 2)
      report "AXIS_CONFIG_G: start of frame and end-of-frame error need two bits of tUser" severity failure;

   -- tKeep as one bit a byte and the two user bits, whatever the stream's modes
   sTKeep    <= genTKeep(getTKeep(sAxisMaster.tKeep, AXIS_CONFIG_G))({keep_high} downto 0);
   sTUser(1) <= axiStreamGetUserBit(AXIS_CONFIG_G, sAxisMaster, SOF_BIT_C, 0);
   sTUser(0) <= axiStreamGetUserBit(AXIS_CONFIG_G, sAxisMaster, EOFE_BIT_C);

   process (mTData, mTDest, mTKeep, mTLast, mTUser, mTValid) is
      variable master : AxiStreamMasterType;
      variable bytes  : natural;
   begin
      master                               := axiStreamMasterInit(AXIS_CONFIG_G);
      master.tValid                        := mTValid;
      master.tData({data_high} downto 0) := mTData;
      master.tLast                         := mTLast;
      master.tDest                         := mTDest;
      if (AXIS_CONFIG_G.TKEEP_MODE_C = TKEEP_COUNT_C) then
         bytes := 0;
         for i in mTKeep'range loop
            if (mTKeep(i) = '1') then
               bytes := bytes + 1;
            end if;
         end loop;
         master.tKeep := toSlv(bytes, AXI_STREAM_MAX_TKEEP_WIDTH_C);
      else
         master.tKeep                      := (others => '0');
         master.tKeep({keep_high} downto 0) := mTKeep;
      end if;
      axiStreamSetUserBit(AXIS_CONFIG_G, master, SOF_BIT_C, mTUser(1), 0);
      if (mTLast = '1') then
         axiStreamSetUserBit(AXIS_CONFIG_G, master, EOFE_BIT_C, mTUser(0));
      end if;
      mAxisMaster <= master after TPD_G;
   end process;

   sAxisSlave.tReady      <= tReady  after TPD_G;
   axilReadSlave.arready  <= arReady after TPD_G;
   axilReadSlave.rdata    <= rData   after TPD_G;
   axilReadSlave.rresp    <= rResp   after TPD_G;
   axilReadSlave.rvalid   <= rValid  after TPD_G;
   axilWriteSlave.awready <= awReady after TPD_G;
   axilWriteSlave.wready  <= wReady  after TPD_G;
   axilWriteSlave.bresp   <= bResp   after TPD_G;
   axilWriteSlave.bvalid  <= bValid  after TPD_G;

   U_Block : sf_firmware
      port map (
         dma_clk        => axisClk,
         dma_rst        => axisRst,
         s_axis_tvalid  => sAxisMaster.tValid,
         s_axis_tready  => tReady,
         s_axis_tdata   => sAxisMaster.tData({data_high} downto 0),
         s_axis_tkeep   => sTKeep,
         s_axis_tlast   => sAxisMaster.tLast,
         s_axis_tdest   => sAxisMaster.tDest,
         s_axis_tuser   => sTUser,
         m_axis_tvalid  => mTValid,
         m_axis_tready  => mAxisSlave.tReady,
         m_axis_tdata   => mTData,
         m_axis_tkeep   => mTKeep,
         m_axis_tlast   => mTLast,
         m_axis_tdest   => mTDest,
         m_axis_tuser   => mTUser,
         axil_clk       => axilClk,
         axil_rst       => axilRst,
         s_axil_awaddr  => axilWriteMaster.awaddr(14 downto 0),
         s_axil_awvalid => axilWriteMaster.awvalid,
         s_axil_awready => awReady,
         s_axil_wdata   => axilWriteMaster.wdata,
         s_axil_wstrb   => axilWriteMaster.wstrb,
         s_axil_wvalid  => axilWriteMaster.wvalid,
         s_axil_wready  => wReady,
         s_axil_bresp   => bResp,
         s_axil_bvalid  => bValid,
         s_axil_bready  => axilWriteMaster.bready,
         s_axil_araddr  => axilReadMaster.araddr(14 downto 0),
         s_axil_arvalid => axilReadMaster.arvalid,
         s_axil_arready => arReady,
         s_axil_rdata   => rData,
         s_axil_rresp   => rResp,
         s_axil_rvalid  => rValid,
         s_axil_rready  => axilReadMaster.rready,
         core_clk       => coreClk,
         core_rst       => coreRst);

end mapping;
"""
