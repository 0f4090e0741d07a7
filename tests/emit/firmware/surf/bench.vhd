-- Drives the wrapper around the stand-in: a beat of every number of bytes, first and last, in the configuration {keep_mode}.
library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
library surf;
use surf.StdRtlPkg.all;
use surf.AxiLitePkg.all;
use surf.AxiStreamPkg.all;

entity bench is
end entity;

architecture test of bench is
   constant CONFIG_C : AxiStreamConfigType := (
      TSTRB_EN_C => false, TDATA_BYTES_C => {keep_bits}, TDEST_BITS_C => 8, TID_BITS_C => 3, TKEEP_MODE_C => {keep_mode},
      TUSER_BITS_C => 4, TUSER_MODE_C => TUSER_FIRST_LAST_C);
   signal clk, rst          : sl := '0';
   signal readMaster        : AxiLiteReadMasterType := (x"00000123", "000", '1', '1');
   signal readSlave         : AxiLiteReadSlaveType;
   signal writeMaster       : AxiLiteWriteMasterType := (x"00000008", "000", '1', x"00012345", "1110", '1', '1');
   signal writeSlave        : AxiLiteWriteSlaveType;
   signal sMaster, mMaster  : AxiStreamMasterType;
   signal sSlave, mSlave    : AxiStreamSlaveType := (tReady => '0');
begin
   U_Dut : entity work.SpeckleForge
      generic map (TPD_G => 1 ns, AXIS_CONFIG_G => CONFIG_C)
      port map (
         coreClk => clk, coreRst => rst, axilClk => clk, axilRst => rst, axilReadMaster => readMaster,
         axilReadSlave => readSlave, axilWriteMaster => writeMaster, axilWriteSlave => writeSlave, axisClk => clk,
         axisRst => rst, sAxisMaster => sMaster, sAxisSlave => sSlave, mAxisMaster => mMaster, mAxisSlave => mSlave);

   process is
      variable beat    : AxiStreamMasterType;
      variable checked : natural := 0;
   begin
      for bytes in 1 to {keep_bits} loop
         for first in std_logic range '0' to '1' loop
            for error in std_logic range '0' to '1' loop
               beat        := axiStreamMasterInit(CONFIG_C);
               beat.tValid := '1';
               beat.tLast  := '1';
               beat.tDest  := toSlv(bytes, 8);
               beat.tData(31 downto 0) := toSlv(bytes * 1000, 32);
               if CONFIG_C.TKEEP_MODE_C = TKEEP_COUNT_C then
                  beat.tKeep := toSlv(bytes, AXI_STREAM_MAX_TKEEP_WIDTH_C);
               else
                  beat.tKeep := genTKeep(bytes);
               end if;
               axiStreamSetUserBit(CONFIG_C, beat, 1, first, 0);
               axiStreamSetUserBit(CONFIG_C, beat, 0, error);
               sMaster       <= beat;
               mSlave.tReady <= first;
               wait for 10 ns;
               assert mMaster = beat report "the beat is not the same" severity failure;
               assert sSlave.tReady = first report "tReady" severity failure;
               checked := checked + 1;
            end loop;
         end loop;
      end loop;
      assert readSlave.rdata = "10010001101000101" & "000000100100011" report "rdata" severity failure;
      assert readSlave.arready = '1' and readSlave.rvalid = '1' and readSlave.rresp = "10" report "read" severity failure;
      assert writeSlave.awready = '1' and writeSlave.wready = '1' and writeSlave.bvalid = '1' and writeSlave.bresp = "10"
         report "write" severity failure;
      report "checked " & integer'image(checked) severity note;
      wait;
   end process;
end architecture;
