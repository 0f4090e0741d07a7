"""The stage `verify`: all executions against the golden vectors at every boundary, and the scenarios. Takes built
simulators; gives `verification.json`. Never passes without having compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import MismatchError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.core import simulate_core
from speckleforge.ir.cycles import simulate
from speckleforge.ir.design import Design, parse_design
from speckleforge.layers import kernel_class, op_class
from speckleforge.layers.parameters import read_parameters
from speckleforge.layers.weight_image import build_image
from speckleforge.verify import flow_scenarios, scenarios
from speckleforge.verify.compiled import EMULATOR, HLS, HLS_BENCH
from speckleforge.verify.hls_bench import run_bench
from speckleforge.verify.library import Library
from speckleforge.verify.onnx import OnnxExecution, load_model
from speckleforge.verify.pins import PinSimulator
from speckleforge.verify.random_set import random_set
from speckleforge.verify.rtl import RtlSimulator
from speckleforge.verify.rtl_checks import ENGINE as RTL
from speckleforge.verify.rtl_checks import TIMED_FRAMES, check_sets, measure
from speckleforge.verify.serial_pins import serial_pins
from speckleforge.verify.sets import BATCH, WeightSet, read_vectors, reference, reference_batches
from speckleforge.verify.tally import Tally

HLS_CSIM = "hls_csim"
ENGINES = ("reference", "onnxruntime", "emulator", HLS_CSIM, RTL)
SEED = 20_251


def run(ctx: StageContext) -> None:
    """Compare everything, then write the record.

    Raises
    ------
    MismatchError
        Naming, for each execution that differs, the first boundary in topology order, the element and both values.
    """
    design = parse_design(ctx.inputs["design"].read_text(encoding="utf-8"), op_class, kernel_class)
    vectors = read_vectors(ctx.inputs["vectors"], design.topology)
    exported = dict(read_parameters(ctx.inputs["parameters"], design.topology).values)
    params = [exported, random_set(design.topology, SEED), random_set(design.topology, SEED + 1)]
    words = vectors[design.topology.nodes[0].name]
    sets = _sets(design, vectors, params, ctx.inputs["weights"].read_bytes())
    tally = Tally(tuple(node.name for node in design.topology))
    ctx.progress(0.05, f"integer reference, {len(words)} patterns")
    _check_reference(design, tally, vectors, params[0])
    ctx.progress(0.2, "onnxruntime")
    _check_onnx(design, tally, vectors, ctx.inputs["model"])
    ctx.progress(0.3, "emulator")
    _check_library(tally, Library(ctx.inputs["simulators"] / EMULATOR), words, sets)
    ctx.progress(0.35, f"HLS C simulation, {len(sets)} weight sets")
    _check_library(tally, Library(ctx.inputs["simulators"] / HLS, HLS_CSIM), words, sets)
    sim = RtlSimulator(ctx.inputs["simulators"], ctx.scratch / "rtl")
    _same_design(sim, design)
    ctx.progress(0.4, f"RTL simulation, {len(sets)} weight sets")
    check_sets(sim, tally, words, sets, SEED)
    tally.verdict(ENGINES, [node.name for node in design.topology])
    programs, image = ctx.inputs["simulators"], ctx.inputs["weights"]
    hls_bench = run_bench(programs / HLS_BENCH, ctx.inputs["vectors"], image, ctx.scratch / "hls")
    ctx.progress(0.8, "RTL simulation, cycles and scenarios")
    record = _record(design, tally, sets) | {"hls_bench": hls_bench, "cycles": _cycles(sim, words, sets[0].image)}
    record["scenarios"] = run_scenarios(sim, words, sets, params)
    if PinSimulator.present(ctx.inputs["simulators"]):
        ctx.progress(0.9, "RTL simulation, board through its serial pins")
        pins = PinSimulator(ctx.inputs["simulators"], ctx.scratch / "board")
        record["scenarios"].append(serial_pins(pins, words, sets, SEED))
    ctx.write_json("verification.json", record)


def _sets(
    design: Design, vectors: Mapping[str, NDArray[Any]], params: list[dict[str, Ints]], image: bytes
) -> list[WeightSet]:
    """The exported set with its golden vectors, and random ones with what the reference says."""
    if build_image(design.layout, params[0]) != image:
        raise MismatchError(Problem("the weight image does not hold the exported parameters", "weights.bin"))
    words = vectors[design.topology.nodes[0].name]
    others = [
        WeightSet(f"random {n}", build_image(design.layout, own), reference(design.topology, words, own))
        for n, own in enumerate(params[1:], start=1)
    ]
    return [WeightSet("exported", image, vectors), *others]


def _check_reference(
    design: Design, tally: Tally, vectors: Mapping[str, NDArray[Any]], params: Mapping[str, Ints]
) -> None:
    """The integer reference against the golden vectors."""
    words = vectors[design.topology.nodes[0].name]
    for batch, values in reference_batches(design.topology, words, params):
        for name, value in values.items():
            tally.compare("reference", name, vectors[name][batch], value, range(batch.start, batch.stop))


def _check_onnx(design: Design, tally: Tally, vectors: Mapping[str, NDArray[Any]], model: Path) -> None:
    """onnxruntime against the golden vectors."""
    engine = OnnxExecution(load_model(model), design.topology)
    words = vectors[design.topology.nodes[0].name]
    for start in range(0, len(words), BATCH):
        batch = slice(start, min(start + BATCH, len(words)))
        for name, value in engine.run(np.asarray(words[batch])).items():
            tally.compare("onnxruntime", name, vectors[name][batch], value, range(batch.start, batch.stop))


def _check_library(tally: Tally, library: Library, words: NDArray[Any], sets: list[WeightSet]) -> None:
    """Emulator or HLS C simulation with every set, at each boundary that it has."""
    for weights in sets:
        library.load(weights.image)
        for start in range(0, weights.patterns, BATCH):
            batch = slice(start, min(start + BATCH, weights.patterns))
            for name, value in library.run(np.asarray(words[batch]), library.outputs).items():
                node = library.outputs[name]
                tally.compare(
                    library.engine, node, weights.expected[node][batch], value, range(batch.start, batch.stop)
                )


def _same_design(sim: RtlSimulator, design: Design) -> None:
    """The bench simulates this design, not another."""
    if sim.design.design_id != design.design_id:
        raise MismatchError(
            Problem("the bench is of another design", got=sim.design.design_id, allowed=design.design_id)
        )


def run_scenarios(
    sim: RtlSimulator, words: NDArray[Any], sets: list[WeightSet], params: list[dict[str, Ints]]
) -> list[dict[str, Any]]:
    """Every scenario's record; raises `MismatchError` where one does not hold."""
    every = [
        scenarios.broken_frames(sim, words, sets[0], params[0], SEED),
        scenarios.late_end(sim, words, sets[0], params[0], SEED),
        scenarios.no_weights(sim, words, sets[0], params[0], SEED),
        scenarios.load_under_frames(sim, words, sets, params, SEED),
        scenarios.prescale(sim, words, sets[0], params[0], SEED),
        flow_scenarios.overrun(sim, words, sets[0], params[0], SEED),
        flow_scenarios.reset_mid_frame(sim, words, sets, params, SEED),
        flow_scenarios.swap_mid_frame(sim, words, sets, params, SEED),
        flow_scenarios.start_states(sim, words, sets[0], params[0], SEED),
    ]
    return [record for record in every if record is not None]


def _cycles(sim: RtlSimulator, words: NDArray[Any], image: bytes) -> dict[str, Any]:
    """Cycles simulated, and those that the cycle model says."""
    found = measure(sim, words, image, SEED)
    kernels, interface = [item.kernel for item in sim.design.instances], sim.design.settings.interface
    model = simulate_core(kernels, TIMED_FRAMES, interface=interface)
    alone, late = (simulate(kernels, 1, refills) for refills in ((), (0,)))
    names = ("latency_cycles", "after_last_word", "interval_cycles")
    predicted: dict[str, Any] = {name: getattr(model, name) for name in names}
    predicted["refill_cycles"] = late.output_cycles[-1] - alone.output_cycles[-1]
    most = map(max, model.fifo_high_water, late.fifo_high_water)
    marks = zip((item.name for item in sim.design.instances), most, strict=True)
    predicted["fifo_high_water"] = {name: words for name, words in marks if name in found["fifo_high_water"]}
    return found | {"predicted": predicted, "as_predicted": all(found[name] == predicted[name] for name in predicted)}


def _record(design: Design, tally: Tally, sets: list[WeightSet]) -> dict[str, Any]:
    """What was compared; `verdict` has passed, so nothing differed."""
    return {
        "patterns": sets[0].patterns,
        "engines": list(ENGINES),
        "mismatches": tally.mismatches,
        "boundaries": [node.name for node in design.topology],
        "compared": {engine: dict(nodes) for engine, nodes in tally.compared.items()},
        "weight_sets": [{"name": s.name, "image_id": f"{s.image_id:08x}", "patterns": s.patterns} for s in sets],
    }
