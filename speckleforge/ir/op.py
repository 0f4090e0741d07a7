"""What every operator of a topology offers. A layer's `op.py` derives from `Op`; its fields are its attributes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType, bits_for, signed, unsigned
from speckleforge.ir.types import ParamSpec, TensorType

FieldValue = int | bool | str | IntType | tuple[int, ...]


@dataclass(frozen=True)
class LayerContext:
    """What surrounds a layer in a spec, besides its own keys.

    Attributes
    ----------
    weight_bits, activation_bits
        Precision of this layer.
    rectified
        True where a relu follows (at once, or behind a max-pool, which commutes with it): the output is unsigned.
    own_activation_bits
        `precision.activations` in the layer's own keys; 0: not given.
    """

    weight_bits: int
    activation_bits: int
    rectified: bool
    own_activation_bits: int = 0

    @property
    def output(self) -> IntType:
        """Type of this layer's activations."""
        return IntType(self.activation_bits, not self.rectified)


@dataclass(frozen=True)
class Op(ABC):
    """An operator: integers in, integers out, exact.

    `kind` names the layer's folder. `STRUCTURE` names the fields that do not depend on precision: what training sees.
    `FOLLOWS`: the kinds of which one must stand right before it; empty: any.
    """

    kind: ClassVar[str]
    STRUCTURE: ClassVar[tuple[str, ...]] = ()
    FOLLOWS: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema (draft-07) of the value under this layer's name in a spec; every key described."""

    @classmethod
    @abstractmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """The operator for the (schema-valid) `keys` of a spec, fed by `source`."""

    @abstractmethod
    def infer(self, source: TensorType) -> TensorType:
        """Type of the output for an input of type `source`.

        Raises
        ------
        DesignError
            If the operator cannot take it, such as a kernel larger than its input.
        """

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """Learned parameters in canonical order."""
        return ()

    def macs(self, source: TensorType) -> int:
        """Multiply-accumulates for one frame."""
        return 0

    def network_parameters(self, source: TensorType) -> int:
        """Number of trained values as papers count them (weights and biases; no shifts, no head)."""
        return 0

    def structure(self) -> dict[str, Any]:
        """The precision-free fields as JSON values."""
        values = {name: getattr(self, name) for name in self.STRUCTURE}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    def attributes(self) -> dict[str, FieldValue]:
        """All fields by name, in order of declaration."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class LinearOp(Op):
    """Base of the layers that multiply by weights: `y = requantise(sum(w * x) + b, shift)`.

    Attributes
    ----------
    weights, bias
        Types of a weight and of a bias.
    shift_max
        Largest shift; the topology fixes it, the parameters hold 0..shift_max per output channel.
    out
        Type of an output activation; unsigned is the ReLU.
    """

    weights: IntType
    bias: IntType
    shift_max: int
    out: IntType

    @abstractmethod
    def fan_in(self, source: TensorType) -> int:
        """Products in one accumulator."""

    @abstractmethod
    def fan_out(self) -> int:
        """Output channels (or features)."""

    @abstractmethod
    def weight_shape(self, source: TensorType) -> tuple[int, ...]:
        """Shape of the weights in canonical order, output channel first."""

    @cached_property
    def _known(self) -> dict[TensorType, tuple[IntType, tuple[ParamSpec, ...]]]:
        """What follows from a source, once asked for: a planner asks for thousands of foldings of one operator."""
        return {}

    def _of(self, source: TensorType) -> tuple[IntType, tuple[ParamSpec, ...]]:
        found = self._known.get(source)
        if found is None:
            found = self._known[source] = self._acc(source), self._parameters(source)
        return found

    def acc(self, source: TensorType) -> IntType:
        """Accumulator type: no loadable weights or bias can overflow it."""
        return self._of(source)[0]

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`weight`, `bias`, `shift`."""
        return self._of(source)[1]

    def _acc(self, source: TensorType) -> IntType:
        bound = self.fan_in(source) * source.type.magnitude * self.weights.magnitude
        return signed(bits_for(bound + self.bias.magnitude))

    def _parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        out = (self.fan_out(),)
        shift = unsigned(bits_for(self.shift_max, is_signed=False))
        return (
            ParamSpec("weight", self.weight_shape(source), self.weights),
            ParamSpec("bias", out, self.bias),
            ParamSpec("shift", out, shift, self.shift_max),
        )

    def network_parameters(self, source: TensorType) -> int:
        """Weights and biases."""
        return self.fan_out() * (self.fan_in(source) + 1)


def linear_types(fan_in: int, source: IntType, context: LayerContext) -> dict[str, Any]:
    """Precision fields of a linear layer: `weights`, `bias`, `shift_max`, `out`.

    The bias is as wide as the sum of products, so that a dead channel's bias or a folded batch-norm fits, up to 32 bits
    (ONNX holds it in int32).
    """
    weights = signed(context.weight_bits)
    bound = fan_in * source.magnitude * weights.magnitude
    bias = signed(min(bits_for(bound), 32))
    acc_bits = bits_for(bound + bias.magnitude)
    return {"weights": weights, "bias": bias, "shift_max": acc_bits - 1, "out": context.output}


def need_image(kind: str, source: TensorType) -> tuple[int, int, int]:
    """(channels, rows, columns) of `source`; raises `DesignError` where it is a vector."""
    if len(source.shape) != 3:
        raise DesignError(
            Problem(
                f"{kind} needs an image",
                got=str(source),
                allowed="[channels, rows, columns]",
                next_step="move it before flatten",
            )
        )
    return source.image


def need_vector(kind: str, source: TensorType) -> int:
    """Number of features of `source`; raises `DesignError` where it is an image."""
    if len(source.shape) != 1:
        raise DesignError(
            Problem(
                f"{kind} needs a vector",
                got=str(source),
                allowed="[features]",
                next_step="add `flatten` before it",
            )
        )
    return source.shape[0]
