-------------------------------------------------------------------------------
-- Description: the packed HLS IP sf_network for a firmware tree. Printed; do not edit.
--
-- design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
--
-- All ports are synchronous to axisClk; axisRst is active high.
-------------------------------------------------------------------------------

library ieee;
use ieee.std_logic_1164.all;

library surf;
use surf.StdRtlPkg.all;
use surf.AxiLitePkg.all;
use surf.AxiStreamPkg.all;

entity sf_network_wrapper is
   generic (
      TPD_G           : time                := 1 ns;
      S_AXIS_CONFIG_G : AxiStreamConfigType := AXI_STREAM_CONFIG_INIT_C;
      M_AXIS_CONFIG_G : AxiStreamConfigType := AXI_STREAM_CONFIG_INIT_C);
   port (
      axisClk : in sl;
      axisRst : in sl;
      sAxisMaster : in AxiStreamMasterType;
      sAxisSlave : out AxiStreamSlaveType;
      mAxisMaster : out AxiStreamMasterType;
      mAxisSlave : in AxiStreamSlaveType;
      axilReadMaster : in AxiLiteReadMasterType;
      axilReadSlave : out AxiLiteReadSlaveType;
      axilWriteMaster : in AxiLiteWriteMasterType;
      axilWriteSlave : out AxiLiteWriteSlaveType);
end sf_network_wrapper;

architecture mapping of sf_network_wrapper is

   component sf_network_0 is
      port (
         ap_clk : in std_logic;
         ap_rst_n : in std_logic;
         frames_TVALID : in std_logic;
         frames_TREADY : out std_logic;
         frames_TDATA : in std_logic_vector(255 downto 0);
         frames_TKEEP : in std_logic_vector(31 downto 0);
         frames_TSTRB : in std_logic_vector(31 downto 0);
         frames_TLAST : in std_logic_vector(0 downto 0);
         frames_TUSER : in std_logic_vector(1 downto 0);
         frames_TDEST : in std_logic_vector(7 downto 0);
         records_TVALID : out std_logic;
         records_TREADY : in std_logic;
         records_TDATA : out std_logic_vector(63 downto 0);
         records_TKEEP : out std_logic_vector(7 downto 0);
         records_TSTRB : out std_logic_vector(7 downto 0);
         records_TLAST : out std_logic_vector(0 downto 0);
         records_TUSER : out std_logic_vector(1 downto 0);
         records_TID : out std_logic_vector(0 downto 0);
         records_TDEST : out std_logic_vector(7 downto 0);
         s_axi_control_AWADDR : in std_logic_vector(11 downto 0);
         s_axi_control_AWVALID : in std_logic;
         s_axi_control_AWREADY : out std_logic;
         s_axi_control_WDATA : in std_logic_vector(31 downto 0);
         s_axi_control_WSTRB : in std_logic_vector(3 downto 0);
         s_axi_control_WVALID : in std_logic;
         s_axi_control_WREADY : out std_logic;
         s_axi_control_BRESP : out std_logic_vector(1 downto 0);
         s_axi_control_BVALID : out std_logic;
         s_axi_control_BREADY : in std_logic;
         s_axi_control_ARADDR : in std_logic_vector(11 downto 0);
         s_axi_control_ARVALID : in std_logic;
         s_axi_control_ARREADY : out std_logic;
         s_axi_control_RDATA : out std_logic_vector(31 downto 0);
         s_axi_control_RRESP : out std_logic_vector(1 downto 0);
         s_axi_control_RVALID : out std_logic;
         s_axi_control_RREADY : in std_logic;
         ap_start : in std_logic;
         interrupt : out std_logic;
         mode : in std_logic_vector(3 downto 0));
   end component;

   signal axisRstN : sl;
   signal frames_data : slv(255 downto 0);
   signal frames_keep : slv(31 downto 0);
   signal frames_strb : slv(31 downto 0);
   signal frames_last : slv(0 downto 0);
   signal frames_user : slv(1 downto 0);
   signal frames_dest : slv(7 downto 0);
   signal records_valid : sl;
   signal records_data : slv(63 downto 0);
   signal records_keep : slv(7 downto 0);
   signal records_strb : slv(7 downto 0);
   signal records_last : slv(0 downto 0);
   signal records_user : slv(1 downto 0);
   signal records_id : slv(0 downto 0);
   signal records_dest : slv(7 downto 0);

begin

   assert (S_AXIS_CONFIG_G.TDATA_BYTES_C = 32)
      report "S_AXIS_CONFIG_G: sAxis was made for streams of 32 bytes" severity failure;
   assert (M_AXIS_CONFIG_G.TDATA_BYTES_C = 8)
      report "M_AXIS_CONFIG_G: mAxis was made for streams of 8 bytes" severity failure;

   axisRstN <= not(axisRst);

   frames_data <= sAxisMaster.tData(255 downto 0);
   frames_keep <= genTKeep(getTKeep(sAxisMaster.tKeep, S_AXIS_CONFIG_G))(31 downto 0);
   frames_strb <= genTKeep(getTKeep(sAxisMaster.tKeep, S_AXIS_CONFIG_G))(31 downto 0);
   frames_last(0) <= sAxisMaster.tLast;
   frames_user(1) <= axiStreamGetUserBit(S_AXIS_CONFIG_G, sAxisMaster, 1, 0);
   frames_user(0) <= axiStreamGetUserBit(S_AXIS_CONFIG_G, sAxisMaster, 0);
   frames_dest <= sAxisMaster.tDest(7 downto 0);

   process (records_valid, records_data, records_keep, records_last, records_user, records_id, records_dest) is
      variable master : AxiStreamMasterType;
      variable bytes  : natural;
   begin
      master        := axiStreamMasterInit(M_AXIS_CONFIG_G);
      bytes         := 0;
      master.tValid := records_valid;
      master.tData(63 downto 0) := records_data;
      if (M_AXIS_CONFIG_G.TKEEP_MODE_C = TKEEP_COUNT_C) then
         bytes := 0;
         for i in records_keep'range loop
            if (records_keep(i) = '1') then
               bytes := bytes + 1;
            end if;
         end loop;
         master.tKeep := toSlv(bytes, AXI_STREAM_MAX_TKEEP_WIDTH_C);
      else
         master.tKeep := (others => '0');
         master.tKeep(7 downto 0) := records_keep;
      end if;
      master.tLast := records_last(0);
      master.tId(0 downto 0) := records_id;
      master.tDest(7 downto 0) := records_dest;
      axiStreamSetUserBit(M_AXIS_CONFIG_G, master, 1, records_user(1), 0);
      if (records_last(0) = '1') then
         axiStreamSetUserBit(M_AXIS_CONFIG_G, master, 0, records_user(0));
      end if;
      mAxisMaster <= master after TPD_G;
   end process;

   U_Ip : sf_network_0
      port map (
         ap_clk => axisClk,
         ap_rst_n => axisRstN,
         frames_TVALID => sAxisMaster.tValid,
         frames_TREADY => sAxisSlave.tReady,
         frames_TDATA => frames_data,
         frames_TKEEP => frames_keep,
         frames_TSTRB => frames_strb,
         frames_TLAST => frames_last,
         frames_TUSER => frames_user,
         frames_TDEST => frames_dest,
         records_TVALID => records_valid,
         records_TREADY => mAxisSlave.tReady,
         records_TDATA => records_data,
         records_TKEEP => records_keep,
         records_TSTRB => records_strb,
         records_TLAST => records_last,
         records_TUSER => records_user,
         records_TID => records_id,
         records_TDEST => records_dest,
         s_axi_control_AWADDR => axilWriteMaster.awaddr(11 downto 0),
         s_axi_control_AWVALID => axilWriteMaster.awvalid,
         s_axi_control_AWREADY => axilWriteSlave.awready,
         s_axi_control_WDATA => axilWriteMaster.wdata,
         s_axi_control_WSTRB => axilWriteMaster.wstrb,
         s_axi_control_WVALID => axilWriteMaster.wvalid,
         s_axi_control_WREADY => axilWriteSlave.wready,
         s_axi_control_BRESP => axilWriteSlave.bresp,
         s_axi_control_BVALID => axilWriteSlave.bvalid,
         s_axi_control_BREADY => axilWriteMaster.bready,
         s_axi_control_ARADDR => axilReadMaster.araddr(11 downto 0),
         s_axi_control_ARVALID => axilReadMaster.arvalid,
         s_axi_control_ARREADY => axilReadSlave.arready,
         s_axi_control_RDATA => axilReadSlave.rdata,
         s_axi_control_RRESP => axilReadSlave.rresp,
         s_axi_control_RVALID => axilReadSlave.rvalid,
         s_axi_control_RREADY => axilReadMaster.rready,
         ap_start => '1',
         interrupt => open,
         mode => (others => '0'));

end mapping;
