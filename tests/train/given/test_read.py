"""Files of trained networks: what is read, and what is refused without being run."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from speckleforge.errors import FormatError  # noqa: E402
from speckleforge.train.given.read import read_file  # noqa: E402

STATE = OrderedDict([("b.weight", torch.arange(6.0).reshape(2, 3)), ("a.bias", torch.ones(2))])


class Malicious:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.mark),)


def test_a_state_dict_keeps_its_order(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "s.pt")
    found = read_file(tmp_path / "s.pt")
    assert (list(found.tensors), found.ordered, found.name) == (["b.weight", "a.bias"], True, "s.pt")
    assert torch.equal(found.tensors["b.weight"], STATE["b.weight"])


def test_the_old_format_is_read_too(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "s.pth", _use_new_zipfile_serialization=False)
    assert list(read_file(tmp_path / "s.pth").tensors) == ["b.weight", "a.bias"]


def test_a_safetensors_file_has_no_order(tmp_path: Path) -> None:
    save_file(dict(STATE), tmp_path / "s.safetensors")
    found = read_file(tmp_path / "s.safetensors")
    assert (set(found.tensors), found.ordered) == (set(STATE), False)


def test_the_state_dict_within_a_training_checkpoint_is_found(tmp_path: Path) -> None:
    model = torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)))
    adam = torch.optim.Adam(model.parameters())
    model(torch.ones(4, 3)).sum().backward()
    adam.step()
    content = {"epoch": 7, "state_dict": model.state_dict(), "optimizer": adam.state_dict(), "lr": [0.1]}
    torch.save(content, tmp_path / "c.pt")
    names = [f"1.{name}" for name in ("weight", "bias", "running_mean", "running_var")]
    assert list(read_file(tmp_path / "c.pt").tensors) == ["0.weight", "0.bias", *names]


@pytest.mark.parametrize("how", ["zip", "old", "bare"])
@pytest.mark.parametrize("name", ["evil.pt", "evil.safetensors"])
@pytest.mark.parametrize("forced", [False, True])
def test_code_in_a_file_is_refused_and_never_run(
    tmp_path: Path, how: str, name: str, forced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if forced:  # even where the environment asks for it
        monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    mark, path = tmp_path / "ran", tmp_path / name
    content = {"a.weight": torch.ones(2), "b": Malicious(mark)}
    if how == "bare":
        path.write_bytes(pickle.dumps({"b": Malicious(mark)}))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=how == "zip")
    with pytest.raises(FormatError) as error:
        read_file(path)
    assert not mark.exists()
    assert len(error.value.problems) == 1
    assert error.value.problems[0].where == name
    if how == "zip":
        assert "refused: the file holds more than tensors" in str(error.value)
        assert f"{os.mkdir.__module__}.mkdir" in str(error.value)
    pickle.loads(pickle.dumps(Malicious(mark)))
    assert mark.exists(), "the trap works where a reader falls into it"


def test_a_whole_module_is_refused_with_the_way_out(tmp_path: Path) -> None:
    torch.save(torch.nn.Sequential(torch.nn.Linear(2, 2)), tmp_path / "m.pt")
    with pytest.raises(FormatError, match=r"torch\.save\(model\.state_dict\(\), FILE\)") as error:
        read_file(tmp_path / "m.pt")
    assert "Sequential" in str(error.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "not a trained network"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\x93NUMPY\x01\x00v\x00{'descr'", "not a trained network"),
        (b"\x10\0\0\0\0\0\0\0{not json at all", "a damaged safetensors file"),
        (b"PK\x03\x04 cut off", "not a PyTorch state dict"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "f.pt").write_bytes(content)
    with pytest.raises(FormatError, match=what):
        read_file(tmp_path / "f.pt")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (torch.ones(3), "holds no state dict"),
        ({"epoch": 3}, "holds no state dict"),
        ({"a": STATE, "b": STATE}, "holds several state dicts"),
    ],
)
def test_what_is_no_state_dict_is_named(tmp_path: Path, content: object, what: str) -> None:
    torch.save(content, tmp_path / "f.pt")
    with pytest.raises(FormatError, match=what):
        read_file(tmp_path / "f.pt")
