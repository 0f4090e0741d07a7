"""The stage `emit`: five folders from a design's text, for a block and for a board."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from speckleforge.artifacts.boot_memory import placeholder
from speckleforge.artifacts.context import StageContext
from speckleforge.emit.stage import run
from speckleforge.errors import DesignError
from speckleforge.ir.design import print_design
from tests.emit.designs import small


def emit(tmp_path: Path, interface: str) -> Path:
    """Run the stage for `small`; the folder with its outputs."""
    target: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parents[2] / "targets" / "ulx3s-25f.yaml").read_text(encoding="utf-8")
    )
    (tmp_path / "design.txt").write_text(print_design(small(interface=interface)), encoding="utf-8")
    (tmp_path / "out").mkdir()
    run(StageContext({"target": target}, {"design": tmp_path / "design.txt"}, tmp_path / "out", tmp_path))
    return tmp_path / "out"


@pytest.mark.parametrize(("interface", "top"), [("stream", "sf_core"), ("uart", "sf_top")])
def test_the_folders(interface: str, top: str, tmp_path: Path) -> None:
    out = emit(tmp_path, interface)
    assert sorted(path.name for path in out.iterdir()) == ["bench", "emulator", "firmware", "hls", "rtl", "software"]
    assert json.loads((out / "rtl" / "files.json").read_text(encoding="utf-8"))["top"] == top
    assert (out / "software" / "sf_link.py").exists() == (interface == "uart")
    interface_of = [json.loads((out / name).read_text()) for name in ("bench/bench.json", "software/interface.json")]
    assert interface_of[0] == interface_of[1]


def test_the_boot_memory_holds_the_placeholder_and_no_weight(tmp_path: Path) -> None:
    lines = (emit(tmp_path, "stream") / "rtl" / "boot.hex").read_text(encoding="utf-8").split()
    assert bytes.fromhex("".join(lines)) == placeholder(small().layout.image_bytes)


def test_the_record_has_a_field_for_every_bit(tmp_path: Path) -> None:
    record = json.loads((emit(tmp_path, "stream") / "software" / "interface.json").read_text(encoding="utf-8"))[
        "record"
    ]
    assert sum(bits for _, bits, _ in record["fields"]) == record["bits"] == 32 * (4 + 3)
    assert set(record["fail_open"]) <= set(record["flags"])


def test_a_text_that_is_no_design_is_refused(tmp_path: Path) -> None:
    (tmp_path / "design.txt").write_text("nonsense", encoding="utf-8")
    with pytest.raises(DesignError, match="not a design"):
        run(StageContext({"target": {}}, {"design": tmp_path / "design.txt"}, tmp_path, tmp_path))
