"""What the page says first of the study."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.rlhf.summary import finding

NAN = float("nan")
MODEL = ("proxy", 0.48, 0.27, 1.35, 1.35)
OTHER = ("proxy", 0.52, 0.33, 1.45, 1.25)
STILL_RISING = ("proxy", 0.48, 0.48, 0.62, 0.62)
GOLD = ("gold", 3.02, 2.97, NAN, NAN)
START = (0.02, 0.05)
"""Scores of the start policy: the true one, and that by the model."""


def compared(*runs, models=2):
    scores = np.array([run[1:] for run in runs], dtype=float).reshape(-1, 2, 2)
    return xr.Dataset(
        {
            f"{name}_score": (("run", "role"), scores[:, :, at])
            for at, name in enumerate(("peak", "end"))
        }
        | {"start_score": (("run", "role"), np.tile(START, (len(runs), 1)))}
        | {"reward_of_run": ("run", np.array([run[0] for run in runs], dtype=object))},
        {"role": ["gold", "train"], "preference_model": [f"m{each}" for each in range(models)]},
    )


ONE = (
    "Trained against a preference model, the policy gains 1.30 nat by that model, but in true "
    "score 0.46 nat at the peak and 0.25 nat at the end, which is over-optimisation"
)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([MODEL], f"{ONE}."),
        (
            [GOLD, MODEL],
            f"{ONE}; trained against the true score itself, the policy gains 3.00 nat at the "
            "peak and 2.95 nat at the end.",
        ),
        (
            [MODEL, OTHER],
            "Trained against a preference model, 2 policies gain 1.25 nat by that model, but in "
            "true score 0.48 nat at the peak and 0.28 nat at the end, on average, which is "
            "over-optimisation.",
        ),
        (
            [STILL_RISING],
            "Trained against a preference model, the policy gains 0.57 nat by that model, in true "
            "score 0.46 nat at the peak and 0.46 nat at the end.",
        ),
        ([("proxy", *[NAN] * 4)], ""),
    ],
)
def test_a_finding_has_the_true_scores_by_what_policies_are_trained_against(runs, said):
    assert finding(compared(*runs)) == said


def test_without_policies_the_preference_models_are_counted():
    assert finding(compared(models=1)) == "No policy was trained against the 1 preference model."
    assert finding(compared(models=0)) == ""
