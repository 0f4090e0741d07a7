# The HLS IP sf_network in a ruckus tree: `loadRuckusTcl` on this folder.
#
# design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
loadSource -dir "$::DIR_PATH/rtl"

if {[get_ips sf_network_0] eq ""} {
   loadZipIpCore -dir "$::DIR_PATH/ip" -repo_path $::env(IP_REPO)
   create_ip -name sf_network -vendor speckleforge -library hls -version 1.0 -module_name sf_network_0
}

# ruckus keeps an IP that is unpacked already: one of an earlier design must not be built without a word.
foreach component [glob -nocomplain "$::env(IP_REPO)/sf_network/component.xml"] {
   set source [open $component r]
   set text [read $source]
   close $source
   if {[string first 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef $text] < 0} {
      error "$component is of another design than $::DIR_PATH: remove its folder and sf_network_0 from the project"
   }
}
