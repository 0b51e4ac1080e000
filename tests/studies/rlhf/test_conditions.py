"""How experiments depart from the others in their world."""

from ontogeny.studies.rlhf.conditions import conditions_of
from rlhf_section import changed, read


def conditions(**experiments):
    """The conditions of experiments in the world of the policies `start` and `narrow`."""
    given = {
        name: {"policy": "start", "reward": "proxy", "seeds": [seed]} | each
        for seed, (name, each) in enumerate(experiments.items())
    }
    raw = changed(("experiments", given), ("defaults", {"seeds": [0]}))
    for name in ("best", "online"):
        del raw["tranches"][name]
    del raw["preferences"]["mixture"]
    return conditions_of(read(raw))


FAST = {"optimiser": {"learning_rate": 0.01}}


def test_what_most_experiments_in_a_world_have_is_usual():
    assert conditions(a={}, b=FAST, c={}) == {"a": "", "b": "optimiser.learning_rate 0.01", "c": ""}
    assert conditions(a=FAST, b=FAST, c={})["c"] == "optimiser.learning_rate 4e-05"


def test_of_equals_the_first_is_usual():
    assert conditions(a=FAST, b={})["a"] == ""


def test_all_that_departs_is_said():
    found = conditions(
        a={},
        b={},
        c={"prompt": "harmless", "schedule": {"iterations": 3}, "ppo": {"passes": 4}},
    )
    assert sorted(found["c"].split(", ")) == [
        "ppo.passes 4", "prompt harmless", "schedule.iterations 3"
    ]  # fmt: skip


def test_what_has_a_place_of_its_own_is_no_condition():
    """Networks, rewards, penalties and seeds are told apart elsewhere."""
    found = conditions(
        a={},
        b={"policy": "narrow"},
        c={"reward": "judge", "judges": ["proxy"]},
        d={"kl_penalty": 1},
        e={"reward": "gold"},
    )
    assert {*found.values()} == {""}


def test_experiments_in_other_worlds_are_not_compared():
    assert conditions(a={}, b={"policy": "exact", "reward": "exact"} | FAST) == {"a": "", "b": ""}
