"""A minimal pyrogue: devices hold variables and commands, variables read and write a dictionary of words.

Written for these tests after pyrogue's public interface; keywords that it has not are refused. Every write is noted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Bus:
    """32-bit words by byte offset, and every (offset, word) that was written; `answer` may change words at a write."""

    def __init__(self, answer: Callable[[Bus, int, int], None] | None = None) -> None:
        self.words: dict[int, int] = {}
        self.writes: list[tuple[int, int]] = []
        self._answer = answer

    def write(self, offset: int, word: int) -> None:
        self.writes.append((offset, word))
        if self._answer:
            self._answer(self, offset, word)


class Device:
    """A node of variables and commands."""

    def __init__(
        self, *, name: str = "", description: str = "", offset: int = 0, memBase: Bus | None = None, expand: bool = True
    ) -> None:
        self.bus = memBase or Bus()
        self.base = offset
        self.nodes: dict[str, Any] = {}

    def add(self, node: Any) -> None:
        assert node.name not in self.nodes, f"two nodes are called {node.name}"
        assert not hasattr(self, node.name), f"{node.name} hides an attribute"
        node.device = self
        self.nodes[node.name] = node
        setattr(self, node.name, node)


class RemoteVariable:
    """Bits of one word."""

    def __init__(
        self,
        *,
        name: str,
        description: str = "",
        mode: str = "RW",
        enum: dict[int, str] | None = None,
        offset: int | None = None,
        bitSize: int = 32,
        bitOffset: int = 0,
        pollInterval: float = 0,
        bulkOpEn: bool = True,
    ) -> None:
        assert mode in ("RO", "RW", "WO")
        assert offset is not None
        assert offset % 4 == 0
        self.name, self.description, self.mode, self.enum = name, description, mode, enum
        self.offset, self.bit_size, self.bit_offset = offset, bitSize, bitOffset
        self.bulk = bulkOpEn
        self.device: Any = None

    def get(self, *, read: bool = True) -> int:
        assert self.mode != "WO"
        word = self.device.bus.words.get(self.device.base + self.offset, 0)
        return int(word >> self.bit_offset & ((1 << self.bit_size) - 1))

    def set(self, value: int, *, write: bool = True) -> None:
        assert self.mode != "RO"
        assert write
        assert 0 <= value < 1 << self.bit_size
        assert self.bit_size == 32  # else its neighbours' bits would be written along
        self.device.bus.write(self.device.base + self.offset, value)


class LocalCommand:
    """A function behind a name; it is given `arg` where it takes one."""

    def __init__(
        self, *, name: str, description: str = "", value: Any = None, function: Callable[..., Any] | None = None
    ) -> None:
        assert function
        self.name, self.description, self.value, self.function = name, description, value, function
        self.device: Any = None

    def __call__(self, arg: Any = None) -> Any:
        return self.function() if self.value is None else self.function(arg=self.value if arg is None else arg)
