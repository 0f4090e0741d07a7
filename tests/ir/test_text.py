from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.text import parse_tensor_type, parse_topology, parse_value, print_topology, print_value
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import op_class
from tests.fixed.test_types import int_types
from tests.ir.topologies import topologies
from tests.networks import kcu1500, topology

texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=12)
values = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    int_types(),
    texts,
    st.lists(st.integers(-9, 99), max_size=4).map(tuple),
)


@given(values)
def test_values_round_trip(value: object) -> None:
    again = parse_value(print_value(value))
    assert (again, type(again)) == (value, type(value))


@given(topologies())
def test_topologies_round_trip(network: Topology) -> None:
    text = print_topology(network)
    assert parse_topology(text, op_class) == network
    assert print_topology(parse_topology(text, op_class)) == text


@given(int_types(), st.lists(st.integers(1, 99), min_size=3, max_size=3))
def test_tensor_types_round_trip(of: object, shape: list[int]) -> None:
    for tensor in (TensorType(of, tuple(shape)), TensorType(of, tuple(shape[:1]))):
        assert parse_tensor_type(str(tensor)) == tensor


def test_the_published_network_reads_as_documented() -> None:
    lines = print_topology(kcu1500()).splitlines()
    assert lines[0] == "topology 1"
    assert lines[1] == "input = input() {} : u8[1,65,65]"
    assert lines[3].startswith("conv2d_1 = conv2d(compand_0) {weights=s8, bias=s17, shift_max=17, out=u8, ")
    assert lines[3].endswith('filters=7, kernel=[5, 5], stride=[1, 1], padding="valid"} : u8[7,61,61]')


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("topology 1", "topology 9"), "not a topology"),
        (("= flatten(", "= flattn("), "did you mean 'flatten'"),
        (("flatten(input)", "flatten(imput)"), "source is not defined"),
        (("u8[9]", "u8[8]"), "declared type differs"),
        (("units=4", "unit=4"), "did you mean 'units'"),
        (("units=4", "units=?"), "not an integer type"),
        ((", units=4", ""), "missing field"),
        ((" : u8[9]", ""), "not a line"),
        (("dense_1 =", "flatten_0 ="), "two nodes have one name"),
    ],
)
def test_damaged_texts_are_refused(change: tuple[str, str], complaint: str) -> None:
    network = topology([("flatten", {}), ("dense", {"units": 4})], TensorType(unsigned(8), (1, 3, 3)))
    text = print_topology(network)
    assert change[0] in text
    with pytest.raises(DesignError, match=complaint):
        parse_topology(text.replace(*change, 1), op_class)
