"""Layout of a weight image: which parameter's elements lie where. Follows from the topology; never from a folding."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from speckleforge.fixed.types import IntType
from speckleforge.ir.topology import Topology

MAGIC = 0x31574653  # "SFW1", little-endian
HEADER_BYTES = 16  # magic, layout id, image id, payload bytes
TRAILER_BYTES = 4  # CRC-32 of all before it


@dataclass(frozen=True)
class Segment:
    """Elements of one parameter: `elements` of `type.bytes` bytes each, from `offset` bytes into the payload.

    A value lies in `type.min`..`max`; a shift's `max` is less than its type's.
    """

    node: str
    parameter: str
    shape: tuple[int, ...]
    type: IntType
    offset: int
    max: int

    @property
    def elements(self) -> int:
        """Number of elements."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def bytes(self) -> int:
        """Bytes in the payload."""
        return self.elements * self.type.bytes

    @property
    def name(self) -> str:
        """Tensor name in `parameters.safetensors`."""
        return f"{self.node}.{self.parameter}"


@dataclass(frozen=True)
class Layout:
    """All segments in canonical order."""

    segments: tuple[Segment, ...]

    @property
    def payload_bytes(self) -> int:
        """Bytes of all segments."""
        return sum(segment.bytes for segment in self.segments)

    @property
    def image_bytes(self) -> int:
        """Bytes of a whole image, header and CRC included."""
        return HEADER_BYTES + self.payload_bytes + TRAILER_BYTES

    @property
    def text(self) -> str:
        """Canonical text: one line a segment."""
        rows = [f"{s.name} {s.type}[{','.join(map(str, s.shape))}] @{s.offset}" for s in self.segments]
        return "layout 1\n" + "\n".join(rows) + "\n"

    @property
    def layout_id(self) -> int:
        """First 4 bytes (little-endian) of the sha256 of `text`: an image of another layout is refused."""
        return int.from_bytes(hashlib.sha256(self.text.encode()).digest()[:4], "little")


def layout_of(topology: Topology) -> Layout:
    """The layout that the topology fixes."""
    segments = []
    offset = 0
    for node, spec in topology.parameters():
        segment = Segment(node.name, spec.name, spec.shape, spec.type, offset, spec.max)
        segments.append(segment)
        offset += segment.bytes
    return Layout(tuple(segments))
