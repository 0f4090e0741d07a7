-- Test stand-in for the records of SLAC surf's AxiLitePkg; written for these tests: field names and widths alone are the same.
library ieee;
use ieee.std_logic_1164.all;
library surf;
use surf.StdRtlPkg.all;

package AxiLitePkg is
   type AxiLiteReadMasterType is record
      araddr  : slv(31 downto 0);
      arprot  : slv(2 downto 0);
      arvalid : sl;
      rready  : sl;
   end record;
   type AxiLiteReadSlaveType is record
      arready : sl;
      rdata   : slv(31 downto 0);
      rresp   : slv(1 downto 0);
      rvalid  : sl;
   end record;
   type AxiLiteWriteMasterType is record
      awaddr  : slv(31 downto 0);
      awprot  : slv(2 downto 0);
      awvalid : sl;
      wdata   : slv(31 downto 0);
      wstrb   : slv(3 downto 0);
      wvalid  : sl;
      bready  : sl;
   end record;
   type AxiLiteWriteSlaveType is record
      awready : sl;
      wready  : sl;
      bresp   : slv(1 downto 0);
      bvalid  : sl;
   end record;
end package AxiLitePkg;
