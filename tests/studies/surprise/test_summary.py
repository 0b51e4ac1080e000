"""The closing lines of the study."""

import numpy as np

from ontogeny.studies.surprise.summary import summary
from parity_runs import WIDTHS, family, scaling
from surprise_runs import mixture_family, mixture_run, scaling_of

HEADLINE = "surprise: loss and abilities, from the smallest to the largest"


def lines(**found):
    """Return the columns of each line after the headline."""
    headline, *rows = summary(found)
    assert headline == HEADLINE
    return [[each.strip() for each in row.strip().split("  ") if each] for row in rows]


def test_published_models_alone_have_one_line():
    assert summary({}) == ["surprise: published models; no network was trained"]


def test_each_setting_has_a_line_with_means_over_seeds():
    parity = scaling(family(seed=0), family(seed=1), family("long", steps=16000))
    loss = parity["loss"].isel(family=slice(2)).mean("family")
    learned = parity["learned_tasks"].isel(family=slice(2)).mean("family")
    found = {row[0]: row for row in lines(parity_scaling=parity)}
    assert set(found) == {"parity", "long"}
    assert found["parity"] == [
        "parity",
        f"{len(WIDTHS)} sizes",
        f"loss {float(loss[0]):.2f} to {float(loss[-1]):.2f} nat",
        f"{float(learned[0]):.3g} to {float(learned[-1]):.3g} tasks learned",
    ]


def test_tasks_of_transformers_are_solved_when_most_problems_are():
    mixture = scaling_of(mixture_family())
    exact = mixture["exact"].sel(shots="most").isel(family=0).values
    few, many = ((exact[at] > 0.5).sum() for at in (0, -1))
    assert few < many
    ((*_, said),) = lines(mixture_scaling=mixture)
    assert said == f"{few} to {many} of {exact.shape[1]} tasks solved"


def test_a_mixture_without_tasks_has_a_loss():
    runs = mixture_family()
    for run in runs:
        run.results["evaluation"] = run.results["evaluation"].isel(task=[])
    ((_, sizes, loss),) = lines(mixture_scaling=scaling_of(runs))
    assert sizes == "9 sizes"
    assert loss.startswith("loss ")


def test_networks_that_diverged_are_counted():
    parity = scaling(family(seed=0, diverged=WIDTHS[-2:]), family(seed=1, diverged=WIDTHS[-1:]))
    ((_, sizes, *_, said),) = lines(parity_scaling=parity)
    assert sizes == "7 sizes"
    assert said == "3 networks diverged"


def test_the_loss_is_that_of_the_smallest_network_that_is_left():
    parity = scaling(family(diverged=WIDTHS[:2]))
    loss = parity["loss"].values.ravel()
    known = loss[np.isfinite(loss)]
    ((_, _, said, *_),) = lines(parity_scaling=parity)
    assert said == f"loss {known[0]:.2f} to {known[-1]:.2f} nat"


def test_a_setting_of_which_all_networks_diverged_says_so():
    parity = scaling(family(), family("lost", diverged=WIDTHS))
    mixture = scaling_of([mixture_run(width, ends_at=10) for width in (8, 16)])
    found = lines(parity_scaling=parity, mixture_scaling=mixture)
    assert ["lost", f"all {len(WIDTHS)} networks diverged"] in found
    assert ["mixture", "all 2 networks diverged"] in found
    assert len(found) == 3
