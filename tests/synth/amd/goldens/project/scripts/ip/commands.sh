# Commands and results. Printed; do not edit.
sf_do - vivado -mode batch -nojournal -notrace -log vivado.log -source vivado.tcl
sf_need reports/utilization_synth.rpt
sf_need reports/utilization_hierarchical_synth.rpt
sf_need reports/timing_summary_synth.rpt
sf_need checkpoints/synth.dcp
sf_need reports/utilization_routed.rpt
sf_need reports/utilization_hierarchical_routed.rpt
sf_need reports/timing_summary_routed.rpt
sf_need reports/power_routed.rpt
sf_need reports/drc_routed.rpt
sf_need reports/methodology_routed.rpt
sf_need reports/clock_utilization_routed.rpt
sf_need reports/control_sets_routed.rpt
sf_need reports/route_status.rpt
sf_need reports/bus_skew_routed.rpt
sf_need reports/design_analysis_routed.rpt
sf_need checkpoints/routed.dcp
sf_need manifest.json
