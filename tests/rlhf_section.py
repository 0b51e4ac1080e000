"""A section of the study with every kind of part, as a configuration file holds it."""

import copy

from ontogeny.studies.rlhf.study import STUDY
from ontogeny.study import Places, read_sections

SMALL = {"d_model": 8, "layers": 1, "heads": 2}
VALID = {
    "worlds": {
        "exact": {"kind": "enumerated", "vocabulary": 4, "length": 3},
        "long": {"kind": "sequences", "prompts": 2},
        "other": {"kind": "sequences", "seed": 1},
    },
    "policies": {
        "exact": {"world": "exact", "network": SMALL},
        "start": {"world": "long"},
        "narrow": {"world": "long", "network": {"d_model": 32}},
        "other": {"world": "other"},
    },
    "tranches": {
        "first": {"policy": "start"},
        "second": {"policy": "start", "draw": 1},
        "exact": {"policy": "exact"},
        "elsewhere": {"policy": "other"},
        "best": {"policy": "start", "best_of": 4, "judge": "proxy"},
        "online": {"policy": "start", "runs": ["base"], "iterations": [2, 4]},
    },
    "preferences": {
        "proxy": {"tranches": ["first"]},
        "judge": {"tranches": ["second"], "tested_on": ["first"]},
        "exact": {"tranches": ["exact"], "network": SMALL},
        "elsewhere": {"tranches": ["elsewhere"]},
        "mixture": {"tranches": ["first", "best", "online"], "seeds": [0]},
    },
    "defaults": {"schedule": {"iterations": 6}, "seeds": [0, 1]},
    "experiments": {
        "base": {"policy": "start", "reward": "proxy", "judges": ["judge"]},
        "narrow": {"policy": "narrow", "reward": "proxy"},
        "gold": {"policy": "exact", "reward": "gold", "kl_penalty": 0.3, "judges": ["exact"]},
    },
}


def changed(*changes):
    """Return the section with values at paths, such as ``("experiments/base/reward", "judge")``."""
    raw = copy.deepcopy(VALID)
    for path, value in changes:
        *above, last = path.split("/")
        node = raw
        for key in above:
            node = node.setdefault(key, {})
        node[last] = value
    return raw


def read(raw):
    return read_sections({"rlhf": copy.deepcopy(raw)}, [STUDY])[0]["rlhf"]


def plan_of(raw=VALID):
    return STUDY.plan(STUDY, read(raw), Places("test"))
