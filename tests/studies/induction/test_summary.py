import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.induction.summary import finding, summary

NAN = float("nan")
ONE = ("one", 0, 1, NAN, NAN)
TWO = ("two", 0, 2, 850.0, 1250.0)
THREE = ("three", 0, 3, 400.0, 600.0)


def compared(*runs, checkpoints=2):
    names, seeds, layers, starts, ends = zip(*runs, strict=True)
    scores = np.full((len(runs), 3), NAN)
    scores[:, :checkpoints] = 0.5
    return xr.Dataset(
        {
            "experiment_of_run": ("run", np.array(names, dtype=object)),
            "seed_of_run": ("run", np.array(seeds)),
            "layers_of_run": ("run", np.array(layers)),
            "window_start": ("run", np.array(starts)),
            "window_end": ("run", np.array(ends)),
            "score": (("run", "step"), scores),
        }
    )


SEEDS = {"one": (0, 1), "two": (0,), "three": (0,)}


def test_networks_with_a_phase_change_are_counted_and_dated():
    gone = ("gone", 0, 2, 1.0, 2.0)
    assert summary(SEEDS, compared(ONE, TWO, THREE, gone)) == (
        "",
        "induction heads formed between steps 400 and 1,250 in 2 of 2 networks of 2 to 3 layers",
    )
    assert summary(SEEDS, compared(TWO)).circuits == (
        "induction heads formed between steps 850 and 1,250 in the network of 2 layers"
    )
    assert summary(SEEDS, compared(ONE, TWO)) == summary(SEEDS, compared(TWO))
    slow = ("one", 1, 1, 300.0, 500.0)
    assert summary(SEEDS, compared(ONE, slow)).circuits.endswith("in 1 of 2 networks of 1 layer")
    assert summary(SEEDS, compared(ONE)) == ("", "")


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (
            [ONE, TWO],
            "The network of 2 layers learns to use the context in a phase change between steps 850 "
            "and 1,250; the network of one layer does not.",
        ),
        (
            [ONE, ("one", 1, 1, NAN, NAN), TWO, THREE],
            "Both networks of 2 to 3 layers learn to use the context in a phase change between "
            "steps 400 and 1,250; none of the 2 networks of one layer does.",
        ),
        (
            [ONE, TWO, ("three", 0, 2, NAN, NAN)],
            "1 of 2 networks of 2 layers learns to use the context in a phase change between steps "
            "850 and 1,250; the network of one layer does not.",
        ),
        (
            [("one", 0, 1, 20.0, 30.0), TWO],
            "Both networks learn to use the context in a phase change between steps 20 and 1,250.",
        ),
        (
            [TWO],
            "The network learns to use the context in a phase change between steps 850 and 1,250.",
        ),
        (
            [ONE],
            "The network does not learn to use the context in a phase change within its training.",
        ),
        (
            [ONE, ("two", 0, 2, NAN, NAN)],
            "None of 2 networks learns to use the context in a phase change within its training.",
        ),
    ],
)
def test_a_finding_tells_networks_apart_by_their_layers(runs, said):
    assert finding(SEEDS, compared(*runs)) == said


def test_nothing_is_said_of_networks_at_one_checkpoint():
    alone = compared(ONE, TWO, checkpoints=1)
    assert finding(SEEDS, alone) == ""
    assert summary(SEEDS, alone) == ("", "")
