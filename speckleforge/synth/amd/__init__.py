"""AMD's tools: what Vivado and the HLS front ends are told to do. Pure: takes trees, targets, options; gives plans.

No module here reads the machine or runs a tool (two of them read scripts that lie in this package). A `VendorPlan`
holds a `synth.plan.Plan` (files for the top of a work folder, commands, results that must exist), the inputs that must
lie there beforehand, and the steps that are announced. Every script is checked against the tables of the tool's release
before it leaves (`check`), and runs to its end in a real Tcl interpreter in the tests.

To run HLS:

    tree = trees.hls_tree(json.loads(...))                      # hls/files.json; copy hls/ into the work folder
    front, at = front_ends.choose({"vitis_hls": releases.printed_release(text), ...})  # both in speckleforge.tools
    plan = plans.hls_plan(HlsJob(tree, part_of(target), clock_khz, HlsOptions()), front, at)

To run Vivado:

    tree = trees.rtl_tree(json.loads(...), design_id)           # rtl/files.json; copy rtl/ into the work folder
    block = vivado.core_block(tree, target, clock_khz)          # or ip_block(hls tree), firmware_block(...)
    plan = vivado.vivado_plan(block, VivadoOptions(), at, target)

`target` is what `spec.Target.values` holds: of a stage's slice, `name`, `part`, `slr`, `clocks`, `links`, `pins` and
`constraints` are read. `plan.plan`, `plan.front_end` and `plan.release` belong into the action key. A runner writes
`plan.plan.files`, lays the inputs there, prints `speckleforge: step <name>` for the steps in `plan.announce` (programs
that name no step), runs each command in the folder, and checks `plan.plan.results`; `manifest.json` names tool,
release, part, top, design, steps, reports. A script that fails prints `ERROR: speckleforge: step <name>: ...` and ends
with code 1.

- `trees`, `options`: what comes in: `HlsTree`, `RtlTree`; `HlsOptions`, `VivadoOptions`, `Clock`, `Part`, `Activity`.
- `plans`, `hls`, `hls_config`: `hls_plan`, `HlsJob`.
- `vivado`, `constraints`, `regions`: `vivado_plan`, `core_block`, `ip_block`, `firmware_block`; XDC; `kernel_regions`.
- `power`: `power_plan`, the estimate of a routed design with simulated activity.
- `mmi`: `parse_mmi`, `MemoryMap`, `mem_text`, `updatemem_plan`. `component`: `check_component`.
- `ruckus`, `ip_ports`, `ip_wrapper`: `ruckus_ip_files`, `archive_place`; `IpPorts` of `StreamPort`, `LitePort`,
  `PlainPort`.
- `project`: `project`, a folder with `run.sh` for another machine.
- `check`, `table*`, `tcl_syntax`: commands and options by release, with sources; `check_script`, `check_line`,
  `check_config`.
- `tcl_text`, `xdc_text`, `shell_text`, `config_text`, `names`: text that nothing can break out of.
"""
