"""A chain that leaves its super logic region and comes back: whatever crosses the boundary is registered."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.emit.core_source import core_source
from speckleforge.emit.rtl import rtl_files
from speckleforge.ir.design import Design, Instance
from speckleforge.ir.regions import regions_of
from speckleforge.layers.crossing.kernel import CrossingKernel
from tests.emit.designs import small
from tests.emit.test_core_source import lint, needs_verilator, write

AWAY = ("conv2d_4", "dense_7", "dense_9")
HEAD = "head_10"


def cut() -> Design:
    """The small design with its later layers, but for the head, in another region."""
    design = small()
    chain: list[Instance] = []
    for item in design.instances:
        if item.name in (AWAY[0], HEAD):
            leaves, enters = (1, 0) if item.name == HEAD else (0, 1)
            kernel = CrossingKernel(None, item.kernel.source, leaves, enters, 6)
            chain.append(Instance(f"crossing_{enters}", kernel, chain[-1].boundary))
        chain.append(item)
    return replace(design, instances=tuple(chain))


def test_regions_follow_from_the_crossings() -> None:
    design = cut()
    where = dict(zip([i.name for i in design.instances], regions_of([i.kernel for i in design.instances]), strict=True))
    assert {name for name, region in where.items() if region == 1} == {"crossing_1", *AWAY}
    assert set(regions_of([item.kernel for item in small().instances])) == {None}


def test_what_lies_away_has_its_own_reset_and_parameters() -> None:
    text = re.sub(" +", " ", core_source(cut()))
    for name in AWAY:
        instance = text[: text.index(f") u_{name} (")].rpartition("\n\n")[2] + text.partition(f") u_{name} (")[2]
        instance = instance.partition(";")[0]
        assert '(* USER_SLR_ASSIGNMENT = "SLR1" *)' in instance
        assert ".rst (rst_slr1)" in instance
        assert "(par_valid_slr1[" in instance
        assert "(par_data_slr1)" in instance
    home = text.partition(") u_conv2d_1 (")[2].partition(";")[0]
    assert ".rst (rst)" in home
    assert "(par_data)" in home
    assert text.count('USER_SLR_ASSIGNMENT = "SLR0"') == sum(not n.startswith("crossing") for n in names(cut())) - 3
    assert "USER_SLR_ASSIGNMENT" not in core_source(small())


def names(design: Design) -> list[str]:
    return [item.name for item in design.instances]


@pytest.mark.tools
@needs_verilator
def test_the_core_is_lint_clean(tmp_path: Path) -> None:
    files = rtl_files(cut(), {})
    write(files, tmp_path)
    index = json.loads(files["files.json"])
    lint(tmp_path, "sf_core", [*index["models"], *index["core_files"]])
