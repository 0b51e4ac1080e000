import pytest

from ontogeny.studies.composition.checkpoint_files import checkpoint_files


def folder_of(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("ckpt_000100.pt", 100),
        ("7.safetensors", 7),
        ("seed3_model-500.pth", 500),
        ("epoch=2-step=90.ckpt", 90),
        ("step500final.bin", 500),
        ("model.500.PT", 500),
        ("m_10kept.pt", 10),
    ],
)
def test_the_step_is_the_last_number_in_the_name(tmp_path, name, step):
    assert checkpoint_files(folder_of(tmp_path, name)) == {step: str(tmp_path / name)}


def test_steps_ascend_as_numbers_and_other_files_are_passed_over(tmp_path):
    names = ["c_9.pt", "c_10.pt", "c_100.safetensors", "notes 3.txt", "cfg.json", ".c_5.pt"]
    (tmp_path / "older_7.pt").mkdir()
    found = checkpoint_files(folder_of(tmp_path, *names))
    assert list(found.items()) == [
        (n, str(tmp_path / f"c_{n}{s}"))
        for n, s in ((9, ".pt"), (10, ".pt"), (100, ".safetensors"))
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a_1.pt", "final.pt"], "holds final.pt, which has no number in its name"),
        (["a_5.pt", "b_05.pt"], "holds a_5.pt and b_05.pt, both of step 5"),
        (["model_5.pt", "optimiser_5.pt"], "both of step 5"),
        (["ckpt_100_v2.pt", "ckpt_200_v2.pt"], "both of step 2"),
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
