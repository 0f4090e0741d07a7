"""Values that would break out of a script if anything could."""

from __future__ import annotations

from hypothesis import strategies as st

SHARP = "{}[]()$\"'\\;#`|&<>*?!~\n\r\t -=%^@,:/."
EXAMPLES = (
    "",
    "-reset",
    "--help",
    "#comment",
    "{",
    "}",
    "}{",
    "a}b{c",
    '"',
    "$argv",
    "[pwned]",
    "; pwned",
    "\npwned\n",
    "x\\",
    "\\\n",
    "\\}",
    "{*}",
    "$(pwned)",
    "`pwned`",
    "'; pwned; '",
    "a b",
    " ",
    "é µ Ω 日本 \u2028",
    "~root",
    "%s%n",
    "a\\{b",
    "${x}",
    "=ls",
)
# Everything that Tcl 8 and files carry: no NUL, no surrogate, nothing beyond U+FFFF.
PLAIN = st.characters(min_codepoint=1, max_codepoint=0xFFFF, blacklist_categories=("Cs",))
VALUES = st.one_of(st.sampled_from(EXAMPLES), st.text(st.sampled_from(SHARP), max_size=12), st.text(PLAIN, max_size=12))
