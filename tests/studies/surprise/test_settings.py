"""Networks that differ in width alone are of one setting."""

from ontogeny.studies.surprise.config import Experiment, Network, Schedule
from ontogeny.studies.surprise.settings import members_of, setting_of


def experiment(width, steps=4000, world="parity", seeds=(0,), layers=2):
    return Experiment(
        world=world,
        network=Network(width=width, layers=layers),
        schedule=Schedule(steps=steps),
        seeds=seeds,
    )


def test_the_members_of_a_sweep_over_widths_have_its_name():
    given = {f"parity-width-{width}": experiment(width) for width in (16, 32)}
    assert setting_of(given) == dict.fromkeys(given, "parity")


def test_seeds_make_no_difference_and_all_else_does():
    given = {
        "a": experiment(16),
        "b": experiment(32, seeds=(1, 2)),
        "longer": experiment(32, steps=8000),
        "deeper": experiment(32, layers=1),
        "elsewhere": experiment(32, world="tails"),
    }
    assert members_of(given) == {
        "a": ["a", "b"],
        "longer": ["longer"],
        "deeper": ["deeper"],
        "elsewhere": ["elsewhere"],
    }


def test_what_else_is_swept_stays_in_the_name():
    given = {
        f"tails-width-{width}-world-{world}": experiment(width, world=world)
        for world in ("light", "heavy")
        for width in (16, 32)
    }
    assert set(setting_of(given).values()) == {"tails-world-light", "tails-world-heavy"}


def test_setting_of_the_same_name_are_told_apart():
    given = {
        "a-width-16": experiment(16),
        "a-width-32": experiment(32, steps=9),
        "a-width-64": experiment(64, steps=9),
    }
    assert members_of(given) == {
        "a-width-16": ["a-width-16"],
        "a-width-32": ["a-width-32", "a-width-64"],
    }
