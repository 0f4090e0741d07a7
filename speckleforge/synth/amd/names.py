"""Names that go into a grammar which cannot quote them: C++, VHDL, XDC, file names, IP identifiers. They are refused.

Takes a name and where it is from; gives it back unchanged, or raises an error that says what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from speckleforge.errors import DesignError, Problem


def _set(words: str) -> frozenset[str]:
    """Words between blanks."""
    return frozenset(words.split())


# Source: ISO/IEC 14882:2014 2.12, and the alternative tokens of 2.6. Newer standards' words are left out: no compiler
# of an HLS tool knows them.
CPP_WORDS = _set(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t class compl const
    constexpr const_cast continue decltype default delete do double dynamic_cast else enum explicit export extern
    false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or
    or_eq private protected public register reinterpret_cast return short signed sizeof static static_assert
    static_cast struct switch template this thread_local throw true try typedef typeid typename union unsigned using
    virtual void volatile wchar_t while xor xor_eq
    """
)
# Source: IEEE Std 1076-2008 15.10; case does not matter.
VHDL_WORDS = _set(
    """
    abs access after alias all and architecture array assert assume assume_guarantee attribute begin block body
    buffer bus case component configuration constant context cover default disconnect downto else elsif end entity
    exit fairness file for force function generate generic group guarded if impure in inertial inout is label
    library linkage literal loop map mod nand new next nor not null of on open or others out package parameter port
    postponed procedure process property protected pure range record register reject release rem report restrict
    restrict_guarantee return rol ror select sequence severity shared signal sla sll sra srl strong subtype then to
    transport type unaffected units until use variable vmode vprop vunit wait when while with xnor xor
    """
)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*")
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_VLNV = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"\d+\.\d+")
_HEX = re.compile(r"[0-9a-f]+")


def cpp_identifier(name: str, where: str) -> str:
    """A name for a C++ function, and so for the module that HLS makes of it."""
    allowed = "letters, digits and single underscores, beginning with a letter, no C++ keyword"
    return _kept(name, where, _plain(name) and name not in CPP_WORDS, "no name for C++", allowed)


def vhdl_identifier(name: str, where: str) -> str:
    """A name for a VHDL entity or port."""
    allowed = "letters, digits and single underscores, beginning with a letter, no VHDL word"
    return _kept(name, where, _plain(name) and name.lower() not in VHDL_WORDS, "no name for VHDL", allowed)


def file_name(name: str, where: str) -> str:
    """A relative path without spaces and without `..`: HLS tools split lists of files at spaces."""
    allowed = "a relative path of letters, digits and . _ + -, no .. and no leading dot or dash"
    return _kept(name, where, bool(_FILE.fullmatch(name)), "no file name for a vendor's tool", allowed)


def part_name(name: str, where: str) -> str:
    """A part, such as `xcku115-flvb2104-2-e`."""
    return _kept(name, where, bool(_PART.fullmatch(name)), "no name of a part", "letters, digits, _ and -")


def ip_word(name: str, where: str) -> str:
    """Vendor or library of an IP."""
    return _kept(name, where, bool(_VLNV.fullmatch(name)), "no vendor or library of an IP", "letters, digits, . _ -")


def ip_version(name: str, where: str) -> str:
    """Version of an IP."""
    return _kept(name, where, bool(_VERSION.fullmatch(name)), "no version of an IP", "two numbers with a point between")


def hex_id(name: str, where: str, digits: int) -> str:
    """An id of so many hexadecimal digits."""
    found = bool(_HEX.fullmatch(name)) and len(name) == digits
    return _kept(name, where, found, "no id", f"{digits} lower-case hexadecimal digits")


def all_files(names: Iterable[str], where: str) -> tuple[str, ...]:
    """`file_name` of each."""
    return tuple(file_name(name, where) for name in names)


def _plain(name: str) -> bool:
    """True for what C++, VHDL and Verilog all take as a name (VHDL: no double and no trailing underscore)."""
    return bool(_IDENTIFIER.fullmatch(name)) and "__" not in name and not name.endswith("_")


def _kept(name: str, where: str, right: bool, what: str, allowed: str) -> str:
    """The name, or an error."""
    if not right:
        raise DesignError(Problem(what, where, repr(name), allowed))
    return name
