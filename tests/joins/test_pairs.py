"""Runs that are compared with one another."""

import numpy as np
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.joins.pairs import chosen_disjoint, differences, disjoint_pairs, partners

BY = ("corpus_of_run", "seed_of_run")


def runs(rows, *, replicate="seed"):
    """Return runs given as corpus, replicate and loss."""
    corpus, seed, loss = zip(*rows, strict=True) if rows else ((), (), ())
    return xr.Dataset(
        {
            "corpus_of_run": ("run", np.array(corpus, dtype=object)),
            "experiment_of_run": ("run", np.array(corpus, dtype=object)),
            f"{replicate}_of_run": ("run", np.array(seed)),
            "loss": ("run", np.array(loss, dtype=np.float64)),
        }
    )


def test_a_partner_agrees_in_everything_asked_for():
    first = runs([("text", 0, 5.0), ("text", 1, 6.0), ("markov", 1, 7.0), ("other", 0, 8.0)])
    others = runs([("text", 1, 1.0), ("markov", 1, 2.0), ("text", 0, 3.0), ("text", 0, 4.0)])
    assert partners(first, others, BY).tolist() == [2, 0, 1, -1]
    np.testing.assert_array_equal(differences(first, others, "loss", BY), [2, 5, 5, np.nan])
    assert partners(first, runs([]), BY).tolist() == [-1] * 4
    assert partners(runs([]), others, BY).tolist() == []


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.randoms())
def test_what_partners_share_does_not_enter_and_their_order_does_not_matter(effects, random):
    shared = [10.0 * seed for seed in range(len(effects))]
    first = runs([("c", seed, shared[seed] + each) for seed, each in enumerate(effects)])
    rows = [("c", seed, each) for seed, each in enumerate(shared)]
    found = differences(first, runs(random.sample(rows, len(rows))), "loss", BY)
    np.testing.assert_allclose(found, effects, atol=1e-12)


ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), unique=True, max_size=10).map(
    lambda rows: [(*row, float(number)) for number, row in enumerate(rows)]
)


@given(ROWS)
def test_disjoint_pairs_are_neighbours_of_one_experiment(rows):
    found = list(disjoint_pairs(runs(rows, replicate="draw"), replicate="draw"))
    used = [float(one["loss"]) for pair in found for one in pair]
    assert len(set(used)) == len(used)
    for name in "ab":
        draws = sorted(draw for experiment, draw, _ in rows if experiment == name)
        expected = list(zip(draws[::2], draws[1::2], strict=False))
        mine = [
            (int(one["draw_of_run"]), int(other["draw_of_run"]))
            for one, other in found
            if one["experiment_of_run"].item() == other["experiment_of_run"].item() == name
        ]
        assert mine == expected


PAIRS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 2)).filter(
        lambda pair: pair[0] != pair[1]
    )
)


@given(PAIRS)
def test_chosen_pairs_are_disjoint_and_no_other_fits(pairs):
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    chosen = chosen_disjoint(table[:, :2], table[:, 2], table[:, :2] % 3)
    used = table[chosen, :2].ravel().tolist()
    assert len(set(used)) == len(used)
    assert all(set(pair) & set(used) for pair in table[:, :2].tolist())


def test_kinds_of_pairs_take_turns_and_labels_are_used_alike():
    """All pairs of twelve things are of both kinds; the first label is that of most pairs."""
    members = [(a, b) for a in range(12) for b in range(a)] * 2
    kind = [0] * 66 + [1] * 66
    labels = [[0 if a < 9 else 1] for a, _ in members]
    chosen = chosen_disjoint(members, kind, labels)
    assert [int(chosen[:66].sum()), int(chosen[66:].sum())] == [3, 3]
    assert int(np.array(labels)[chosen].sum()) == 3
