import numpy as np
import pytest
import safetensors.torch
import torch

from ontogeny.weights import WeightsError, read_weights

TENSORS = {"W": torch.arange(6.0).reshape(2, 3), "b": torch.zeros(3), "mask": torch.ones(2).bool()}


def saved(folder, name, tensors):
    path = folder / name
    if path.suffix == ".safetensors":
        safetensors.torch.save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path


@pytest.mark.parametrize("name", ["a.pt", "a.safetensors"])
def test_floating_tensors_are_read_by_name(tmp_path, name):
    found = read_weights(saved(tmp_path, name, TENSORS))
    assert set(found) == {"W", "b"}
    np.testing.assert_array_equal(found["W"], TENSORS["W"].numpy())
    assert found["W"].dtype == np.float32


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float64])
def test_other_precisions_lose_nothing(tmp_path, kind):
    values = torch.tensor([0.1, -3.0], dtype=kind)
    found = read_weights(saved(tmp_path, "a.safetensors", {"W": values}))
    np.testing.assert_array_equal(found["W"].astype("f8"), values.double().numpy())


class Evil:
    def __reduce__(self):
        return (print, ("code of the file runs",))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"W": Evil()}, "would run code of its own"),
        ([torch.zeros(2)], "holds no state dict"),
        ({"step": 3}, "holds no state dict"),
    ],
)
def test_what_is_no_state_dict_is_refused_and_never_run(tmp_path, capsys, content, reason):
    path = saved(tmp_path, "a.pt", content)
    with pytest.raises(WeightsError, match=reason) as caught:
        read_weights(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "code of the file runs" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a.pt", "a.safetensors"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_cut_file_is_refused_in_one_line(tmp_path, name, share):
    path = saved(tmp_path, name, TENSORS)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WeightsError, match=str(path)) as caught:
        read_weights(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match="no such file; correct `weights`"):
        read_weights(tmp_path / "a.pt")
