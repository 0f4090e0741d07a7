"""Augmentations: what each does to a pattern; counts stay counts; the same stream gives the same words."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.errors import SpecError  # noqa: E402
from speckleforge.learning.augment import STEPS, make_augment, random_stream  # noqa: E402
from speckleforge.learning.augment._affine import identities, resample  # noqa: E402
from speckleforge.learning.augment.dihedral import turned  # noqa: E402
from speckleforge.spec import offers  # noqa: E402


def words(shape: tuple[int, ...] = (6, 12, 17), seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).poisson(3.0, size=shape).astype(np.uint8))


def changed(name: str, of: torch.Tensor, stream: int = 0, **keys: float) -> np.ndarray:
    return make_augment([(name, keys)])(of, random_stream(0, 0, stream)).numpy()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", sorted(STEPS))
def test_every_step_gives_whole_counts_of_the_same_shape(name: str, dtype: type) -> None:
    source = torch.from_numpy(words().numpy().astype(dtype))
    before = source.numpy().copy()
    found = changed(name, source)
    assert found.shape == before.shape
    assert found.dtype == np.float32
    assert np.array_equal(found, np.rint(found))
    assert found.min() >= 0
    assert any(not np.array_equal(changed(name, source, stream), before) for stream in range(4))
    assert np.array_equal(source.numpy(), before), "the data set's own words stay as they are"


@pytest.mark.parametrize("name", sorted(STEPS))
def test_the_stream_alone_decides(name: str) -> None:
    augment = make_augment([(name, {})])
    first, again = (augment(words(), random_stream(7, 3, 5)).numpy() for _ in range(2))
    assert np.array_equal(first, again)
    others = [augment(words(), random_stream(*key)).numpy() for key in ((8, 3, 5), (7, 4, 5), (7, 3, 6), (7, 9, 9))]
    assert any(not np.array_equal(first, other) for other in others)


def test_no_steps_leave_the_words() -> None:
    assert np.array_equal(make_augment([])(words(), random_stream(0, 0, 0)).numpy(), words().numpy())


def test_dihedral_gives_the_eight_symmetries_of_a_square_and_four_of_an_oblong() -> None:
    for shape, count in (((1, 5, 5), 8), ((1, 4, 6), 4)):
        assert len({turned(words(shape), choice).numpy().tobytes() for choice in range(8)}) == count


@pytest.mark.parametrize(("rows", "columns"), [(12, 17), (65, 65), (8, 8)])
def test_the_sampling_without_a_move_is_exact(rows: int, columns: int) -> None:
    of = words((3, rows, columns)).to(torch.float32)
    assert torch.equal(resample(of, identities(3)), of)


@pytest.mark.parametrize(("down", "right"), [(2, 0), (0, -3), (-1, 4)])
def test_a_shift_by_whole_pixels_brings_in_zeros(down: int, right: int) -> None:
    of = words((2, 9, 11)).to(torch.float32)
    matrices = identities(2)
    matrices[:, :2, 2] = [-right, -down]
    want = np.zeros_like(of.numpy())
    source = of.numpy()[:, max(-down, 0) : 9 - max(down, 0), max(-right, 0) : 11 - max(right, 0)]
    want[:, max(down, 0) : 9 + min(down, 0), max(right, 0) : 11 + min(right, 0)] = source
    assert np.array_equal(resample(of, matrices).numpy(), want)


def test_a_quarter_turn_is_that_of_numpy() -> None:
    of = words((2, 9, 9)).to(torch.float32)
    matrices = identities(2)
    matrices[:, :2, :2] = [[0, -1], [1, 0]]
    assert np.array_equal(resample(of, matrices).numpy(), np.rot90(of.numpy(), 1, axes=(1, 2)))


def disc(count: int = 16) -> torch.Tensor:
    axis = np.arange(41) - 20
    return torch.from_numpy(np.tile((axis[:, None] ** 2 + axis**2 <= 100).astype(np.uint8), (count, 1, 1)))


def test_a_rotation_keeps_the_disc_in_the_centre() -> None:
    found = changed("rotate", disc(), degrees=180.0)
    edge = np.abs(found - disc().numpy()).sum(axis=(1, 2)) / disc()[0].sum().item()
    assert edge.max() < 0.15, "only pixels on the rim may change"


def test_zoom_changes_areas_within_its_factor() -> None:
    areas = changed("zoom", disc(64), factor=1.5).sum(axis=(1, 2)) / disc()[0].sum().item()
    assert 1 / 1.5**2 * 0.9 < areas.min() < 0.75
    assert 1.35 < areas.max() < 1.5**2 * 1.1


def test_a_shift_stays_within_its_pixels() -> None:
    of = np.zeros((200, 11, 11), np.uint8)
    of[:, 5, 5] = 1
    _, rows, columns = np.nonzero(changed("shift", torch.from_numpy(of), pixels=2.0))
    assert (set(rows), set(columns)) == (set(range(3, 8)), set(range(3, 8)))


def test_patches_blank_rectangles_of_at_most_their_size() -> None:
    blank = changed("drop_patch", torch.ones((3000, 20, 30), dtype=torch.uint8), patches=1, size=0.5) == 0
    rows, columns = blank.any(axis=2).sum(axis=1), blank.any(axis=1).sum(axis=1)
    assert np.array_equal(blank.sum(axis=(1, 2)), rows * columns), "each is one rectangle"
    assert (rows.max(), columns.max()) <= (10, 15)
    assert rows.max() >= 9
    covered = blank.mean(axis=0)
    assert covered[0].mean() == pytest.approx(covered[10].mean(), rel=0.3), "no place is spared"


def test_thinned_counts_stay_poisson() -> None:
    of = torch.from_numpy(np.random.default_rng(1).poisson(4.0, size=(400, 20, 20)).astype(np.uint8))
    found = changed("noise", of, fluence=0.5)
    mean, var = found.mean(axis=(1, 2)), found.var(axis=(1, 2))
    assert 1.7 < mean.min() < 2.3
    assert 3.7 < mean.max() < 4.4
    assert (var / mean).mean() == pytest.approx(1.0, abs=0.01), "variance equals the mean"
    assert (found <= of.numpy()).all()


def test_gaussian_noise_has_its_width() -> None:
    found = changed("noise", torch.full((50, 20, 20), 40, dtype=torch.uint8), fluence=0.0, gaussian=3.0)
    assert found.std() == pytest.approx((3.0**2 + 1 / 12) ** 0.5, rel=0.02)


def test_neighbouring_moves_share_one_sampling_and_keep_their_order() -> None:
    of = torch.zeros((1, 31, 31), dtype=torch.uint8)
    of[0, 15, 25] = 1
    both = make_augment([("shift", {"pixels": 1e-9}), ("rotate", {"degrees": 1e-9}), ("zoom", {"factor": 1.0})])
    assert torch.equal(both(of, random_stream(0, 0, 0)), of.to(torch.float32))
    for steps in (("rotate", "shift"), ("shift", "rotate")):
        together = make_augment([(name, {}) for name in steps])(disc(), random_stream(1, 0, 0))
        rng, apart = random_stream(1, 0, 0), disc()
        for name in steps:
            apart = make_augment([(name, {})])(apart, rng)
        assert float((together - apart).abs().mean()) < 0.02, "only the rim is sampled twice"


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(SpecError, match="did you mean 'rotate'"):
        make_augment([("rotat", {})])


def test_the_spec_reads_the_keys_of_every_step_without_importing_it() -> None:
    assert offers.augmentations() == {name: module.KEYS for name, module in STEPS.items()}
