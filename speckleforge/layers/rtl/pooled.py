"""Numbers of `sf_pool_walk` and `sf_pool_sums`: a max-pool inside the kernel that computes the windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step
from speckleforge.layers.rtl import tree_stages
from speckleforge.layers.rtl.window import WindowWalk

NO_POOL = (1, 1)


@dataclass(frozen=True)
class PooledWalk:
    """A window's walk with pools of `size` windows behind it, side by side; it computes the windows that a pool needs.

    Attributes
    ----------
    walk
        Of the window.
    size
        (rows, columns) of a pool; (1, 1): none.
    ceil
        The last, incomplete pool of a row or column counts.
    """

    walk: WindowWalk
    size: tuple[int, int]
    ceil: bool

    @property
    def windows(self) -> StreamType:
        """Stream of all windows."""
        return self.walk.grid.sink

    @property
    def possible(self) -> bool:
        """True if a word holds whole pools (or one column) and there is at least one pool."""
        stream, (rows, columns) = self.windows, self.size
        aligned = stream.lanes == 1 or (stream.lanes % columns == 0 and stream.offset % columns == 0)
        return aligned and stream.height >= rows and stream.width >= columns

    @cached_property
    def sink(self) -> StreamType:
        """Stream of pools."""
        stream, part = self.windows, self.size[1] if self.windows.lanes > 1 else 1
        shape = (stream.height, stream.width)
        height, width = (-(-n // s) if self.ceil else n // s for n, s in zip(shape, self.size, strict=True))
        return replace(stream, height=height, width=width, lanes=stream.lanes // part, offset=stream.offset // part)

    @property
    def word_pool(self) -> int:
        """Words of a row that make one word of pools."""
        return self.size[1] if self.windows.lanes == 1 else 1

    @cached_property
    def rows(self) -> int:
        """Rows of windows that are computed."""
        return min(self.windows.height, self.sink.height * self.size[0])

    @cached_property
    def words(self) -> int:
        """Words of such a row."""
        return min(self.windows.words_per_row, self.sink.words_per_row * self.word_pool)

    @property
    def stages(self) -> int:
        """Register stages of `sf_pool_sums`."""
        rows, columns = self.size
        along = 0 if columns == 1 else tree_stages(columns) if self.windows.lanes > 1 else 1
        return along + (rows > 1)

    @property
    def inside(self) -> int:
        """Lanes of a row's last word that lie in the image."""
        stream = self.windows
        return min(stream.lanes, stream.width + stream.offset - (self.words - 1) * stream.lanes)

    @property
    def interval_cycles(self) -> int:
        """Steps of a frame where a window takes one cycle."""
        return self.walk.words * self.walk.rows

    @property
    def computed(self) -> int:
        """Words of windows that are computed."""
        return self.rows * self.words

    def steps(self, busy: int) -> tuple[Step, ...]:
        """All steps of a frame; one that computes a window takes `busy` cycles, one that completes a pool emits."""
        walk, source = self.walk, self.walk.source
        kinds = {(t, b, e): Step(t, b, e) for t in (False, True) for b in (1, busy) for e in (0, 1)}
        rows = [
            self._position(row - walk.emit_row, walk.stride[0], self.rows, self.size[0]) for row in range(walk.rows)
        ]
        step = walk.grid.word_step
        words = [self._position(word - walk.emit_word, step, self.words, self.word_pool) for word in range(walk.words)]
        return tuple(
            kinds[
                row < source.height and word < source.words_per_row,
                busy if here[0] and there[0] else 1,
                int(here[1] and there[1]),
            ]
            for row, here in enumerate(rows)
            for word, there in enumerate(words)
        )

    @staticmethod
    def _position(at: int, stride: int, count: int, pool: int) -> tuple[bool, bool]:
        """(a window is computed, it ends its pool) along one axis."""
        index, rest = divmod(at, stride)
        computed = at >= 0 and rest == 0 and index < count
        return computed, computed and (index % pool == pool - 1 or index == count - 1)

    def generics(self) -> dict[str, int]:
        """Parameters of the kernel that say where it walks, how it pads and how it pools."""
        return {
            **self.walk.generics(),
            "EMIT_WORDS": self.words,
            "EMIT_ROWS": self.rows,
            "POOL_ROWS": self.size[0],
            "POOL_COLUMNS": self.size[1],
            "POOLED_LANES": self.sink.lanes,
            "POOLED_WORDS": self.sink.words_per_row,
            "INSIDE": self.inside,
        }
