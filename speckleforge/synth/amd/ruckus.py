"""A folder that drops an HLS IP into a firmware tree of SLAC's ruckus. Takes a tree and ports; gives names and texts.

The packed IP itself is no text: it goes to `ip/<top>.zip` of the folder (`archive_place`).
"""

from __future__ import annotations

from speckleforge.synth.amd import tcl_text
from speckleforge.synth.amd.check import check_script
from speckleforge.synth.amd.ip_ports import IpPorts
from speckleforge.synth.amd.ip_wrapper import entity_name, ip_wrapper
from speckleforge.synth.amd.table_ruckus import RUCKUS
from speckleforge.synth.amd.trees import HlsTree
from speckleforge.tools.front_ends import RELEASES
from speckleforge.tools.releases import release


def archive_place(tree: HlsTree) -> str:
    """Where the packed IP goes."""
    return f"{tree.top}/ip/{tree.top}.zip"


def ruckus_ip_files(tree: HlsTree, ports: IpPorts) -> dict[str, str]:
    """Every text of the folder by its path: `ruckus.tcl`, the wrapper, a page.

    Raises
    ------
    DesignError
        A port has a name that VHDL cannot carry.
    """
    script = ruckus_script(tree)
    check_script(script, RUCKUS, release(RELEASES[-1]))
    values = {"top": tree.top, "design": tree.design_id, "entity": entity_name(tree)}
    return {
        f"{tree.top}/ruckus.tcl": script,
        f"{tree.top}/rtl/{entity_name(tree)}.vhd": ip_wrapper(tree, ports),
        f"{tree.top}/README.md": _README.format(**values),
    }


def ruckus_script(tree: HlsTree) -> str:
    """The text of `ruckus.tcl`; its form is that of slaclab's trees (epix-hr-single-10k, `hlsCores`)."""
    named = (("-name", tree.top), ("-vendor", tree.vendor), ("-library", tree.library), ("-version", tree.version))
    head = f"The HLS IP {tree.top} in a ruckus tree: `loadRuckusTcl` on this folder.\n\ndesign {tree.design_id}"
    return _RUCKUS.format(
        head=tcl_text.comment(head).rstrip(),
        top=tree.top,
        design=tree.design_id,
        create=f"create_ip {' '.join(tcl_text.words(item) for item in named)} -module_name {tree.top}_0",
    )


_RUCKUS = """\
{head}
loadSource -dir "$::DIR_PATH/rtl"

if {{[get_ips {top}_0] eq ""}} {{
   loadZipIpCore -dir "$::DIR_PATH/ip" -repo_path $::env(IP_REPO)
   {create}
}}

# ruckus keeps an IP that is unpacked already: one of an earlier design must not be built without a word.
foreach component [glob -nocomplain "$::env(IP_REPO)/{top}/component.xml"] {{
   set source [open $component r]
   set text [read $source]
   close $source
   if {{[string first {design} $text] < 0}} {{
      error "$component is of another design than $::DIR_PATH: remove its folder and {top}_0 from the project"
   }}
}}
"""

_README = """\
# {top} as an IP for a ruckus tree

Design `{design}`.

1. Put the packed IP to `ip/{top}.zip` (`component.xml` at its root; its description must name this design).
2. In the application's `ruckus.tcl`: `loadRuckusTcl "$::DIR_PATH/{top}"`.
3. Instantiate `entity work.{entity}`: streams and registers are `surf` records at `axisClk`; give it the tree's
   `AxiStreamConfigType`s.

An IP of an earlier design that is unpacked in the tree's IP repository is an error: remove it there.
"""
