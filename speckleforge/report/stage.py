"""The stage `report`: writes `record.json` and `report.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.report.gates import check_gates
from speckleforge.report.hardware import hardware_record
from speckleforge.report.hls import hls_record
from speckleforge.report.model import accuracy_record, model_record, verification_record
from speckleforge.report.page import page

FOLDERS = ("gallery", "figures")  # roles of folders with pictures and a list of them, <folder>.json


def run(ctx: StageContext) -> None:
    """Gather, judge, print."""
    found = {role: ctx.read_json(role) for role in ctx.inputs if role not in FOLDERS}
    record = build_record(ctx.params, found)
    record["figures"] = [picture for role in FOLDERS if role in ctx.inputs for picture in pictures(ctx.inputs[role])]
    ctx.write_json("record.json", record)
    (ctx.out / "report.md").write_text(page(record), encoding="utf-8")


def pictures(folder: Path) -> list[dict[str, str]]:
    """Path relative to the page, and caption, of each picture that the folder's list names."""
    listed = json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8"))
    return [{"path": f"{folder.name}/{item['file']}", "caption": item["caption"]} for item in listed]


def build_record(params: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The record of one build.

    Parameters
    ----------
    params
        `spec` (what it asks for), `gates`, `target`.
    found
        Role -> JSON result, for the stages that took part.
    """
    record: dict[str, Any] = {
        "spec": {key: params["spec"][key] for key in ("name", "digest", "classes", "precision")},
        "target": {key: params["target"][key] for key in ("name", "description", "part", "family", "interface")},
        "model": model_record(params["spec"], found),
        "accuracy": accuracy_record(params["spec"], found),
        "verification": verification_record(found),
        "hardware": hardware_record(params["spec"], params["target"], found),
        "hls": hls_record(found),
        "weights": {key: value for key, value in (found.get("weights") or {}).items() if key != "segments"} or None,
        "bitstream": found.get("bitstream") or found.get("vivado_bitstream") or _no_bitstream(params),
    }
    return {**record, "gates": check_gates(params["gates"], record)}


def _no_bitstream(params: Mapping[str, Any]) -> dict[str, Any]:
    """Why there is none."""
    why = f"toolchain '{params['spec']['toolchain']}' comes without place and route"
    board = params["target"]["interface"] == "uart"  # with pins of its own
    return {"value": None, "reason": f"{why}; Vivado makes it where it is installed" if board else why}
