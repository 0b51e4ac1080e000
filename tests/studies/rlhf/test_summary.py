"""What the page says first of the study."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.rlhf.summary import finding

NAN = float("nan")
MODEL = ("proxy", 0.48, 0.27)
OTHER = ("proxy", 0.52, 0.33)
GOLD = ("gold", 3.02, 2.97)


def compared(*runs, models=2):
    scores = np.array([run[1:] for run in runs], dtype=float).reshape(-1, 2)
    unknown = np.full(len(runs), NAN)
    return xr.Dataset(
        {
            f"{name}_score": (("run", "role"), np.stack([values, unknown], axis=1))
            for name, values in zip(("peak", "end"), scores.T, strict=True)
        }
        | {"reward_of_run": ("run", np.array([run[0] for run in runs], dtype=object))},
        {"role": ["gold", "train"], "preference_model": [f"m{each}" for each in range(models)]},
    )


ONE = (
    "Trained against a preference model, the policy reaches a true score of 0.48 at the peak and "
    "0.27 at the end"
)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([MODEL], f"{ONE}."),
        (
            [GOLD, MODEL],
            f"{ONE}; trained against the true score itself, the policy reaches a true score of "
            "3.02 at the peak and 2.97 at the end.",
        ),
        (
            [MODEL, OTHER],
            "Trained against a preference model, 2 policies reach a true score of 0.50 at the peak "
            "and 0.30 at the end, on average.",
        ),
        ([("proxy", NAN, NAN)], ""),
    ],
)
def test_a_finding_has_the_true_scores_by_what_policies_are_trained_against(runs, said):
    assert finding(compared(*runs)) == said


def test_without_policies_the_preference_models_are_counted():
    assert finding(compared(models=1)) == "No policy was trained against the 1 preference model."
    assert finding(compared(models=0)) == ""
