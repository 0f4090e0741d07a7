-- Test stand-in for the names of SLAC surf's StdRtlPkg that the wrapper uses; written for these tests after its public documentation.
library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;

package StdRtlPkg is
   subtype sl is std_logic;
   subtype slv is std_logic_vector;
   function toSlv (number : integer; bits : integer) return slv;
end package StdRtlPkg;

package body StdRtlPkg is
   function toSlv (number : integer; bits : integer) return slv is
   begin
      return slv(to_unsigned(number, bits));
   end function;
end package body StdRtlPkg;
