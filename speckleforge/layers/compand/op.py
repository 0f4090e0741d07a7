"""compand: types, thresholds of the square-root rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType, unsigned
from speckleforge.ir.op import LayerContext, Op
from speckleforge.ir.types import ParamSpec, TensorType


@dataclass(frozen=True)
class Compand(Op):
    """`y = number of thresholds t_k with x >= t_k`; the thresholds are parameters, ascending.

    Attributes
    ----------
    rule, gain
        How thresholds are first chosen: `sqrt`: `y = min(floor(gain * sqrt(x) + 1/2), 2**bits - 1)`.
    out
        Unsigned type of the output.
    """

    kind: ClassVar[str] = "compand"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("rule", "gain", "bits")

    rule: str
    gain: int
    out: IntType

    @property
    def bits(self) -> int:
        """Bits of the output."""
        return self.out.bits

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `compand` in a spec's `preprocess` list."""
        return {
            "type": "object",
            "description": "Photon counts to a few bits",
            "additionalProperties": False,
            "required": ["rule", "bits"],
            "properties": {
                "rule": {
                    "enum": ["sqrt"],
                    "description": "sqrt: min(floor(gain*sqrt(photons) + 0.5), 2**bits - 1)",
                },
                "gain": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 64,
                    "default": 2,
                    "description": "levels per square root of a photon",
                },
                "bits": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 8,
                    "description": "bits of the network's input image",
                },
                "from_bits": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 16,
                    "default": 8,
                    "description": "bits of a detector word (photons, saturated)",
                },
                "place": {
                    "enum": ["fabric"],
                    "default": "fabric",
                    "description": "where it runs: in the hardware described by this spec",
                },
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec."""
        return cls(keys["rule"], keys.get("gain", 2), unsigned(keys["bits"]))

    def infer(self, source: TensorType) -> TensorType:
        """Shape unchanged."""
        if source.type.signed:
            raise DesignError(Problem("compand needs unsigned words", got=str(source)))
        return TensorType(self.out, source.shape)

    def threshold_type(self, source: TensorType) -> IntType:
        """One bit more than a word, so that a threshold can be out of reach."""
        return unsigned(source.type.bits + 1)

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`thresholds`."""
        return (ParamSpec("thresholds", (self.out.max,), self.threshold_type(source)),)

    def initial_thresholds(self, source: TensorType) -> list[int]:
        """Thresholds of `rule`, exact: the least x with `gain * sqrt(x) + 1/2 >= k`, clamped to out of reach."""
        never = source.type.max + 1
        square = 4 * self.gain * self.gain
        return [min(-(-((2 * k - 1) ** 2) // square), never) for k in range(1, self.out.max + 1)]


OP = Compand
