"""Loading a spec: what it gives, and what it says about mistakes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from speckleforge.errors import SpecError
from speckleforge.spec import load_spec, parse_spec
from speckleforge.spec.tree import MAX_DEPTH

from .conftest import ROOT, SPECS


def said(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text.encode(), "s.yaml")
    assert caught.value.exit_code == 2
    return str(caught.value)


def at(text: str, needle: str) -> str:
    """`s.yaml:line:col` of `needle` in `text`."""
    before = text[: text.index(needle)]
    return f"s.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_the_published_network_has_the_published_size() -> None:
    spec = load_spec(SPECS / "kcu1500.yaml")
    assert (spec.topology.network_parameters, spec.topology.macs) == (64_660, 1_097_700)
    assert (spec.name, spec.toolchain, spec.clock_khz) == ("kcu1500", "xilinx", 200_000)
    assert [node.name for node in spec.topology.nodes][:4] == ["input", "compand_1", "conv2d_1", "relu_1"]
    assert str(spec.topology.nodes[0].out) == "u8[1,65,65]"
    assert str(spec.topology.node("dense_2").out) == "s8[50]", "no relu follows: signed"
    assert str(spec.topology.node("conv2d_1").out) == "u8[7,61,61]", "a relu follows: unsigned"


def test_quickstart_loads() -> None:
    spec = load_spec(SPECS / "quickstart.yaml")
    assert (spec.target.name, spec.toolchain) == ("ulx3s-25f", "ecp5")


MISTAKES = [
    ("name: kcu1500", 'name: "kcu1500\\n"', '"kcu1500', "name: ends with a line break", ""),
    ("gain: 2", "gian: 2", "gian", "unknown key 'gian'", "did you mean 'gain'?"),
    ("- relu", "- relo", "relo", "'relo' is not defined", "did you mean 'relu'?"),
    ("maxpool2d: {size", "maxpol2d: {size", "maxpol2d", "unknown layer 'maxpol2d'", "did you mean 'maxpool2d'?"),
    ("units: latent", "units: lattent", "lattent", "layers[9].dense.units: 'lattent' is not defined", "'latent'?"),
    ("condition: reference", "condition: referense", "referense", "not defined", "did you mean 'reference'?"),
    ("loss: supcon", "loss: supcn", "supcn", "'supcn' is not defined", "did you mean 'supcon'?"),
    ("target: kcu1500", "target: kcu150", "kcu150\n", "'kcu150' is not defined", "did you mean 'kcu1500'?"),
    ("ceil: true", "ceil: yes", "yes", "YAML 1.1 reads `yes` as the boolean true", "write true"),
    ("seed: 1\n", "seed: 1\n  no: 3\n", "no: 3", "YAML 1.1 reads `no` as the boolean false", "quotes"),
    ("learning_rate: 0.001", "learning_rate: 1e-3", "1e-3", "the number 0.001 was likely meant", "write 0.001"),
    ("learning_rate: 0.001", "learning_rate: .nan", ".nan", "not a finite decimal number", ""),
    ("seed: 1\n", "seed: 010\n", "010", "YAML 1.1 reads `010` as the number 8", "write 8 or 10"),
    ("seed: 1\n", 'seed: "1"\n', '"1"', "data.seed: not a whole number", "remove the quotes: 1"),
    ("seed: 1\n", "seed: 1\n  seed: 2\n", "seed: 2", "duplicate key 'seed'", "already"),
    ("seed: 1\n", "seed:\n", "", "data.seed: has no value", ""),
    ("batch: 64", "batch: 1", "1, learning", "train.batch: out of range", ""),
    ("kernel: 5", "kernel: 99", "99", "conv2d.kernel: kernel is larger than its input", "smaller kernel"),
    ("precision: {input: 4", "precision: {input: 5", "5, weights", "does not agree with compand's bits", "write 4"),
    ("latent: 50", "latent: 51", "", "", ""),
    ("prototypes: 8", "prototypes: 3", "3}", "model.head.prototypes: fewer prototypes than classes", "4 or more"),
    ("shots: 5", "shots: 20", "20, at_least", "gates.accuracy.shots: leaves no pattern", "raise data.patterns"),
    ("background, single, multi, non_sample", "background, non_sample", "[background", "data.classes: no class of", ""),
    ("  latency_us: 45 ", "  latencyus: 45 ", "latencyus", "unknown key 'latencyus'", "'latency_us'?"),
    ("[1, 65, 65]", "[3, 65, 65]", "3, 65", "a detector image has one channel", ""),
    ("clock_mhz: 200", "clock_mhz: 200.0001", "200.0001", "not a whole number of kHz", ""),
    ("  latency_us: 45 ", "  # latency_us: 45 ", "hardware", "missing latency_us or frame_rate_khz", "add one of them"),
    ("latency_us: 45 ", "latency_us: 45\n  budget: {lut: 1.2} ", "1.2", "hardware.budget.lut: out of range", ""),
    ("latency_us: 45 ", "latency_us: 45\n  budget: {lutram: 1} ", "lutram", "unknown key 'lutram'", "lut"),
    ("latency_us: 45 ", "latency_us: 45\n  arithmetic: [das] ", "das", "hardware.arithmetic[0]", "da"),
    ("- flatten", "- conv2d", "conv2d\n", "'conv2d' needs keys", "write `conv2d: {...}`"),
    ("seed: 0}", "from: nowhere.safetensors}", "nowhere", "no such file", ""),
    ("gates:", "gates: !!set", "!!set", "tag", "remove"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[m[1].strip() for m in MISTAKES])
def test_a_mistake_is_named_with_its_place(kcu: str, mistake: tuple[str, ...]) -> None:
    good, bad, needle, what, step = mistake
    text = kcu.replace(good, bad, 1)
    if bad == "latent: 51":  # only wrong where the last layer does not follow it
        text = text.replace("units: latent", "units: 50")
        what, needle = "does not give an embedding of this size", "51"
    message = said(text)
    assert what in message
    assert step in message
    if needle:
        assert at(text, needle) in message, message


def test_all_mistakes_at_once_in_the_order_of_the_file(kcu: str) -> None:
    text = kcu.replace("gain: 2", "gian: 2").replace("ceil: true", "ceil: on", 1).replace("loss: supcon", "los: supcon")
    message = said(text)
    places = [message.index(word) for word in ("gian", "`on`", "'los'")]
    assert places == sorted(places)


BOMB = "a: &a [1]\n" + "".join(f"{c}: &{c} [*{p}{f',*{p}' * 9}]\n" for p, c in zip("abcde", "bcdef", strict=True))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("forge: 1\n\tname: x\n", "2:1: a tab used for indentation"),
        ("forge: [1\nname: x", "2:5: not YAML"),
        ("forge: 1\n---\nforge: 1\n", "2:1: more than one document"),
        ("- 1\n", "not a mapping of keys"),
        ("forge: &a [*a]\n", "an alias that contains itself"),
        ("[" * 400_000, "nested too deeply"),  # where, depends on the YAML library: it may see it first
        ("- " * 400_000, f"s.yaml:1:{2 * MAX_DEPTH + 1}: nested too deeply"),
        ("".join(f"a{n}: &a{n} [{f'*a{n - 1}' if n else ''}]\n" for n in range(99)), "nested too deeply"),
        ("forge: 1\nname: \x01\n", "2:7: a character that YAML does not allow"),
        ("? [1]\n: 2\n", "a key must be a word"),
        ("forge: 2\n", "forge: not an allowed value"),
        (BOMB, "too many values"),
    ],
)
def test_texts_that_are_no_spec(text: str, what: str) -> None:
    assert what in said(text)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"forge: 1\nname: \xff\n")
    with pytest.raises(SpecError, match=r":2:7: not UTF-8"):
        load_spec(path)


def test_a_missing_file_names_its_neighbour() -> None:
    with pytest.raises(SpecError, match=r"no such file(.|\n)*did you mean 'kcu1500.yaml'"):
        load_spec(SPECS / "kcu150.yaml")


def test_anchors_and_merges_are_welcome(kcu: str) -> None:
    text = kcu.replace("- maxpool2d: {size: 2, ceil: true}", "- maxpool2d: &p {size: 2, ceil: true}", 1)
    text = text.replace("- maxpool2d: {size: 2, ceil: true}", "- maxpool2d: {<<: *p}", 1)
    assert parse_spec(text.encode(), "s.yaml").digest == parse_spec(kcu.encode(), "s.yaml").digest


def test_the_digest_is_that_of_the_values(kcu: str) -> None:
    digest = parse_spec(kcu.encode(), "s.yaml").digest
    commented = "# new\n" + kcu.replace("latency_us: 45 ", "latency_us: 45.0 ").replace("gain: 2, ", "")
    assert parse_spec(commented.encode(), "t.yaml").digest == digest
    assert parse_spec(kcu.replace("seed: 1", "seed: 2").encode(), "s.yaml").digest != digest


def test_loading_needs_no_heavy_package() -> None:
    code = "import sys; from speckleforge.spec import load_spec; load_spec('specs/kcu1500.yaml'); " + (
        "print(sorted({'numpy', 'torch', 'onnx', 'rich', 'doit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
