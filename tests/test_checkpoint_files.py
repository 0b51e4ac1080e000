import pytest

from ontogeny.checkpoint_files import checkpoint_files


def folder_of(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("ckpt_000100.pt", 100),
        ("7.safetensors", 7),
        ("checkpoint-500.pth", 500),
        ("best - 500.pth", 500),
        ("epoch=2-step=90.ckpt", 90),
        ("seed3_loss0.5_global_step_90.pt", 90),
        ("step500final.bin", 500),
        ("model.500.PT", 500),
        ("m_10kept.pt", 10),
    ],
)
def test_the_step_is_the_last_number_in_the_name(tmp_path, name, step):
    assert checkpoint_files(folder_of(tmp_path, name)) == {step: str(tmp_path / name)}


def test_steps_ascend_as_numbers_and_other_files_are_passed_over(tmp_path):
    names = ["c_9.pt", "c_10.pt", "c_100.pt", "notes 3.txt", "cfg.json", ".c_5.pt"]
    (tmp_path / "older_7.pt").mkdir()
    found = checkpoint_files(folder_of(tmp_path, *names))
    assert list(found.items()) == [(n, str(tmp_path / f"c_{n}.pt")) for n in (9, 10, 100)]


@pytest.mark.parametrize(
    ("names", "steps"),
    [
        (["epoch=3-step=1000.pt", "epoch=4-step=2000.pt"], [1000, 2000]),
        (["seed3_ckpt_100.pt", "seed3_ckpt_200.pt"], [100, 200]),
        (["seed3_000100.pt", "seed3_000200.pt"], [100, 200]),
        (["2024-01-05_ckpt_100.pt", "2024-01-05_ckpt_2000.pt"], [100, 2000]),
    ],
)
def test_of_several_numbers_the_last_is_the_step_where_it_is_plain(tmp_path, names, steps):
    assert list(checkpoint_files(folder_of(tmp_path, *names))) == steps


@pytest.mark.parametrize(
    "names",
    [
        ["ckpt_100_seed.3.pt"],
        ["ckpt_100_v2.pt", "ckpt_200_v2.pt"],
        ["run1_100.5.pt", "run2_200.6.pt"],
        ["run1-ckpt100.pt", "run2-ckpt200.pt"],
        ["step1-ckpt100.pt", "step1-ckpt200.pt"],
        ["step100_seed_a3.pt", "step200_seed_a3.pt"],
        ["run1-ckpt100.pt"],
    ],
)
def test_of_several_numbers_none_is_guessed(tmp_path, names):
    with pytest.raises(ValueError, match=r"several numbers|not plainly a step") as caught:
        checkpoint_files(folder_of(tmp_path, *names))
    assert str(caught.value).endswith("give a mapping of steps to files")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ckpt_100(1).pt", "ckpt_100.pt"),
        ("ckpt_100 copy 2.pt", "ckpt_100.pt"),
        ("ckpt_100.pt", "optimizer_200.pt"),
        ("ckpt_100.pt", "ckpt_200.safetensors"),
    ],
)
def test_names_that_differ_in_more_than_numbers_are_refused(tmp_path, first, second):
    with pytest.raises(ValueError, match="differ in more than numbers") as caught:
        checkpoint_files(folder_of(tmp_path, first, second))
    assert f"holds {first} and {second}, whose" in str(caught.value)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a_1.pt", "final.pt"], "holds final.pt, which has no number in its name"),
        (["a_5.pt", "a_05.pt"], "holds a_05.pt and a_5.pt, both of step 5"),
        (["ckpt_10_000.pt", "ckpt_20_500.pt"], "10_000.pt, whose last number is not plainly a st"),
        (["1_000_000.pt"], "whose last number is not plainly a step"),
        (["ckpt_-1.pt"], "ckpt_-1.pt, whose last number is not plainly a step"),
        (["-1.pt"], "whose last number is not plainly a step"),
        (["ckpt_100_seed3.pt", "ckpt_100_seed4.pt"], "whose last number is not plainly a step"),
        (["model-00001-of-00002.safetensors"], "by its name is a part of a network"),
        (["m_1.5.pt"], r"m_1\.5\.pt, whose last number is not plainly a step"),
        (["m_1e3.pt"], "m_1e3.pt, whose last number is not plainly a step"),
        (["m_10k.pt"], "m_10k.pt, whose last number is not plainly a step"),
        (["9" * 20 + ".pt"], "whose last number is not plainly a step"),
        (["cfg.json"], r"holds no checkpoints.*\.safetensors"),
        ([], "holds no checkpoints"),
    ],
)
def test_a_step_that_is_missing_repeated_or_ambiguous_is_refused(tmp_path, names, message):
    with pytest.raises(ValueError, match=message):
        checkpoint_files(folder_of(tmp_path, *names))
