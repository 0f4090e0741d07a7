"""What a table of a tool's commands says. Takes nothing; gives the record types and the look-up by release.

A table lists only what our scripts use. A line holds for the releases from `since` to `until`, both included; its
source says where it was read, and `seen` which release that document describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from speckleforge.tools.releases import Release, release

FIRST, LAST = "2016.4", "2025.2"


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Attributes
    ----------
    name
        With its dash or dashes.
    takes
        True if the next word is its value.
    values
        The values that it may have; empty where any may be.
    reads, writes
        The value names a file (or folder) that must exist, or that the command leaves.
    """

    name: str
    takes: bool = True
    values: tuple[str, ...] = ()
    reads: bool = False
    writes: bool = False
    since: str = FIRST
    until: str = LAST


@dataclass(frozen=True)
class Command:
    """A command of a tool.

    Attributes
    ----------
    tools
        The tools that have it.
    least, most
        Words that are no options.
    reads, writes
        These words name files that must exist, or that the command leaves.
    source
        Document and page.
    seen
        The releases that the document describes.
    """

    name: str
    tools: tuple[str, ...]
    source: str
    seen: str
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 0
    reads: bool = False
    writes: bool = False
    since: str = FIRST
    until: str = LAST


def flag(name: str, *, since: str = FIRST, until: str = LAST) -> Option:
    """An option without a value."""
    return Option(name, takes=False, since=since, until=until)


def holds(item: Option | Command, at: Release) -> bool:
    """Whether this line of a table holds for a release."""
    return release(item.since) <= at.base <= release(item.until)


def commands_of(table: Iterable[Command], tool: str, at: Release) -> Mapping[str, Command]:
    """The commands of a tool's release by name, each with the options of that release."""
    found: dict[str, Command] = {}
    for item in table:
        if tool in item.tools and holds(item, at):
            options = tuple(option for option in item.options if holds(option, at))
            found[item.name] = Command(
                item.name, item.tools, item.source, item.seen, options, item.least, item.most, item.reads, item.writes
            )
    return found
