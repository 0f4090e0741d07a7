"""The fake-quantised network: floats that learn, and at every node exactly the integers that the hardware will give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Topology, structure
from speckleforge.layers.parameters import SHAPE_KINDS
from speckleforge.learning.network import Network
from speckleforge.quantize.fake_layers import ByReference, FakeLinear, FakeShape, Step
from speckleforge.quantize.floats import FOLDED_KINDS, Floats, Tensors, own_tensors
from speckleforge.quantize.network import Quantised


class FakeNetwork(Network):
    """A `Network` whose forward is that of the integers; the head takes no part.

    Parameters
    ----------
    topology
        With the bits of every tensor.
    tensors
        The float checkpoint, from which weights and biases start.
    start
        The same, quantised after training: where the fracs start.
    """

    def __init__(self, topology: Topology, tensors: Tensors, start: Quantised) -> None:
        rows = [row for row in structure(topology) if row["kind"] != "head"]
        super().__init__(rows, start.frac[topology.nodes[0].name])
        self.start = start
        found = {
            node.name: _layer(Step(node, op, source), own_tensors(tensors, node.name), start)
            for node, op, source in topology.steps()
            if node.kind != "head"
        }
        self.steps = nn.ModuleDict(found)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def values(self, words: Tensor) -> Iterator[tuple[str, Tensor, int]]:
        """(node, values, their frac) at every node, for words [N, rows, columns] of any integer type."""
        image = words.to(torch.float32).reshape(-1, *self.image_shape)
        image = image.contiguous(memory_format=torch.channels_last)
        found = {self.input_name: (image * 2.0**-self.input_frac, self.input_frac)}
        for name, source in self.rows:
            found[name] = self.steps[name](*found[source])
            yield (name, *found[name])

    def forward(self, words: Tensor) -> Tensor:
        """Words [N, rows, columns] (any integer type) -> float32 embeddings [N, L], not normalised."""
        *_, (_, embedding, _) = self.values(words)
        return embedding

    def integers(self, words: Ints) -> dict[str, Ints]:
        """Integers at every node for words [N, channels, rows, columns]: what the reference has to give too."""
        with torch.no_grad():
            return {
                name: np.rint(np.ldexp(value.double().numpy(), frac)).astype(np.int64)
                for name, value, frac in self.values(torch.from_numpy(words))
            }

    def quantised(self) -> Quantised:
        """The integers that it computes with."""
        found = Quantised(dict(self.start.values), {self.input_name: self.input_frac})
        for name, source in self.rows:
            module, frac_in = self.steps[name], found.frac[source]
            if isinstance(module, FakeLinear):
                found.take(name, module.quantised(frac_in))
            else:
                found.frac[name] = frac_in + (module.gained if isinstance(module, ByReference) else 0)
        return found


def _layer(step: Step, own: Tensors, start: Quantised) -> nn.Module:
    """The module of one node."""
    node = step.node
    if isinstance(step.op, LinearOp):
        fracs = _live_fracs(own["weight"], start.weight_frac[node.name])
        return FakeLinear(step.op, step, own, (fracs, start.frac[node.name]))
    if node.kind in (*SHAPE_KINDS, *FOLDED_KINDS):
        return FakeShape(step)
    values = start.parameters(node, step.op, step.source)
    return ByReference(step, own, values, start.frac[node.name] - start.frac[node.source])


def _live_fracs(weight: Floats, fracs: Ints) -> Ints:
    """Weight fracs at which training starts: nothing bounds a dead channel's, so it starts at that of the others."""
    live = (weight.reshape(len(weight), -1) != 0).any(axis=1)
    typical = np.median(fracs[live]) if live.any() else 0
    return np.where(live, fracs, int(typical))
