from __future__ import annotations

from hypothesis import given

from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import HEADER_BYTES, TRAILER_BYTES, layout_of
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Topology, structure
from speckleforge.ir.types import TensorType
from tests.ir.topologies import topologies
from tests.networks import kcu1500, topology


@given(topologies())
def test_segments_tile_the_payload_in_canonical_order(network: Topology) -> None:
    layout = layout_of(network)
    offset = 0
    for segment, (node, spec) in zip(layout.segments, network.parameters(), strict=True):
        assert (segment.node, segment.parameter, segment.shape, segment.type) == (
            node.name,
            spec.name,
            spec.shape,
            spec.type,
        )
        assert (segment.offset, segment.bytes) == (offset, spec.size * spec.type.bytes)
        offset += segment.bytes
    assert layout.payload_bytes == offset
    assert layout.image_bytes == offset + HEADER_BYTES + TRAILER_BYTES


@given(topologies())
def test_no_loadable_parameters_overflow_an_accumulator(network: Topology) -> None:
    for _, op, source in network.steps():
        if isinstance(op, LinearOp):
            acc = op.acc(source)
            bound = op.fan_in(source) * source.type.magnitude * op.weights.magnitude + op.bias.magnitude
            assert bound <= acc.max
            assert op.shift_max <= acc.bits - 1
            shift = op.parameters(source)[2]
            assert shift.max == op.shift_max <= shift.type.max


def test_layout_id_depends_on_widths_and_shapes_alone() -> None:
    source = TensorType(unsigned(8), (1, 3, 3))
    one = [("flatten", {}), ("dense", {"units": 4})]
    first = layout_of(topology(one, source)).layout_id
    assert layout_of(topology(one, source)).layout_id == first
    assert layout_of(topology(one, source, (7, 8))).layout_id != first
    assert layout_of(topology([one[0], ("dense", {"units": 5})], source)).layout_id != first


def test_structure_knows_no_precision() -> None:
    source = TensorType(unsigned(8), (1, 65, 65))
    assert structure(kcu1500()) == structure(topology_of_kcu1500(source, (4, 6)))


def topology_of_kcu1500(source: TensorType, bits: tuple[int, int]) -> Topology:
    from tests.networks import KCU1500

    return topology(KCU1500, source, bits)
