"""What the page says first of the study."""

import numpy as np
import xarray as xr

from ontogeny.studies.surprise.opened import words
from ontogeny.studies.surprise.summary import finding
from parity_runs import WIDTHS, family, scaling
from surprise_runs import mixture_family, mixture_run, scaling_of


def said_of(scaling):
    return finding(scaling, learned=0.9)


def test_without_networks_nothing_is_said():
    assert said_of({}) == ""


def test_published_models_are_counted():
    published = xr.Dataset(coords={"family": ["a"], "task": ["x", "y"]})
    assert said_of({"published_scaling": published}) == (
        "Published scores of 1 family of models on 2 tasks are compared with forecasts."
    )


def test_the_smallest_and_the_largest_networks_are_compared_by_means_over_seeds():
    parity = scaling(family(seed=0), family(seed=1))
    loss, learned, parameters = (
        parity[name].mean("family").values for name in ("loss", "learned_tasks", "parameters")
    )
    assert said_of({"parity_scaling": parity}) == (
        f"The smallest and the largest of {len(WIDTHS)} sizes of networks on sparse parities "
        f"({parameters[0]:,.0f} and {parameters[-1]:,.0f} parameters) reach a loss of "
        f"{loss[0]:.2f} and {loss[-1]:.2f} nat and learn {learned[0]:.3g} and {learned[-1]:.3g} of "
        f"{parity.sizes['task']} tasks (accuracy above 0.9)."
    )


def test_a_run_counts_its_learned_tasks_as_the_scaling_analysis_does():
    runs = family()
    learned = scaling(runs)["learned_tasks"].isel(family=0).values
    accuracy = np.stack([run.results["evaluation"]["task_accuracy"][-1] for run in runs])
    assert ((accuracy > 0.9) & (accuracy < 0.99)).any()
    for run, count in zip(runs, learned, strict=True):
        said = words({"evaluation": run.results["evaluation"]})["learned"]
        assert said == f"{count:.0f} of 64 tasks (accuracy above 0.9)"


def test_of_several_settings_the_first_is_named():
    parity = scaling(family(), family("long", steps=16000))
    assert "parameters, setting `parity`)" in said_of({"parity_scaling": parity})


def test_tasks_of_transformers_are_solved_when_most_problems_are():
    mixture = scaling_of(mixture_family())
    exact = mixture["exact"].sel(shots="most").isel(family=0).values
    few, many = ((exact[at] > 0.5).sum() for at in (0, -1))
    assert few < many
    said = said_of({"mixture_scaling": mixture})
    assert said.endswith(f"solve {few} and {many} of {exact.shape[1]} tasks (accuracy above 0.5).")
    assert "on texts" in said


def test_a_mixture_without_tasks_has_a_loss():
    runs = mixture_family()
    for run in runs:
        run.results["evaluation"] = run.results["evaluation"].isel(task=[])
    said = said_of({"mixture_scaling": scaling_of(runs)})
    assert said.endswith("nat.")
    assert "solve" not in said


def test_networks_that_diverged_are_left_out():
    parity = scaling(family(diverged=WIDTHS[:2]))
    loss = parity["loss"].values.ravel()
    known = loss[np.isfinite(loss)]
    assert f"loss of {known[0]:.2f} and {known[-1]:.2f} nat" in said_of({"parity_scaling": parity})


def test_one_size_is_told_alone():
    parity = scaling(family(diverged=WIDTHS[1:]))
    said = said_of({"parity_scaling": parity})
    assert said.startswith("Networks of ")
    assert "smallest" not in said


def test_networks_that_all_diverged_are_counted():
    mixture = scaling_of([mixture_run(width, ends_at=10) for width in (8, 16)])
    assert said_of({"mixture_scaling": mixture}) == "All 2 networks on texts diverged."
