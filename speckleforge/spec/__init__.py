"""Specs and boards: YAML text to frozen, checked values. Takes text; gives a `Spec` and its `Target`, or errors at
`file:line:col`; reads no more than the spec and the board that it names.
"""

from speckleforge.spec.load import load_spec, parse_spec
from speckleforge.spec.model import Spec
from speckleforge.spec.target import Target, load_target

__all__ = ["Spec", "Target", "load_spec", "load_target", "parse_spec"]
