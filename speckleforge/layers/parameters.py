"""A learned parameter set: every parameter of a topology and the fraction bits that give its integers a value.

Takes tensors by name (`<node>.<parameter>`, `<node>.frac`, `<node>.weight_frac`); gives them checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import ForgeError, FormatError, Problem, RangeError
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.layout import layout_of
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Topology
from speckleforge.layers.weight_image import check_segment

FRAC_LIMIT = 60  # |frac|: every scale and every product of scales is a normal float32
SHAPE_KINDS = ("batchnorm", "flatten", "maxpool2d", "relu")  # they pass integers on, so the fraction bits stay
SAME_FRAC_KINDS = (*SHAPE_KINDS, "mask", "pedestal", "prelu")  # these keep them, too


@dataclass(frozen=True)
class ParameterSet:
    """Learned values of a topology, checked.

    Attributes
    ----------
    values
        `<node>.<parameter>` -> int64 in the parameter's shape, canonical order.
    frac
        Node -> fraction bits of its output, for every node but the head: value = q * 2**-frac.
    weight_frac
        Linear node -> int64 [out]: fraction bits of each output channel's weights.
    """

    values: Mapping[str, Ints]
    frac: Mapping[str, int]
    weight_frac: Mapping[str, Ints]

    def tensors(self, topology: Topology) -> dict[str, NDArray[Any]]:
        """What a file holds: parameters in their smallest numpy type, fracs as int32."""
        small: dict[str, NDArray[Any]] = {}
        for segment in layout_of(topology).segments:
            # safetensors writes memory as it lies: an array that lies in another order would come back permuted.
            small[segment.name] = np.ascontiguousarray(self.values[segment.name], segment.type.numpy)
        small |= {f"{node}.frac": np.asarray(frac, np.int32) for node, frac in self.frac.items()}
        return small | {f"{node}.weight_frac": frac.astype(np.int32) for node, frac in self.weight_frac.items()}


def _names(topology: Topology) -> tuple[list[str], list[str]]:
    """Nodes with a frac, and linear nodes."""
    linear = [node.name for node, op, _ in topology.steps() if isinstance(op, LinearOp)]
    return [node.name for node in topology if node.kind != "head"], linear


def _check_names(topology: Topology, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Nothing is missing, nothing is extra; a frac of the head is allowed and means nothing."""
    fracs, linear = _names(topology)
    wanted = [segment.name for segment in layout_of(topology).segments]
    wanted += [f"{node}.frac" for node in fracs] + [f"{node}.weight_frac" for node in linear]
    optional = {f"{node.name}.frac" for node in topology if node.kind == "head"}
    problems = [Problem("tensor is missing", name) for name in wanted if name not in tensors]
    extra = sorted(set(tensors) - set(wanted) - optional)
    problems += [Problem("not a tensor of this topology", name) for name in extra]
    if problems:
        raise FormatError(problems)


def _integers(tensors: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> Ints:
    """int64 of that shape; a scalar may be written () or (1,)."""
    value = tensors[name]
    if value.dtype.kind not in "iu" or (value.shape or (1,)) != shape:
        got, allowed = f"{value.dtype}{list(value.shape)}", f"integers {list(shape)}"
        raise FormatError(Problem("tensor of another kind", name, got, allowed))
    return value.astype(np.int64).reshape(shape)


def _fracs(tensors: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> Ints:
    value = _integers(tensors, name, shape)
    if np.abs(value).max() > FRAC_LIMIT:
        got, allowed = f"{value.min()}..{value.max()}", f"{-FRAC_LIMIT}..{FRAC_LIMIT}"
        raise RangeError(Problem("fraction bits out of range", name, got, allowed))
    return value


def check_shifts(topology: Topology, params: ParameterSet) -> None:
    """The requantising shift is the difference of the fracs, and layers that pass integers on keep theirs.

    Raises
    ------
    RangeError
        Naming the first node at fault.
    """
    for node, op, _ in topology.steps():
        before, after = params.frac[node.source], params.frac.get(node.name, 0)
        divisor_bits = getattr(op, "divisor_bits", None)
        if isinstance(op, LinearOp):
            rule = f"(input frac {before} + weight frac - output frac {after})"
            _check_shift(node.name, params, before + params.weight_frac[node.name] - after, rule)
        elif divisor_bits is not None:
            rule = f"(input frac {before} + {divisor_bits} of the divisor - output frac {after})"
            _check_shift(node.name, params, np.array([before + divisor_bits - after]), rule)
        elif node.kind in SAME_FRAC_KINDS and before != after:
            raise RangeError(Problem("layer must keep its input's frac", f"{node.name}.frac", str(after), str(before)))


def _check_shift(node: str, params: ParameterSet, wanted: Ints, rule: str) -> None:
    """Raise `RangeError` naming the first channel whose shift is another."""
    shift = params.values[f"{node}.shift"]
    for channel in np.flatnonzero(shift != wanted)[:1]:
        got, allowed = str(shift[channel]), f"{wanted[channel]} {rule}"
        raise RangeError(Problem("shift is not the fracs' difference", f"{node}.shift[{channel}]", got, allowed))


def conform(topology: Topology, tensors: Mapping[str, NDArray[Any]]) -> ParameterSet:
    """Check tensors against a topology: names, shapes, integers, ranges, shifts.

    Raises
    ------
    FormatError, RangeError
        All parameters at fault, or the first wrong frac.
    """
    _check_names(topology, tensors)
    values: dict[str, Ints] = {}
    problems: list[Problem] = []
    for segment in layout_of(topology).segments:
        try:
            values[segment.name] = _integers(tensors, segment.name, segment.shape)
            check_segment(values[segment.name], segment)
        except ForgeError as error:
            problems += error.problems
    if problems:
        raise RangeError(problems)
    fracs, linear = _names(topology)
    frac = {node: int(_fracs(tensors, f"{node}.frac", (1,))[0]) for node in fracs}
    channels = {node.name: op.fan_out() for node, op, _ in topology.steps() if isinstance(op, LinearOp)}
    weight_frac = {node: _fracs(tensors, f"{node}.weight_frac", (channels[node],)) for node in linear}
    params = ParameterSet(values, frac, weight_frac)
    check_shifts(topology, params)
    return params


def read_parameters(path: Path, topology: Topology) -> ParameterSet:
    """Read a safetensors file and check it; raises as `conform` does, `FormatError` where it is no such file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise FormatError(Problem("not a safetensors file", path.name, str(error))) from error
    return conform(topology, tensors)


def write_parameters(path: Path, topology: Topology, params: ParameterSet) -> None:
    """Write a safetensors file with one metadata key (several would be ordered at random)."""
    from safetensors.numpy import save_file

    save_file(params.tensors(topology), path, metadata={"format": "speckleforge parameters 1"})
