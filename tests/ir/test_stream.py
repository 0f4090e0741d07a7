"""Stream rules against brute force: every column appears exactly once, in the lane and word that the type says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.stream import Pads, StreamType, pad, stream_of, window
from speckleforge.ir.types import TensorType

Places = dict[int, tuple[int, int]]
pads = st.builds(Pads, *(st.integers(0, 6) for _ in range(4)))


@st.composite
def streams(draw: st.DrawFn) -> StreamType:
    lanes = draw(st.integers(1, 8))
    width, height = draw(st.integers(1, 20)), draw(st.integers(1, 6))
    return StreamType(unsigned(4), draw(st.integers(1, 3)), lanes, width, height, draw(st.integers(0, lanes - 1)))


def places(stream: StreamType) -> Places:
    """column -> (word, lane), for every lane of every word of a row that holds a column."""
    found: Places = {}
    for word in range(stream.words_per_row):
        for lane in range(stream.lanes):
            column = stream.column(word, lane)
            if 0 <= column < stream.width:
                assert column not in found
                found[column] = (word, lane)
    return found


@given(streams())
def test_every_column_has_one_place_and_no_word_is_empty(stream: StreamType) -> None:
    found = places(stream)
    assert sorted(found) == list(range(stream.width))
    assert {word for word, _ in found.values()} == set(range(stream.words_per_row))
    assert stream.words == stream.words_per_row * stream.height


@given(streams(), pads)
def test_padding_keeps_the_grid_of_words(stream: StreamType, around: Pads) -> None:
    padded = pad(stream, around)
    before, after = places(stream), places(padded)
    assert sorted(after) == list(range(stream.width + around.left + around.right))
    assert padded.height == stream.height + around.top + around.bottom
    # The image's columns keep their lane; all of them move by the same number of words, forward.
    moves = {after[column + around.left][0] - word for column, (word, _) in before.items()}
    assert all(after[column + around.left][1] == lane for column, (_, lane) in before.items())
    assert len(moves) == 1
    assert moves.pop() >= 0


@given(
    streams(), pads, st.tuples(st.integers(1, 5), st.integers(1, 5)), st.tuples(st.integers(1, 3), st.integers(1, 4))
)
def test_windows_come_out_where_the_type_says(
    stream: StreamType, around: Pads, kernel: tuple[int, int], stride: tuple[int, int]
) -> None:
    try:
        grid = window(stream, kernel, stride, around)
    except DesignError:
        padded = pad(stream, around)
        too_large = kernel[0] > padded.height or kernel[1] > padded.width
        assert too_large or (stream.lanes % stride[1] and stream.lanes != 1)
        return
    # Walk over the padded words as a kernel does: drop some, keep every word_step-th, of it the kept lanes.
    kept: Places = {}
    words_out = 0
    for word in range(grid.padded.words_per_row):
        if word < grid.drop or (word - grid.drop) % grid.word_step:
            continue
        for i in range(grid.kept_lanes):
            lane = grid.first_lane + i * grid.lane_step
            assert lane < grid.padded.lanes
            first_column = grid.padded.column(word, lane) - (kernel[1] - 1)
            if first_column >= 0 and first_column % stride[1] == 0 and first_column + kernel[1] <= grid.padded.width:
                kept[first_column // stride[1]] = (words_out, i)
        words_out += 1
    out_width = (grid.padded.width - kernel[1]) // stride[1] + 1
    assert grid.sink.width == out_width
    assert grid.sink.height == (grid.padded.height - kernel[0]) // stride[0] + 1
    assert grid.sink.lanes == grid.kept_lanes
    assert kept == places(grid.sink)
    assert sorted(kept) == list(range(out_width))


@pytest.mark.parametrize("values", [{"lanes": 0}, {"width": 0}, {"offset": 4}, {"offset": -1}, {"channels": 0}])
def test_impossible_streams_are_refused(values: dict[str, int]) -> None:
    good = {"channels": 1, "lanes": 4, "width": 8, "height": 2, "offset": 0}
    with pytest.raises(DesignError, match="impossible stream"):
        StreamType(unsigned(4), **(good | values))


def test_a_vector_is_one_row() -> None:
    stream = stream_of(TensorType(unsigned(8), (588,)), 12)
    assert (stream.channels, stream.height, stream.width, stream.words, stream.word_bits) == (1, 1, 588, 49, 96)
