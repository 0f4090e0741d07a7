"""The semi-hard triplet loss against its definition, written out triplet by triplet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from speckleforge.learning.losses import LOSSES, make_loss  # noqa: E402
from speckleforge.learning.losses import triplet as triplet_module  # noqa: E402
from speckleforge.learning.losses.triplet import semi_hard, squared_distances, triplet  # noqa: E402
from speckleforge.spec import offers  # noqa: E402


def unit(rng: np.random.Generator, count: int, latent: int) -> np.ndarray:
    z = rng.normal(size=(count, latent))
    return z / np.linalg.norm(z, axis=1, keepdims=True)


def written_out(z: np.ndarray, label: np.ndarray, margin: float) -> float:
    d = ((z[:, None] - z[None]) ** 2).sum(axis=2)
    costs = []
    for a in range(len(z)):
        negatives = [n for n in range(len(z)) if label[n] != label[a]]
        for p in range(len(z)):
            if p == a or label[p] != label[a] or not negatives:
                continue
            semi = [n for n in negatives if d[a, p] < d[a, n] < d[a, p] + margin]
            chosen = min(semi, key=lambda n: d[a, n]) if semi else max(negatives, key=lambda n: d[a, n])
            costs.append(max(d[a, p] - d[a, chosen] + margin, 0.0))
    return float(np.mean(costs)) if costs else 0.0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(2, 14), margin=st.sampled_from([0.02, 0.2, 1.0, 4.0]))
def test_it_equals_its_definition(seed: int, count: int, margin: float) -> None:
    rng = np.random.default_rng(seed)
    z, label = unit(rng, count, 3), rng.integers(0, 4, size=count)
    got = triplet(torch.from_numpy(z), torch.from_numpy(label), margin)
    assert float(got) == pytest.approx(written_out(z, label, margin), abs=1e-9)


def on_circle(*degrees: float) -> torch.Tensor:
    angle = np.deg2rad(degrees)
    return torch.from_numpy(np.stack([np.cos(angle), np.sin(angle)], axis=1))


def test_the_nearest_semi_hard_negative_is_chosen_before_harder_and_easier_ones() -> None:
    # Anchor at 0, positive at 30 degrees (0.268); negatives nearer, just beyond, a little farther, far away.
    z = on_circle(0, 30, 10, 32, 35, 170)
    index = semi_hard(squared_distances(z), torch.tensor([0, 0, 1, 1, 1, 1]), 0.2)
    assert int(index[0, 1]) == 3


def test_where_all_negatives_are_nearer_the_least_hard_one_is_taken() -> None:
    index = semi_hard(squared_distances(on_circle(0, 90, 10, 40)), torch.tensor([0, 0, 1, 1]), 0.02)
    assert int(index[0, 1]) == 3


def test_pairs_beyond_the_margin_cost_nothing() -> None:
    assert float(triplet(on_circle(0, 1, 90, 91), torch.tensor([0, 0, 1, 1]), 0.02)) == 0.0


@pytest.mark.parametrize("label", [[0, 0, 0], [0, 1, 2]])
def test_a_batch_without_triplets_has_no_loss_and_a_finite_gradient(label: list[int]) -> None:
    z = on_circle(0, 40, 90).requires_grad_()
    loss = triplet(z, torch.tensor(label), 0.02)
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert bool(torch.isfinite(z.grad).all())


def test_the_spec_reads_the_keys_of_every_registered_loss_without_importing_it() -> None:
    assert offers.loss_keys() == {name: module.KEYS for name, module in LOSSES.items()}


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_gradient_step_lowers_every_loss(name: str) -> None:
    rng = np.random.default_rng(0)
    values = torch.from_numpy(unit(rng, 24, 4)).requires_grad_()
    label = torch.from_numpy(rng.integers(0, 3, size=24))
    loss_of = make_loss(name, {})
    losses = []
    for _ in range(20):
        loss = loss_of(torch.nn.functional.normalize(values), label)
        (gradient,) = torch.autograd.grad(loss, values)
        values = (values - 0.5 * gradient).detach().requires_grad_()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_a_large_batch_is_mined_in_pieces_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = torch.Generator().manual_seed(3)
    embeddings = torch.nn.functional.normalize(torch.randn(30, 5, generator=rng))
    labels = torch.arange(30) % 4
    whole = triplet_module.semi_hard(triplet_module.squared_distances(embeddings), labels, 0.1)
    monkeypatch.setattr(triplet_module, "TRIPLES", 30 * 30 * 7)
    assert torch.equal(triplet_module.semi_hard(triplet_module.squared_distances(embeddings), labels, 0.1), whole)
