"""The temperature and the zero of a preference model, without which two of them do not compare."""

from collections.abc import Collection, Mapping

import numpy as np
import xarray as xr

from ontogeny.preferences import temperature
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.stages.parts import part_of, right_difference
from ontogeny.studies.rlhf.stages.probe import PARTS
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.stages.score import calibrated_scores, raw_scores

__all__ = ["calibrate", "rescored"]


def calibrate(checkpoints: xr.Dataset, probes: xr.Dataset) -> xr.Dataset:
    """Return how a preference model is calibrated, and its scores of the probes.

    A calibrated score is ``(raw - offset) / temperature``. The temperature has the least log loss
    on the part ``calibration`` of the probes; the offset is the mean raw score of all of them, so
    that the start policy scores 0.

    Parameters
    ----------
    checkpoints, probes : Dataset
        As stored.

    Returns
    -------
    Dataset
        ``temperature``, ``offset``, ``raw_s_d`` (standard deviation of raw scores over the probes),
        and ``score(side, pair)``, float32: calibrated scores of the probes.

    Raises
    ------
    ValueError
        When no pair is there to calibrate on, or a score is not finite.
    """
    raw = raw_scores(final(checkpoints), probes["tokens"].values).astype(np.float64)
    scored = probes[["chosen", "part"]].assign(raw=(("side", "pair"), raw))
    difference = right_difference(part_of(scored, PARTS, "calibration"), "raw")
    found, offset = temperature(difference), raw.mean()
    return dataset(
        {
            "temperature": variable((), found, "temperature of a preference model"),
            "offset": variable((), offset, "mean raw score of the start policy"),
            "raw_s_d": variable((), raw.std(), "standard deviation of raw scores"),
            "score": variable(
                ("side", "pair"),
                ((raw - offset) / found).astype(np.float32),
                "calibrated score of a probe",
                "nat",
            ),
        },
        {},
        title="Calibration of a preference model",
    )


def rescored(
    preferences: Mapping[str, tuple[xr.Dataset, xr.Dataset]],
    names: Collection[str],
    probes: xr.Dataset,
) -> dict[str, tuple[xr.Dataset, xr.Dataset]]:
    """Return preference models with the scores of the probes of another start policy.

    Their temperature and zero stay.

    Parameters
    ----------
    preferences : mapping of str to tuple of Dataset
        Checkpoints and calibration of each.
    names : collection of str
        Those that were calibrated on the probes of another start policy.
    probes : Dataset
        On which they are to be judged.
    """
    found = dict(preferences)
    for name in names:
        checkpoints, calibration = preferences[name]
        score = calibrated_scores(checkpoints, calibration, probes["tokens"].values)
        of_these = variable(
            ("side", "pair"), score.astype(np.float32), "calibrated score of a probe", "nat"
        )
        found[name] = checkpoints, calibration.drop_dims("pair").assign(score=of_these)
    return found
