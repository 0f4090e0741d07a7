"""Everything that may go wrong with a tool: a clear error, exit code 1, nothing stored, and a rerun that works."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from speckleforge.synth.amd import run
from speckleforge.synth.amd.options import IMPLEMENTED
from speckleforge.synth.amd.vivado import core_block, vivado_plan
from speckleforge.tools.releases import release
from tests.synth.amd import real_form
from tests.synth.amd.builds import Place
from tests.synth.amd.fake_tools import FakeTools
from tests.synth.amd.interpreter import lay_out, needs_tcl
from tests.synth.amd.real_form import OTHER_PART, PART, SHARED
from tests.synth.amd.samples import kcu1500, rtl

pytestmark = needs_tcl()
LICENCE = "ERROR: [Common 17-345] A valid license was not found for feature 'Synthesis' and/or device 'xcku115'. Please"
NO_PART = "ERROR: [Coretcl 2-106] Specified part could not be found."
FULL = "ERROR: [Common 17-39] 'write_checkpoint' failed due to earlier errors: No space left on device"
KILLED = '/tools/Xilinx/Vivado/2023.2/bin/rdiArgs.sh: line 312: 3801495 Killed                  "$RDI_PROG" "$@"'
CRASH = "Abnormal program termination (11)\nPlease check '/work/hs_err_pid4711.log' for details"
PLACE = "ERROR: [Place 30-58] IO placement is infeasible. Number of unplaced IO Ports (40) is greater than sites (0)."
UTILISATION, TIMING = "reports/utilization_routed.rpt", "reports/timing_summary_routed.rpt"
NO_ERROR = ", though the tool ended with code 0"


@dataclass(frozen=True)
class Failure:
    """What goes wrong, and what is said: the problem, what was got, what to do."""

    spoil: dict[str, Any]
    what: str
    got: str = ""
    step: str = "read "
    more: tuple[str, ...] = field(default=())


FAILURES: dict[str, Failure] = {
    "a step fails": Failure(
        {"fail": ["route_design"]},
        "the tool reports an error (step route)",
        "ERROR: speckleforge: step route: route_design failed on purpose",
        more=("vivado ended with code 1: ERROR: speckleforge: step route",),
    ),
    "ends without a word": Failure({"exit": 3}, "vivado ended with code 3: ", more=("(step report)",)),
    "no licence": Failure(
        {"say": {"synth_design": LICENCE}, "fail": ["synth_design"]},
        "no licence for this tool or part (step synth)",
        LICENCE,
        "set XILINXD_LICENSE_FILE or LM_LICENSE_FILE",
    ),
    "no part": Failure(
        {"say": {"create_project": NO_PART}, "fail": ["create_project"]},
        "the part is not installed (step setup)",
        NO_PART,
        "add its device family to the installation",
    ),
    "killed for memory, and the launcher says so": Failure(
        {"stderr": KILLED, "exit": 137},
        "the machine's memory is used up (step report)",
        KILLED,
        "use a machine with more memory, or fewer threads",
    ),
    "killed without a word": Failure(
        {"signal": signal.SIGKILL},
        "the tool was killed (step report)",
        step="often the machine's memory is used up",
        more=("vivado was killed by SIGKILL",),
    ),
    "disk full": Failure(
        {"say": {"write_checkpoint": FULL}, "fail": ["write_checkpoint"]},
        "the disk is full (step synth)",
        FULL,
        "free some space, run again",
    ),
    "crash": Failure(
        {"print": CRASH, "signal": signal.SIGSEGV},
        "the tool crashed (step report)",
        "Abnormal program termination (11)",
        more=("vivado was killed by SIGSEGV",),
    ),
    "an error, but code 0": Failure(
        {"say": {"place_design": PLACE}}, f"the tool reports an error (step place){NO_ERROR}", PLACE
    ),
    "a failed step, but code 0": Failure(
        {"say": {"opt_design": "opt_design failed"}},
        f"the tool reports a failed step (step opt){NO_ERROR}",
        "opt_design failed",
    ),
    "a report is missing": Failure(
        {"missing": ["reports/power_routed.rpt"]}, "vivado left no reports/power_routed.rpt"
    ),
    "a report is empty": Failure({"empty": [TIMING]}, f"vivado left {TIMING} empty"),
    "a report is cut": Failure({"cut": {TIMING: 0.6}}, f"{TIMING}: "),
    "the manifest is cut": Failure({"cut": {"manifest.json": 0.5}}, "no manifest of a run"),
    "another part": Failure(
        {"replace": {UTILISATION: {PART: OTHER_PART}}}, f"{UTILISATION}: a report of another part", OTHER_PART
    ),
    "another design": Failure(
        {"replace": {TIMING: {": sf_core\n": ": sf_other\n"}}}, f"{TIMING}: a report of another design", "sf_other"
    ),
    "a report that is older than the run": Failure({"old": [UTILISATION]}, f"{UTILISATION} is older than the run"),
    "the manifest of another design": Failure(
        {"replace": {"manifest.json": {'"design_id": "': '"design_id": "0'}}},
        "results of another design",
        "0",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_run_says_why_stores_nothing_and_can_be_run_again(name: str, place: Place, vivado: FakeTools) -> None:
    expected = FAILURES[name]
    vivado.spoiled("vivado", **expected.spoil)
    failed = place.forge("build", "--to", "vivado")
    assert (failed.code, "built in" in failed.out) == (1, False)
    first = failed.err[failed.err.index("error: vivado: ") :]
    for text in (expected.what, f"got: {expected.got}" if expected.got else "", expected.step, *expected.more):
        assert text in first, text
    assert len(re.findall("Traceback", failed.err)) == 0
    logs = re.findall(r"read (/\S+/run\.log)", first)
    assert logs or not expected.step.startswith("read")
    assert all(Path(log).is_file() for log in logs)
    assert not (place.built / "vivado.json").exists()
    assert "vivado: run: no result for this spec yet" in place.forge("why", "vivado").out
    vivado.spoiled("vivado")
    assert place.statuses("--to", "vivado") == {"lower": "hit", "emit": "hit", "vivado": "run"}
    assert place.json("vivado.json")["fmax_mhz"]["value"] == 250.0


def gone(pids: list[int]) -> bool:
    """Whether none of these processes is alive."""
    alive = [pid for pid in pids if Path(f"/proc/{pid}/stat").exists()]
    return all(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z" for pid in alive)


def test_a_run_that_takes_too_long_is_ended_with_all_it_started(place: Place, vivado: FakeTools) -> None:
    place.write(hardware__vivado={"limit_hours": 0.0004})
    vivado.spoiled("vivado", hang_s=120)
    failed = place.forge("build", "--to", "vivado")
    assert failed.code == 1
    assert "vivado took more than 0.0004 hours (step report)" in failed.err
    assert "or raise hardware.vivado.limit_hours" in failed.err
    assert gone([int(pid) for pid in (vivado.home / "pids").read_text().split()])


def test_an_interrupted_build_ends_the_tool_with_all_it_started(place: Place, vivado: FakeTools) -> None:
    vivado.spoiled("vivado", hang_s=120)
    words = [sys.executable, "-m", "speckleforge.cli.main", "build", "--to", "vivado", str(place.root / "tiny.yaml")]
    words += ["--cache", str(place.root / "cache"), "--out", str(place.root / "build")]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    until = time.monotonic() + 60
    while not (vivado.home / "pids").exists() and time.monotonic() < until:
        time.sleep(0.05)
    pids = [int(pid) for pid in (vivado.home / "pids").read_text().split()]
    assert not gone(pids)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "forge: interrupted; what was finished is kept" in err
    assert gone(pids)
    vivado.spoiled("vivado")
    assert place.statuses("--to", "vivado")["vivado"] == "run"


def test_a_disk_that_is_full_for_the_log_ends_the_tool(
    tmp_path: Path, vivado: FakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = run._Follower.line

    def full(follower: run._Follower, text: str) -> None:
        write(follower, text)
        if text.startswith("speckleforge: step read"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run._Follower, "line", full)
    vivado.spoiled("vivado", pause_s=0.5)
    plan = vivado_plan(core_block(rtl(), kcu1500(), 200_000), IMPLEMENTED, release("2023.2"))
    with pytest.raises(OSError, match="No space left"):  # which a stage's process tells as a full disk
        run.run_plan(plan, lay_out(tmp_path / "w", plan), lambda done, text: None, run.Limit(1, "key"))
    (fake,) = (vivado.home / "run").iterdir()
    assert gone([int(fake.name)])


def test_critical_warnings_pass_and_are_listed(place: Place, vivado: FakeTools) -> None:
    text = "CRITICAL WARNING: [Constraints 18-1055] Clock 'a' overrides clock 'b'."
    vivado.spoiled("vivado", print="\n".join(f"{text} {number}" for number in range(25)))
    place.statuses()
    found = place.json("vivado.json")
    assert found["critical_warning_count"] == 25
    assert found["critical_warnings"] == [f"{text} {number}" for number in range(20)]
    assert "- Critical warnings in its log: 25.\n  - CRITICAL WARNING: [Con" in (place.built / "report.md").read_text()


def test_a_log_that_is_no_text_and_a_huge_one_are_read(place: Place, vivado: FakeTools) -> None:
    vivado.spoiled("vivado", bytes="fffe80" * 7 + "0a" + "c3", lines=20_000, print=PLACE)
    failed = place.forge("build", "--to", "vivado")
    assert f"the tool reports an error (step report){NO_ERROR}" in failed.err
    assert f"got: {PLACE}" in failed.err
    vivado.spoiled("vivado", bytes="fffe80" * 7 + "0a" + "c3", lines=20_000)
    place.statuses("--to", "vivado")
    log = (place.built / "vivado" / "run.log").read_bytes()
    assert log.count(b"synthesizing module 'm") == 20_000
    assert log.decode("utf-8").count("\ufffd") >= 21


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"real reports are not at hand ({SHARED})")
def test_a_real_log_with_errors_fails_a_run_that_ended_with_code_0(place: Place, vitis: FakeTools) -> None:
    vitis.logs = {**real_form.LOGS, "hls.log": real_form.real(real_form.FAILED_LOG)}
    vitis.install()
    failed = place.forge("build", "--to", "csynth")
    assert failed.code == 1
    assert f"the tool reports an error (step export){NO_ERROR}" in failed.err
    line = (
        "ERROR: [HLS 200-70] Compilation errors found: Pragma processor failed: In file included from myproject_galap"
    )
    assert f"got: {line}" in failed.err


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"real reports are not at hand ({SHARED})")
def test_real_reports_of_another_part_fail_a_run(place: Place, vitis: FakeTools) -> None:
    vitis.texts = real_form.real_reports(renamed=False)
    vitis.install()
    failed = place.forge("build", "--to", "vivado", "--to", "csynth")
    assert failed.code == 1
    for stage, got in (("vivado", "xc7a100tcsg324-1"), ("csynth", OTHER_PART)):
        report = UTILISATION.replace("routed", "synth") if stage == "vivado" else "reports/syn/sf_network_csynth.xml"
        assert f"error: {stage}: {report}: a report of another part\n    got: {got}\n    allowed: {PART}" in failed.err


def test_a_cosimulation_that_fails_is_an_error(place: Place, vitis: FakeTools) -> None:
    place.write(**{"hardware__hls": {"cosim": True}})
    vitis.spoiled("vitis_hls", replace={"reports/cosim/sf_network_cosim.rpt": {"      Pass": "      Fail"}})
    failed = place.forge("build", "--to", "cosim")
    assert failed.code == 1
    assert "error: cosim: reports/cosim/sf_network_cosim.rpt: co-simulation failed\n    got: Fail" in failed.err
    vitis.spoiled("vitis_hls")
    assert place.statuses("--to", "cosim")["cosim"] == "run"
