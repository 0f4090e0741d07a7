"""A spec's values to a topology. Takes schema-valid values and their places; gives an `ir.Topology`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from speckleforge.errors import DesignError, Problem, SpecError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.op import LayerContext
from speckleforge.ir.topology import Node, Topology, check_follows
from speckleforge.ir.types import TensorType
from speckleforge.layers import op_class
from speckleforge.spec.tree import KeyPath, Tree

COMMUTES_WITH_RELU = ("batchnorm", "maxpool2d")


@dataclass(frozen=True)
class Layer:
    """One entry of the network: its kind, its keys and where they stand in the spec."""

    kind: str
    keys: Mapping[str, Any]
    path: KeyPath
    rectified: bool = False


def build_topology(values: Mapping[str, Any], tree: Tree) -> Topology:
    """The topology of a spec whose defaults are filled in.

    Raises
    ------
    SpecError
        At the key that makes a shape impossible.
    """
    layers = network_layers(values)
    nodes = [Node("input", None, "", _input_type(values))]
    counts: dict[str, int] = {}
    for layer in layers:
        counts[layer.kind] = counts.get(layer.kind, 0) + 1
        _check_embedding(layer, nodes[-1], values, tree)
        nodes.append(_node(f"{layer.kind}_{counts[layer.kind]}", layer, nodes[-1], values["precision"], tree))
    try:
        return Topology(tuple(nodes))
    except DesignError as error:
        raise SpecError(error.problems) from error


def network_layers(values: Mapping[str, Any]) -> list[Layer]:
    """The steps of the fabric, the layers, the head; a word alone stands for a layer without keys."""
    layers = []
    for index, step in enumerate(values["preprocess"]):
        kind, keys = next(iter(step.items()))
        if isinstance(keys, Mapping) and keys.get("place") == "fabric":
            layers.append(Layer(kind, keys, ("preprocess", index, kind)))
    for index, entry in enumerate(values["model"]["layers"]):
        path: KeyPath = ("model", "layers", index)
        kind, keys = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        layers.append(Layer(kind, _latent(keys, values), path if isinstance(entry, str) else (*path, kind)))
    layers.append(Layer("head", values["model"]["head"], ("model", "head")))
    return [replace(layer, rectified=_rectified(layers[index + 1 :])) for index, layer in enumerate(layers)]


def compand_keys(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The keys of the compand step, or None."""
    return next((step["compand"] for step in values["preprocess"] if "compand" in step), None)


def word_bits(values: Mapping[str, Any]) -> int:
    """Bits of a word on the detector link."""
    compand = compand_keys(values)
    return int(compand["from_bits"] if compand else values["precision"]["input"])


def _input_type(values: Mapping[str, Any]) -> TensorType:
    """Type of the network's input node."""
    return TensorType(unsigned(word_bits(values)), tuple(values["model"]["input"]))


def _latent(keys: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Keys with the word `latent` replaced by its number."""
    return {key: values["model"]["latent"] if value == "latent" else value for key, value in keys.items()}


def _rectified(following: list[Layer]) -> bool:
    """True if a relu follows, at once or behind layers that commute with it."""
    kind = next((layer.kind for layer in following if layer.kind not in COMMUTES_WITH_RELU), "")
    return kind == "relu"


def _node(name: str, layer: Layer, source: Node, precision: Mapping[str, int], tree: Tree) -> Node:
    """The node of one layer."""
    keys = dict(layer.keys)
    own = keys.pop("precision", {})
    bits = {**precision, **own}
    context = LayerContext(bits["weights"], bits["activations"], layer.rectified, own.get("activations", 0))
    try:
        op = op_class(layer.kind).from_spec(keys, source.out, context)
        check_follows(op, source)
        return Node(name, op, source.name, op.infer(source.out))
    except DesignError as error:
        raise SpecError([_at_layer(problem, layer, tree) for problem in error.problems]) from error


def _at_layer(problem: Problem, layer: Layer, tree: Tree) -> Problem:
    """The problem at the key that it speaks of (`kernel is larger ...` -> `kernel`), else at the layer."""
    about = next((key for key in layer.keys if key in problem.what.split()), None)
    if about is None and problem.what.startswith("window") and "size" in layer.keys:
        about = "size"
    path = layer.path if about is None else (*layer.path, about)
    return tree.problem(path, problem.what, got=problem.got, allowed=problem.allowed, next_step=problem.next_step)


def _check_embedding(layer: Layer, source: Node, values: Mapping[str, Any], tree: Tree) -> None:
    """The vector that enters the head has the size `model.latent`."""
    latent = values["model"]["latent"]
    if layer.kind == "head" and source.out.shape != (latent,):
        what = "the last layer does not give an embedding of this size"
        step = "end the layers with `dense: {units: latent}`"
        raise SpecError(
            tree.problem(("model", "latent"), what, got=str(source.out), allowed=f"[{latent}]", next_step=step)
        )
