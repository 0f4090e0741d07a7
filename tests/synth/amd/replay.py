"""A fake of a vendor's program: `replay.py HOME PROGRAM ARGUMENT...`. Imports nothing of ours: it is installed alone.

Really runs the Tcl that it is given, in an interpreter among stubs (`engine.tcl`), or does what a configuration file
asks of `v++` and `vitis-run`. Then it puts reports in a real form over those of the stubs, prints a log in a real form,
and spoils what `scenario.json` in HOME says. HOME also holds tables of commands, the stubs' answers, texts of reports;
every start is noted in HOME/started.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

HERE = Path.cwd()
STEP = "speckleforge: step "
ENDED = "Thu Jul  2 21:24:18 2026..."


class Tool:
    """One start of a program."""

    def __init__(self, home: Path, name: str, words: list[str]) -> None:
        self.home, self.name, self.words = home, name, words
        self.scenario: dict[str, Any] = json.loads((home / "scenario.json").read_text(encoding="utf-8"))
        self.release: str = self.scenario["releases"][name]
        self.spoil: dict[str, Any] = self.scenario["spoil"].get(name, {})
        self.log = None if name in ("vitis-run", "v++") else (HERE / f"{name}.log").open("ab")

    def run(self) -> int:
        """The exit code."""
        if self.words[:1] in (["-version"], ["--version"]):
            print(self.head())
            return 0
        with (self.home / "started").open("a", encoding="utf-8") as started:
            started.write(" ".join([self.name, *self.words]) + "\n")
        self.say(self.head())
        script = next((self.words[at + 1] for at, w in enumerate(self.words) if w in ("-f", "-source", "--tcl")), None)
        code = self.configured() if script is None else self.script(script)
        if code == 0:
            self.replay()
            self.spoil_results()
        self.misbehave()
        self.say(self.end())
        return int(self.spoil.get("exit", code))

    def head(self) -> str:
        """What a program prints first."""
        titles = {
            "vivado": "Vivado" if self.release < "2024" else "vivado",
            "vivado_hls": "Vivado(TM) HLS - High-Level Synthesis from C, C++ and SystemC",
            "vitis_hls": "Vitis HLS - High-Level Synthesis from C, C++ and OpenCL",
        }
        title = titles.get(self.name, self.name)
        stars = "" if self.name == "vivado" and self.words[:1] == ["-version"] else "\n****** "
        return f"{stars}{title} v{self.release} (64-bit)\n  **** SW Build 4029153 on Fri Oct 13 20:13:54 MDT 2023\n"

    def end(self) -> str:
        """What a program prints last."""
        if self.name == "v++":
            return "INFO: [v++ 60-791] Total elapsed time: 0h 0m 12s\nINFO: [v++ 60-1653] Closing dispatch client."
        known = {"vivado": "Vivado", "vitis_hls": "vitis_hls", "vivado_hls": "vivado_hls"}
        return f"INFO: [Common 17-206] Exiting {known.get(self.name, 'vitis-run')} at {ENDED}"

    def say(self, text: str) -> None:
        """Print to standard output and to the program's own log."""
        self.put(text.encode() + b"\n")

    def put(self, content: bytes) -> None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        if self.log:
            self.log.write(content)
            self.log.flush()

    def script(self, name: str) -> int:
        """Run a Tcl script among the stubs; the log of a real run goes between its steps."""
        aside = self.home / "run" / str(os.getpid())
        aside.mkdir(parents=True)
        world = (self.home / "world.tcl").read_text(encoding="utf-8")
        says = "".join(f"set says({command}) {{{text}}}\n" for command, text in self.spoil.get("say", {}).items())
        world += f"set release {self.release}\n{says}set fail {{{' '.join(self.spoil.get('fail', ()))}}}\n"
        (aside / "world").write_text(world + self.component(), encoding="utf-8")
        table = self.home / "tables" / f"{self.name}-{self.release}"
        command = [*self.scenario["tcl"], self.home / "engine.tcl", table, aside / "world", aside / "record", name]
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(list(map(str, command)), **both) as process:
            assert process.stdout
            for line in process.stdout:
                self.put(line)
                if line.startswith(STEP.encode()):
                    self.say(f"Command: {line.decode().removeprefix(STEP).strip()} begins")
                    time.sleep(self.spoil.get("pause_s", 0))
        found = (aside / "record").read_text(encoding="utf-8") if (aside / "record").exists() else ""
        calls = [call.split("\x1e")[:-1] for call in found.split("\x1f")[:-1]]
        self.exported = next((call for call in calls if call[0] == "export_design"), [])
        return process.returncode

    exported: list[str] = []  # noqa: RUF012

    def component(self) -> str:
        """What `update_ip_catalog -add_ip` unpacks: the component of the archive that is there."""
        archive = next(iter(sorted(HERE.glob("ip/*.zip"))), None)
        if archive is None or self.name != "vivado":
            return ""
        with zipfile.ZipFile(archive) as found:
            text = self.spoil.get("component") or found.read("component.xml").decode()
        return f"set component {{{text}}}\n"

    def configured(self) -> int:
        """What `v++ -c --mode hls` and `vitis-run --mode hls --csim`, `--cosim`, `--package` do."""
        text = (HERE / self.words[self.words.index("--config") + 1]).read_text(encoding="utf-8")
        rows = [line.partition("=")[::2] for line in text.splitlines() if "=" in line and not line.startswith("#")]
        config = dict(rows)
        missing = [path for key, path in rows if key in ("syn.file", "tb.file") and not (HERE / path).exists()]
        if missing:
            self.say(f"ERROR: [HLS 200-642] The source file does not exist: {missing[0]}")
            return 1
        step = next((w for w in self.words if w in ("--csim", "--cosim", "--package")), "csynth").strip("-")
        if step in self.spoil.get("fail", ()):
            self.say(f"ERROR: [HLS 200-70] {step} failed on purpose")
            return 1
        if step == "package":
            (HERE / "ip").mkdir(exist_ok=True)
            self.pack(HERE / config["package.output.file"], config["package.ip.description"], config["syn.top"])
            return 0
        below, names = {
            "csim": ("csim/report", ["{top}_csim.log"]),
            "csynth": ("syn/report", ["{top}_csynth.rpt", "{top}_csynth.xml", "csynth.xml"]),
            "cosim": ("sim/report", ["{top}_cosim.rpt"]),
        }[step]
        folder = HERE / self.words[self.words.index("--work_dir") + 1] / "hls" / below
        folder.mkdir(parents=True)
        for name in names:
            (folder / name.format(top=config["syn.top"])).write_text("stub\n", encoding="utf-8")
        return 0

    def pack(self, path: Path, description: str, top: str) -> None:
        """A packed IP, as the tool makes it."""
        text = (self.home / "component.xml").read_text(encoding="utf-8")
        text = text.replace("@TOP@", top).replace("@DESCRIPTION@", self.spoil.get("description", description))
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("component.xml", text)
            archive.writestr(f"hdl/verilog/{top}.v", "module\n")

    def replay(self) -> None:
        """Reports in a real form over those of the stubs, for the top that the manifest names."""
        if not (HERE / "manifest.json").is_file():
            return
        facts = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
        for path in sorted((HERE / "reports").rglob("*")):
            found = self.text(path, facts["top"])
            if found is not None:
                path.write_bytes(replaced(found, {"@TOP@": facts["top"]}))
        for layer in self.scenario["layers"] if (HERE / "reports" / "syn").is_dir() else ():
            module = f"{layer.rpartition('_')[0]}_{layer}_c"
            content = replaced((self.home / "reports" / "csynth.xml").read_bytes(), {"@TOP@": f"{module}_s"})
            (HERE / "reports" / "syn" / f"{module}_s_csynth.xml").write_bytes(content)
            # A loop of its own, as newer releases report it: not the layer, and no report that can be read.
            (HERE / "reports" / "syn" / f"{module}_Pipeline_rows_csynth.xml").write_text("<loop/>", encoding="utf-8")
        for path in sorted(HERE.glob("ip/*.zip")) if self.exported else ():
            options = dict(zip(self.exported[1::2], self.exported[2::2], strict=False))
            self.pack(path, options["-description"], facts["top"])
        self.say((self.home / f"{'vivado' if self.name == 'vivado' else 'hls'}.log").read_text(encoding="utf-8"))

    def text(self, path: Path, top: str) -> bytes | None:
        """The real form of a report; None where there is none."""
        name = path.name.removeprefix(f"{top}_")
        places = (self.home / "reports" / top / name, self.home / "reports" / name)
        return next((place.read_bytes() for place in places if path.is_file() and place.is_file()), None)

    def spoil_results(self) -> None:
        """What went wrong with the results."""
        for name, words in self.spoil.get("replace", {}).items():
            (HERE / name).write_bytes(replaced((HERE / name).read_bytes(), words))
        for name, share in self.spoil.get("cut", {}).items():
            content = (HERE / name).read_bytes()
            (HERE / name).write_bytes(content[: int(len(content) * share)])
        for name in self.spoil.get("empty", ()):
            (HERE / name).write_bytes(b"")
        for name in self.spoil.get("missing", ()):
            (HERE / name).unlink()
        for name in self.spoil.get("old", ()):
            os.utime(HERE / name, (1e9, 1e9))

    def misbehave(self) -> None:
        """What else goes wrong at the end."""
        self.put(bytes.fromhex(self.spoil.get("bytes", "")))
        for number in range(self.spoil.get("lines", 0)):
            self.put(b"INFO: [Synth 8-638] synthesizing module 'm%d'\n" % number)
        if "print" in self.spoil:
            self.say(self.spoil["print"])
        if "stderr" in self.spoil:
            print(self.spoil["stderr"], file=sys.stderr, flush=True)
        if "hang_s" in self.spoil:
            children = [subprocess.Popen(["sleep", str(self.spoil["hang_s"])]) for _ in range(2)]
            pids = " ".join(str(pid) for pid in (os.getpid(), *(child.pid for child in children)))
            (self.home / "pids.new").write_text(pids, encoding="utf-8")
            (self.home / "pids.new").rename(self.home / "pids")
            children[0].wait()
        if "signal" in self.spoil:
            os.kill(os.getpid(), self.spoil["signal"])
            signal.pause()


def replaced(content: bytes, words: dict[str, str]) -> bytes:
    """Words put in place of others, longest first."""
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in sorted(words, key=len, reverse=True)))
    return pattern.sub(lambda found: words[found[0].decode()].encode(), content)


if __name__ == "__main__":
    sys.exit(Tool(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]).run())
