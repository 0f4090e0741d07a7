-- Test stand-in for what the wrapper uses of SLAC surf's AxiStreamPkg; written for these tests: names and widths alone are the
-- same. A config's tKeep is a mask of bytes or a count of them; tUser has TUSER_BITS_C bits for each byte of a beat.
library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
library surf;
use surf.StdRtlPkg.all;

package AxiStreamPkg is
   constant AXI_STREAM_MAX_TDATA_WIDTH_C : positive := 1024;
   constant AXI_STREAM_MAX_TKEEP_WIDTH_C : positive := AXI_STREAM_MAX_TDATA_WIDTH_C / 8;

   type AxiStreamMasterType is record
      tValid : sl;
      tData  : slv(AXI_STREAM_MAX_TDATA_WIDTH_C-1 downto 0);
      tStrb  : slv(AXI_STREAM_MAX_TKEEP_WIDTH_C-1 downto 0);
      tKeep  : slv(AXI_STREAM_MAX_TKEEP_WIDTH_C-1 downto 0);
      tLast  : sl;
      tDest  : slv(7 downto 0);
      tId    : slv(7 downto 0);
      tUser  : slv(AXI_STREAM_MAX_TDATA_WIDTH_C-1 downto 0);
   end record;
   type AxiStreamSlaveType is record
      tReady : sl;
   end record;

   type TUserModeType is (TUSER_NORMAL_C, TUSER_FIRST_LAST_C, TUSER_LAST_C, TUSER_NONE_C);
   type TKeepModeType is (TKEEP_NORMAL_C, TKEEP_COMP_C, TKEEP_FIXED_C, TKEEP_COUNT_C);
   type AxiStreamConfigType is record
      TSTRB_EN_C    : boolean;
      TDATA_BYTES_C : natural range 1 to AXI_STREAM_MAX_TKEEP_WIDTH_C;
      TDEST_BITS_C  : natural range 0 to 8;
      TID_BITS_C    : natural range 0 to 8;
      TKEEP_MODE_C  : TKeepModeType;
      TUSER_BITS_C  : natural range 0 to 8;
      TUSER_MODE_C  : TUserModeType;
   end record;
   constant AXI_STREAM_CONFIG_INIT_C : AxiStreamConfigType := (
      TSTRB_EN_C => false, TDATA_BYTES_C => 16, TDEST_BITS_C => 4, TID_BITS_C => 0, TKEEP_MODE_C => TKEEP_NORMAL_C,
      TUSER_BITS_C => 4, TUSER_MODE_C => TUSER_NORMAL_C);

   function axiStreamMasterInit (constant config : AxiStreamConfigType) return AxiStreamMasterType;
   function getTKeep (tKeep : slv; axisConfig : AxiStreamConfigType) return natural;
   function genTKeep (bytes : natural range 0 to AXI_STREAM_MAX_TKEEP_WIDTH_C) return slv;
   function axiStreamGetUserBit (
      axisConfig : AxiStreamConfigType; axisMaster : AxiStreamMasterType; bitPos : integer; bytePos : integer := -1)
      return sl;
   procedure axiStreamSetUserBit (
      axisConfig : in AxiStreamConfigType; axisMaster : inout AxiStreamMasterType; bitPos : in integer; bitValue : in sl;
      bytePos    : in integer := -1);
end package AxiStreamPkg;

package body AxiStreamPkg is
   function genTKeep (bytes : natural range 0 to AXI_STREAM_MAX_TKEEP_WIDTH_C) return slv is
      variable mask : slv(AXI_STREAM_MAX_TKEEP_WIDTH_C-1 downto 0);
   begin
      for i in mask'range loop
         if i < bytes then
            mask(i) := '1';
         else
            mask(i) := '0';
         end if;
      end loop;
      return mask;
   end function;

   function getTKeep (tKeep : slv; axisConfig : AxiStreamConfigType) return natural is
      variable bytes : natural := 0;
   begin
      if axisConfig.TKEEP_MODE_C = TKEEP_COUNT_C then
         return to_integer(unsigned(tKeep(7 downto 0)));
      end if;
      for i in 0 to axisConfig.TDATA_BYTES_C-1 loop
         if tKeep(i) = '1' then
            bytes := i + 1;
         end if;
      end loop;
      return bytes;
   end function;

   function axiStreamMasterInit (constant config : AxiStreamConfigType) return AxiStreamMasterType is
      variable master : AxiStreamMasterType;
   begin
      master := (tValid => '0', tLast => '0', others => (others => '0'));
      if config.TKEEP_MODE_C = TKEEP_COUNT_C then
         master.tKeep := toSlv(config.TDATA_BYTES_C, AXI_STREAM_MAX_TKEEP_WIDTH_C);
      else
         master.tKeep := genTKeep(config.TDATA_BYTES_C);
      end if;
      return master;
   end function;

   function position (axisConfig : AxiStreamConfigType; axisMaster : AxiStreamMasterType; bytePos : integer)
      return natural is
      variable byte : integer := bytePos;
   begin
      if byte = -1 then
         byte := getTKeep(axisMaster.tKeep, axisConfig) - 1;
      end if;
      if byte < 0 then
         byte := 0;
      end if;
      return byte * axisConfig.TUSER_BITS_C;
   end function;

   function axiStreamGetUserBit (
      axisConfig : AxiStreamConfigType; axisMaster : AxiStreamMasterType; bitPos : integer; bytePos : integer := -1)
      return sl is
   begin
      return axisMaster.tUser(position(axisConfig, axisMaster, bytePos) + bitPos);
   end function;

   procedure axiStreamSetUserBit (
      axisConfig : in AxiStreamConfigType; axisMaster : inout AxiStreamMasterType; bitPos : in integer; bitValue : in sl;
      bytePos    : in integer := -1) is
   begin
      axisMaster.tUser(position(axisConfig, axisMaster, bytePos) + bitPos) := bitValue;
   end procedure;
end package body AxiStreamPkg;
