"""The memory that jobs ask for grows as what they take does."""

from ontogeny.studies.surprise.checks import resolve
from ontogeny.studies.surprise.memory import run_memory, world_memory


def asked(world, **experiment):
    found = resolve(
        {"worlds": {"w": world}, "experiments": {"e": {"world": "w", "seeds": [0]} | experiment}}
    )
    return world_memory(found.worlds["w"]), run_memory(found.experiments["e"], found.worlds["w"])


PARITY = {"kind": "parity"}
MIXTURE = {"kind": "mixture", "tasks": {"sort": {"kind": "sort"}}}


def test_small_worlds_ask_for_little():
    assert max(asked(PARITY)) <= 900
    assert max(asked(MIXTURE)) <= 1500


def test_a_run_asks_for_its_minibatches_and_checkpoints():
    plain = asked(PARITY)[1]
    assert asked(PARITY, optimiser={"batch": 10**6})[1] > plain + 8 * 10**6 * 32 * 4 / 1e6
    every = {"steps": 4000, "checkpoints": {"every": 1}}
    parameters = 98 * 256
    assert (
        asked(PARITY, network={"width": 256}, schedule=every)[1] > plain + 4000 * parameters * 4e-6
    )
    assert asked(MIXTURE, network={"width": 512})[1] > 2 * asked(MIXTURE)[1]


def test_a_world_asks_for_its_text(tmp_path):
    text = tmp_path / "text"
    text.write_bytes(b"a" * 50_000_000)
    assert asked(MIXTURE | {"files": [str(text)]})[0] > 50 * 4
