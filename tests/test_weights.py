import pickle
import zipfile
from argparse import Namespace

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


@pytest.mark.parametrize(
    "kind", [torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float16]
)
def test_narrow_precisions_are_widened_without_loss(tmp_path, kind):
    values = torch.tensor([0.1, -3.0, 0.0]).to(kind)
    found = read_weights(saved(tmp_path, "a.pt", {"W": values}))
    np.testing.assert_array_equal(found["W"], values.double().numpy())
    assert found["W"].dtype == np.float32


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.W = torch.nn.Parameter(TENSORS["W"].clone())
        self.b = torch.nn.Parameter(TENSORS["b"].clone())
        self.register_buffer("mask", TENSORS["mask"])


def prefixed(prefix, tensors):
    return {prefix + name: tensor for name, tensor in tensors.items()}


WAYS = {
    "state_dict": lambda network: network.state_dict(),
    "state_dict(keep_vars=True)": lambda network: network.state_dict(keep_vars=True),
    "named_parameters": lambda network: dict(network.named_parameters()),
    "model": lambda network: {"model": network.state_dict(), "epoch": 5, "args": {"lr": 1e-3}},
    "state_dict beside an optimiser": lambda network: {
        "state_dict": network.state_dict(),
        "optimizer": torch.optim.AdamW(network.parameters()).state_dict(),
        "loss": torch.tensor(0.5),
    },
    "model_state_dict": lambda network: {"model_state_dict": network.state_dict(), "step": 3},
    "among plain entries": lambda network: network.state_dict() | {"step": 3, "hook_dict": None},
    "DataParallel": lambda network: torch.nn.DataParallel(network).state_dict(),
    "torch.compile": lambda network: prefixed("_orig_mod.", network.state_dict()),
    "both": lambda network: prefixed("module._orig_mod.", network.state_dict()),
    "both, the other way": lambda network: prefixed("_orig_mod.module.", network.state_dict()),
    "averaged": lambda network: torch.optim.swa_utils.AveragedModel(network).state_dict(),
    "Lightning": lambda network: {
        "state_dict": prefixed("model._orig_mod.", network.state_dict()),
        "pytorch-lightning_version": "2.0",
    },
    "sparse": lambda network: network.state_dict() | {"W": TENSORS["W"].to_sparse()},
    "transposed view": lambda network: network.state_dict() | {"W": TENSORS["W"].T.clone().T},
    "double": lambda network: network.double().state_dict(),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_save_a_network_gives_its_tensors(tmp_path, way):
    found = read_weights(saved(tmp_path, "a.pt", WAYS[way](Network())))
    assert set(found) - {"n_averaged"} == {"W", "b"}
    for name in ("W", "b"):
        np.testing.assert_array_equal(found[name], TENSORS[name].numpy())


@pytest.mark.parametrize(("name", "other"), [("a.pt", "b.safetensors"), ("a.safetensors", "b.pt")])
def test_the_content_says_what_a_file_is_and_not_its_name(tmp_path, name, other):
    path = saved(tmp_path, name, TENSORS).rename(tmp_path / other)
    np.testing.assert_array_equal(read_weights(path)["W"], TENSORS["W"].numpy())


def test_whole_and_complex_numbers_keep_their_type_for_the_reader_to_judge(tmp_path):
    tensors = {"W": torch.ones(2, dtype=torch.int32), "z": torch.ones(2, dtype=torch.complex64)}
    found = read_weights(saved(tmp_path, "a.pt", tensors))
    assert {name: values.dtype.str for name, values in found.items()} == {"W": "<i4", "z": "<c8"}


class Evil:
    def __reduce__(self):
        return (print, ("code of the file runs",))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"W": Evil()}, "would run code of its own"),
        (Network(), r"holds .*Network, and would run code of its own"),
        ({"model": TENSORS, "args": Namespace(lr=1)}, r"holds argparse\.Namespace"),
        ({"W": np.zeros(2)}, "holds NumPy arrays or numbers"),
        ({"W": torch.zeros(2), "lr": np.float64(1)}, "holds NumPy arrays or numbers"),
        ([torch.zeros(2)], "holds no state dict, that is tensors by name, but a list"),
        (torch.zeros(2), "but a tensor"),
        ({"step": 3}, r"but 'step' \(an int\)"),
        ({}, "but nothing"),
        ({"model": {}}, "but nothing under 'model'"),
        ({"model": {"state_dict": TENSORS}}, r"but 'state_dict' \(a mapping\) under 'model'"),
        ({"net": TENSORS}, r"but 'net' \(a mapping\)"),
        ({0: TENSORS, 100: TENSORS}, r"but 0 \(a mapping\), 100.*a file of its own"),
        ({"model": TENSORS, "state_dict": TENSORS}, "holds model and state_dict, any of which"),
        ({"model": TENSORS, "model_ema": TENSORS}, "holds model and model_ema, any of which"),
        ({"model": TENSORS, "W_x": torch.zeros(2, 2)}, "holds model and W_x, any of which"),
        ({"model": TENSORS, "W": torch.zeros(2, 3)}, "holds model and W, any of which"),
        ({"model": {"c": torch.zeros(2)}, "c": torch.zeros(2, 3)}, "holds model and c, any of"),
        ({"model": TENSORS, "net.weight": torch.zeros(2, 2)}, "holds model and net.weight, any of"),
        ({"model": TENSORS, "module.e": torch.zeros(2, 2)}, "holds model and module.e, any of"),
        ({"module.W": torch.zeros(2), "b": torch.zeros(2)}, "prefix 'module.' and others without"),
        ({"W": torch.zeros(2, device="meta")}, "W is on the meta device"),
    ],
)
def test_what_is_no_state_dict_is_refused_and_never_run(tmp_path, capsys, content, reason):
    path = saved(tmp_path, "a.pt", content)
    with pytest.raises(WeightsError, match=reason) as caught:
        read_weights(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "code of the file runs" not in capsys.readouterr().out


def content_of(folder, name):
    """Return the bytes of a file that is not what torch.save or safetensors writes."""
    path = folder / "content"
    match name:
        case "npz":
            np.savez(folder / "content.npz", W=np.zeros(2))
            path = folder / "content.npz"
        case "npy":
            np.save(folder / "content.npy", np.zeros(2))
            path = folder / "content.npy"
        case "pickle":
            path.write_bytes(pickle.dumps({"W": np.zeros(2)}))
        case "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("readme.txt", "hello")
        case "lfs":
            path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 1\n")
        case text:
            path.write_text(text)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("npz", r"is a NumPy archive \(\.npz\)"),
        ("npy", r"is a NumPy array \(\.npy\)"),
        ("pickle", "is a plain pickle"),
        ("zip", r"is an archive of other files \(readme\.txt\)"),
        ("lfs", "is a Git LFS pointer.*git lfs pull"),
        ("<!DOCTYPE html><html></html>", "is a web page"),
        ("", "is empty"),
    ],
)
def test_files_of_other_kinds_are_called_what_they_are(tmp_path, suffix, kind, reason):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content_of(tmp_path, kind))
    with pytest.raises(WeightsError, match=f"^{path}: {reason}"):
        read_weights(path)


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
    with pytest.raises(WeightsError, match=r"a\.pt: does not exist; correct the path"):
        read_weights(tmp_path / "a.pt")


@pytest.mark.parametrize("losses", [torch.zeros(5), torch.zeros(100, 2)])
def test_losses_and_pairs_beside_a_network_are_ignored(tmp_path, losses):
    beside = {"epoch": 5, "loss": torch.tensor(0.5), "losses": losses, "lr": 1e-3}
    beside["train_pairs"] = torch.zeros(25, 2)
    path = saved(tmp_path, "a.pt", {"model": TENSORS, "optimizer": {"state": {0: {}}}} | beside)
    assert sorted(read_weights(path)) == ["W", "b"]


def test_a_flipped_bit_is_found_though_pytorch_ignores_it(tmp_path):
    path = tmp_path / "m.pt"
    torch.save({"W_x": torch.ones(64, 8), "W_y": torch.zeros(64, 8)}, path)
    content = bytearray(path.read_bytes())
    place = content.index(np.ones(512, dtype=np.float32).tobytes())
    content[place + 700] ^= 1
    path.write_bytes(content)
    assert torch.load(path)["W_x"].shape == (64, 8)
    with pytest.raises(WeightsError, match=r"m\.pt.* is damaged: .* differs from its checksum"):
        read_weights(path)
