"""Parts: what was put comes back unchanged or not at all."""

from __future__ import annotations

from pathlib import Path

from speckleforge.artifacts.parts import Parts, part_key


def test_a_part_comes_back(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "parts")
    source = tmp_path / "a"
    source.write_bytes(b"result")
    key = part_key("script", "text")
    assert parts.get(key) is None
    parts.put(key, {"mapped": source})
    source.write_bytes(b"another")
    assert parts.put(key, {"mapped": source}) == tmp_path / "parts" / key  # the first one stays
    found = parts.get(key)
    assert found is not None
    assert (found / "mapped").read_bytes() == b"result"
    assert [path.name for path in (tmp_path / "parts").iterdir()] == [key]


def test_a_damaged_part_is_made_again(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "parts")
    source = tmp_path / "a"
    source.write_bytes(b"result")
    for damage in ("change", "remove"):
        folder = parts.put("k", {"mapped": source})
        if damage == "change":
            (folder / "mapped").write_bytes(b"resulT")
        else:
            (folder / "mapped").unlink()
        assert parts.get("k") is None
    folder = parts.put("k", {"mapped": source})
    assert (folder / "mapped").read_bytes() == b"result"


def test_keys_keep_texts_apart() -> None:
    assert part_key("ab", "c") != part_key("a", "bc")
