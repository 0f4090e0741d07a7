-- Test stand-in for the block of {data_bits} bits: what comes in on the streams goes out at once, the registers answer with the address.
library ieee;
use ieee.std_logic_1164.all;

entity sf_firmware is
   generic (AXIL_TIMEOUT_BITS : integer := 24);
   port (
      dma_clk, dma_rst, s_axis_tvalid, s_axis_tlast, m_axis_tready : in std_logic;
      s_axis_tready, m_axis_tvalid, m_axis_tlast : out std_logic;
      s_axis_tdata : in std_logic_vector({data_high} downto 0);
      s_axis_tkeep : in std_logic_vector({keep_high} downto 0);
      s_axis_tdest : in std_logic_vector(7 downto 0);
      s_axis_tuser : in std_logic_vector(1 downto 0);
      m_axis_tdata : out std_logic_vector({data_high} downto 0);
      m_axis_tkeep : out std_logic_vector({keep_high} downto 0);
      m_axis_tdest : out std_logic_vector(7 downto 0);
      m_axis_tuser : out std_logic_vector(1 downto 0);
      axil_clk, axil_rst : in std_logic;
      s_axil_awaddr, s_axil_araddr : in std_logic_vector(14 downto 0);
      s_axil_awvalid, s_axil_wvalid, s_axil_bready, s_axil_arvalid, s_axil_rready : in std_logic;
      s_axil_awready, s_axil_wready, s_axil_bvalid, s_axil_arready, s_axil_rvalid : out std_logic;
      s_axil_wdata : in std_logic_vector(31 downto 0);
      s_axil_wstrb : in std_logic_vector(3 downto 0);
      s_axil_bresp, s_axil_rresp : out std_logic_vector(1 downto 0);
      s_axil_rdata : out std_logic_vector(31 downto 0);
      core_clk, core_rst : in std_logic);
end entity;

architecture stub of sf_firmware is
begin
   s_axis_tready <= m_axis_tready;
   m_axis_tvalid <= s_axis_tvalid;
   m_axis_tdata <= s_axis_tdata;
   m_axis_tkeep <= s_axis_tkeep;
   m_axis_tlast <= s_axis_tlast;
   m_axis_tdest <= s_axis_tdest;
   m_axis_tuser <= s_axis_tuser;
   s_axil_awready <= s_axil_awvalid;
   s_axil_wready <= s_axil_wvalid;
   s_axil_bvalid <= s_axil_bready;
   s_axil_bresp <= s_axil_wstrb(1 downto 0);
   s_axil_arready <= s_axil_arvalid;
   s_axil_rvalid <= s_axil_rready;
   s_axil_rdata <= s_axil_wdata(16 downto 0) & s_axil_araddr;
   s_axil_rresp <= s_axil_awaddr(3 downto 2);
end architecture;
