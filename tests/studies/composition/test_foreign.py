from dataclasses import replace

import numpy as np
import pytest
import torch
import xarray as xr

from ontogeny.config import ConfigurationError, specification
from ontogeny.groups import group
from ontogeny.joins.outcomes import outcomes
from ontogeny.provenance import attributes
from ontogeny.representations import irreps, real_irreps
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition import stages as addition
from ontogeny.studies.composition.addition.figures.run import (
    addition_followups,
)
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Optimiser, Style, Training
from ontogeny.studies.composition.figures.experiment import seeds
from ontogeny.studies.composition.irreps.figures.run import learning
from ontogeny.studies.composition.irreps.stages import analysis, evaluation
from ontogeny.studies.composition.networks.architectures.bilinear import Bilinear
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.tied_mlp import TiedMLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.foreign import (
    parameters_of,
    read_run,
    record_of,
    steps_of_weights,
)
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network
from ontogeny.studies.composition.resolution import resolve
from ontogeny.weights import WeightsError

ARCHITECTURES = [
    MLP(6, embedding=4, hidden=3),
    Bilinear(6, hidden=3),
    Transformer.universality(6, d_model=4, heads=2, d_head=2, d_mlp=5),
    Transformer.progress_measures(6, d_model=4, heads=2, d_head=2, d_mlp=5),
]
LENS = {
    "W_E": "embed.W_E",
    "W_pos": "pos_embed.W_pos",
    "W_in": "blocks.0.mlp.W_in",
    "b_in": "blocks.0.mlp.b_in",
    "W_out": "blocks.0.mlp.W_out",
    "b_out": "blocks.0.mlp.b_out",
    "W_U": "unembed.W_U",
} | {name: f"blocks.0.attn.{name}" for name in ("W_Q", "W_K", "W_V", "W_O")}


def initial_tensors(architecture):
    return architecture.initial(torch.Generator().manual_seed(0))


def initial(architecture):
    return {name: value.numpy() for name, value in initial_tensors(architecture).items()}


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda a: type(a).__name__)
def test_our_own_names_are_known(architecture):
    parameters = initial(architecture)
    found = parameters_of(dict(reversed(parameters.items())), architecture)
    assert list(found) == list(architecture.shapes())
    for name, values in parameters.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize("architecture", ARCHITECTURES[2:])
def test_names_of_transformer_lens_are_known_and_aliases_ignored(architecture):
    parameters = initial(architecture)
    tensors = {LENS[name]: values for name, values in parameters.items()} | {
        "x_embed": parameters["W_E"],
        "y_embed": parameters["W_E"],
        "blocks.0.attn.mask": np.ones((3, 3)),
        "blocks.0.attn.IGNORE": np.array(-1e5),
        "blocks.0.attn.b_Q": np.zeros((2, 2)),
        "unembed.b_U": np.zeros(6),
    }
    found = parameters_of(tensors, architecture)
    for name, values in parameters.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("copy", ["x_embed", "y_embed"])
def test_a_copy_of_the_embedding_must_be_one(architecture, copy):
    parameters = initial(architecture)
    original = "W_E" if "W_E" in parameters else f"W_{copy[0]}"
    found = parameters_of(parameters | {copy: parameters[original]}, architecture)
    assert list(found) == list(architecture.shapes())
    for other in (parameters[original] + 1, parameters[original][1:]):
        with pytest.raises(ValueError, match=f"^{copy} differs from {original}, the embedding"):
            parameters_of(parameters | {copy: other}, architecture)


def lens(architecture, **more):
    """Return a network as TransformerLens stores it, with more tensors."""
    parameters = initial(architecture)
    return {LENS[name]: values for name, values in parameters.items()} | more


def logits_step_by_step(tensors):
    """Logits of all pairs of a TransformerLens network with every bias, position by position."""
    get = {name.rpartition(".")[2]: np.asarray(v, dtype=float) for name, v in tensors.items()}
    n, (heads, _, k) = len(get["W_E"]) - 1, get["W_Q"].shape
    biases = {"b_Q": (heads, k), "b_K": (heads, k), "b_V": (heads, k), "b_O": 1, "b_U": 1}
    biases |= {"b_in": 1, "b_out": 1}
    w = {name: np.zeros(shape) for name, shape in biases.items()} | get
    found = []
    for a in range(n):
        for b in range(n):
            x = w["W_E"][[a, b, n]] + w["W_pos"]
            r = x[2] + w["b_O"]
            for head in range(heads):
                q, keys, values = (
                    x @ w[f"W_{m}"][head] + w[f"b_{m}"][head] for m in ("Q", "K", "V")
                )
                score = np.exp(keys @ q[2] / np.sqrt(k))
                r = r + (score / score.sum()) @ values @ w["W_O"][head]
            hidden = np.maximum(r @ w["W_in"] + w["b_in"], 0)
            found.append((r + hidden @ w["W_out"] + w["b_out"]) @ w["W_U"] + w["b_U"])
    return np.array(found)


def logits_of(architecture, parameters):
    left, right = (torch.as_tensor(each) for each in np.divmod(np.arange(36), 6))
    read = {name: torch.as_tensor(values) for name, values in parameters.items()}
    return architecture.forward(read, left, right).logits.numpy()


BIASES = {
    "blocks.0.attn.b_Q": (2, 2),
    "blocks.0.attn.b_K": (2, 2),
    "blocks.0.attn.b_V": (2, 2),
    "blocks.0.attn.b_O": (4,),
}


@pytest.mark.parametrize("architecture", ARCHITECTURES[2:])
@pytest.mark.parametrize("bias", ["blocks.0.attn.b_K", "unembed.b_U"])
def test_a_bias_that_changes_no_prediction_is_left_out(architecture, bias):
    outputs = architecture.shapes()["W_U"][1]
    values = np.random.default_rng(0).normal(size=(2, 2)) if "K" in bias else np.full(outputs, 3.5)
    tensors = lens(architecture, **{bias: values})
    found = parameters_of(tensors, architecture)
    for name, expected in initial(architecture).items():
        np.testing.assert_array_equal(found[name], expected)
    theirs, ours = logits_step_by_step(tensors), logits_of(architecture, found)
    log_odds = [each - each.max(axis=1, keepdims=True) for each in (theirs, ours)]
    np.testing.assert_allclose(*log_odds, atol=1e-5)


@pytest.mark.parametrize("name", [*BIASES, "unembed.b_U"])
def test_a_bias_that_changes_predictions_is_refused(name):
    architecture = ARCHITECTURES[2]
    values = np.random.default_rng(0).normal(size=BIASES.get(name, (6,)))
    tensors = lens(architecture, **{name: values})
    without = logits_step_by_step(lens(architecture))
    changed = logits_step_by_step(tensors) - without
    changes = np.ptp(changed, axis=1).max() > 1e-3
    if name.endswith("b_K"):
        assert not changes
        parameters_of(tensors, architecture)
    else:
        assert changes
        with pytest.raises(ValueError, match=f"^{name} has no place in a Transformer and is not"):
            parameters_of(tensors, architecture)


@pytest.mark.parametrize("name", ["b_in", "b_out"])
def test_biases_of_the_mlp_are_read_by_the_setting_that_the_refusal_names(name):
    with_biases = initial(ARCHITECTURES[3]) | {name: np.ones(5 if name == "b_in" else 4, "f4")}
    with_biases["W_U"] = with_biases["W_U"][:, :6]
    tensors = {LENS[name]: values for name, values in with_biases.items()}
    with pytest.raises(ValueError, match=r"set `architecture.mlp_bias` to true"):
        parameters_of(tensors, ARCHITECTURES[2])
    found = parameters_of(tensors, replace(ARCHITECTURES[2], mlp_bias=True))
    np.testing.assert_array_equal(found[name], with_biases[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"embed.W_E": np.zeros((6, 4))}, "the embedding of the token = is missing"),
        ({"embed.W_E": np.zeros((4, 7))}, "it is the transpose"),
        ({"embed.W_E": np.zeros((7, 4), "i4")}, r"embed.W_E has whole numbers \(int32\)"),
        ({"embed.W_E": np.zeros((7, 4), "c8")}, "embed.W_E has complex numbers"),
        ({"unembed.W_U": np.zeros((4, 7))}, "set `architecture.equals_output` to true"),
        ({"blocks.0.mlp.W_in": np.zeros((5, 4))}, "it is the transpose"),
        ({"blocks.0.attn.W_Q": np.zeros((2, 2, 4))}, "it is the transpose"),
        ({"ln_final.w": np.ones(4)}, "ln_final.w is of a layer norm"),
        ({"blocks.0.ln1.b": np.zeros(4)}, "ln1.b is of a layer norm"),
        ({"W_E": np.zeros((7, 4))}, "has embed.W_E and W_E, which are two names"),
        ({"blocks.0.attn.b_K": np.full((2, 2), np.nan)}, "b_K has numbers that are not finite"),
        ({"z": np.ones(2, "c8")}, "z has no place"),
    ],
)
def test_a_transformer_is_refused_for_its_true_reason(change, message):
    with pytest.raises(ValueError, match=message):
        parameters_of(lens(ARCHITECTURES[2]) | change, ARCHITECTURES[2])


def test_counters_beside_the_parameters_are_passed_over():
    tensors = initial(ARCHITECTURES[0]) | {"n_averaged": np.array(3), "positions": np.arange(3)}
    assert set(parameters_of(tensors, ARCHITECTURES[0])) == {"W_x", "W_y", "W", "W_U"}


def trained_in_plain_torch(kind):
    """Return parameters, and losses and accuracies by split, of a network of the authors' form."""
    n, generator = 6, torch.Generator().manual_seed(0)
    shapes = {"W_x": (n, 5), "W_y": (n, 5), "W": (10, 7), "W_U": (7, n)}
    if kind == "bilinear":
        shapes = {"W_x": (n, 7), "W_y": (n, 7), "W_U": (7, n)}
    w = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    w = {name: values.requires_grad_() for name, values in w.items()}
    pairs = torch.randperm(n * n, generator=torch.Generator().manual_seed(4))
    rows = {"train": pairs[: int(0.5 * n * n)], "test": pairs[int(0.5 * n * n) :]}
    answer = torch.tensor(group("S3").table).reshape(-1)

    def logits(row):
        x, y = w["W_x"][row // n], w["W_y"][row % n]
        hidden = x * y if kind == "bilinear" else torch.relu(torch.hstack((x, y)) @ w["W"])
        return hidden @ w["W_U"]

    optimiser = torch.optim.AdamW(w.values(), lr=1e-2)
    for _ in range(30):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(logits(rows["train"]), answer[rows["train"]]).backward()
        optimiser.step()
    with torch.no_grad():
        found = {
            split: (
                float(torch.nn.functional.cross_entropy(logits(row), answer[row])),
                float((logits(row).argmax(1) == answer[row]).double().mean()),
            )
            for split, row in rows.items()
        }
    return {name: values.detach().numpy() for name, values in w.items()}, found


def of_one(product, spec, tensors):
    """The record of a single network, at the step that the specification says."""
    parameters = parameters_of(tensors, build(spec.architecture, len(product)))
    return record_of(product, spec, {spec.schedule.steps: parameters})


@pytest.mark.parametrize("kind", ["mlp", "bilinear"])
def test_losses_are_those_of_the_authors_forward_pass(kind):
    widths = {"embedding": 5, "hidden": 7} if kind == "mlp" else {"hidden": 7}
    spec = Training.model_validate(
        {"architecture": {"kind": kind} | widths, "data": {"fraction": 0.5}, "seed": 4}
    )
    parameters, expected = trained_in_plain_torch(kind)
    record = of_one(group("S3").table, spec, parameters)
    loss, accuracy = zip(*(expected[split] for split in ("train", "test")), strict=True)
    np.testing.assert_allclose(record.measures["loss"], [loss], rtol=1e-5)
    assert record.measures["accuracy"].tolist() == [[*accuracy]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W": np.zeros((8, 4))}, r"W has the shape \(8, 4\), not \(8, 3\).*another group"),
        ({"W_x": np.full((6, 4), np.nan)}, "W_x has numbers that are not finite"),
        ({"W_z": np.ones(2)}, "W_z has no place"),
    ],
)
def test_wrong_tensors_are_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        parameters_of(initial(ARCHITECTURES[0]) | change, ARCHITECTURES[0])


def test_a_tied_mlp_is_known_by_our_names_and_those_of_transformer_lens():
    architecture = TiedMLP(6, hidden=3)
    parameters = initial(architecture)
    named = {"embed.W_E": parameters["W_E"], "unembed.W_U": parameters["W_U"]}
    for tensors in (parameters, named):
        found = parameters_of(tensors, architecture)
        assert list(found) == ["W_E", "W_U"]
        assert all(found[name] is parameters[name] for name in found)


@pytest.mark.parametrize("change", [{"W_E": np.ones((5, 3))}, {"W_U": np.ones((3, 7))}])
@pytest.mark.parametrize("architecture", [TiedMLP(6, hidden=3), MLP(6, embedding=4, hidden=3)])
def test_of_networks_without_tokens_the_token_of_the_answer_is_not_blamed(architecture, change):
    if not {*change} & {*architecture.shapes()}:
        pytest.skip("it has no such parameter")
    with pytest.raises(ValueError, match="belong to another group or to other widths"):
        parameters_of(initial(architecture) | change, architecture)


def test_missing_parameters_are_named():
    parameters = initial(ARCHITECTURES[0])
    del parameters["W"]
    with pytest.raises(ValueError, match=r"lacks W of an MLP; the file has W_U \(3, 6\), W_x"):
        parameters_of(parameters, ARCHITECTURES[0])


def test_the_record_is_that_of_the_network_alone():
    spec = Training.model_validate(
        {
            "architecture": {"kind": "mlp", "embedding": 4, "hidden": 3},
            "data": {"fraction": 0.5},
            "schedule": {"steps": 70},
            "seed": 1,
        }
    )
    product = group("S3").table
    parameters = {name: np.zeros_like(v) for name, v in initial(ARCHITECTURES[0]).items()}
    record = of_one(product, spec, parameters)
    assert record.step.tolist() == [70]
    np.testing.assert_allclose(record.measures["loss"], [[np.log(6)] * 2], rtol=1e-6)
    assert record.parameters["W"].shape == (1, 8, 3)


def experiment(**fields):
    base = {"group": "S3", "architecture": {"kind": "mlp"}, "data": {"fraction": 0.5}}
    return {"experiments": {"theirs": base | fields}}


def test_a_specification_says_the_file_by_content_and_nothing_of_the_optimiser(tmp_path):
    written(tmp_path, "a.pt", "b.pt")
    files = [str(tmp_path / name) for name in ("a.pt", "b.pt")]
    settings = experiment(seeds=[5, 3], weights=files, optimiser={"weight_decay": 3})
    theirs = resolve(settings, {}).experiments["theirs"]
    assert theirs.weights_of(3) == files[1]
    training = theirs.training(3, weights="ab")
    assert training.weights == "ab"
    assert training.optimiser.weight_decay == 1.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seeds": [0, 1], "weights": "none.pt"}, "gives 1 file for 2 seeds"),
        ({"seeds": [0], "weights": ["a.pt", "b.pt"]}, "gives 2 files for 1 seed;"),
        ({"seeds": [0], "weights": "none.pt"}, "'none.pt': does not exist; correct the path"),
        (
            {"seeds": [0], "weights": "none.pt", "initial_scale": 0.1},
            "theirs.initial_scale` = 0.1: scales the initial weights of a network that is trained",
        ),
    ],
)
def test_wrong_weights_are_refused_before_any_job(fields, message):
    with pytest.raises(ValueError, match=message):
        resolve(experiment(**fields), {})


A, B = "run/a_1.pt", "run/a_2.pt"


@pytest.mark.parametrize(
    ("weights", "where"),
    [
        ([A, A], "for seeds 4 and 7"),
        ([A, "run/../run/a_1.pt"], "for seeds 4 and 7"),
        ([A, "link.pt"], "for seeds 4 and 7"),
        ([{1: A, 2: B}, {1: "c.pt", 2: B}], "for seeds 4 and 7"),
        (["run", {1: "c.pt", 2: B}], "for seeds 4 and 7"),
        (["run", "run"], "for seeds 4 and 7"),
        ([{1: A, 2: A}, {1: "c.pt", 2: B}], "for seed 4 twice"),
    ],
)
def test_a_network_that_is_given_twice_is_refused(tmp_path, monkeypatch, weights, where):
    written(tmp_path / "run", "a_1.pt", "a_2.pt")
    written(tmp_path, "c.pt")
    (tmp_path / "link.pt").symlink_to(tmp_path / A)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=f"is given {where}; give each network once"):
        resolve(experiment(seeds=[4, 7], weights=weights), {})


# Several checkpoints of one run


def written(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        torch.save(initial_tensors(MLP(6)), folder / name)
    return str(folder)


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path / "run", "ckpt_000500.pt", "ckpt_000000.pt", "ckpt_1000.pt", "cfg.json")


def test_a_folder_holds_the_checkpoints_of_a_run_by_step(folder):
    theirs = resolve(experiment(seeds=[3], weights=folder), {}).experiments["theirs"]
    assert theirs.has_steps
    assert theirs.checkpoints_of(3) == {
        0: f"{folder}/ckpt_000000.pt",
        500: f"{folder}/ckpt_000500.pt",
        1000: f"{folder}/ckpt_1000.pt",
    }
    assert list(theirs.checkpoints_of(3)) == [0, 500, 1000]


def test_a_mapping_gives_the_same_as_a_folder(folder):
    files = resolve(experiment(seeds=[3], weights=folder), {}).experiments["theirs"].weights[0]
    text = {str(step): file for step, file in reversed(files.items())}
    for given in (text, [text]):
        theirs = resolve(experiment(seeds=[3], weights=given), {}).experiments["theirs"]
        assert list(theirs.checkpoints_of(3).items()) == list(files.items())


def test_the_specification_has_every_step_with_the_digest_of_its_file(folder):
    settings = experiment(seeds=[3], weights=folder, optimiser={"weight_decay": 3})
    theirs = resolve(settings, {}).experiments["theirs"]
    training = theirs.training(3, weights={1000: "c", 0: "a", 500: "b"})
    assert [(each.step, each.sha256) for each in training.weights] == [
        (0, "a"), (500, "b"), (1000, "c"),
    ]  # fmt: skip
    assert training.schedule.steps == 1000
    assert training.optimiser.weight_decay == 3.0
    assert steps_of_weights(training) == [0, 500, 1000]
    assert Training.model_validate(specification(training)) == training


def test_a_single_checkpoint_of_known_step_is_a_single_file(tmp_path):
    folder = written(tmp_path / "run", "ckpt_70.pt")
    theirs = resolve(experiment(seeds=[3], weights=folder), {}).experiments["theirs"]
    assert not theirs.has_steps
    training = theirs.training(3, weights={70: "a"})
    assert training.weights == "a"
    assert training.schedule.steps == 70
    assert training.optimiser == Optimiser()


@pytest.mark.parametrize("steps", [999, 20_000])
def test_another_last_step_is_refused(folder, steps):
    with pytest.raises(ConfigurationError, match=f"steps` = {steps}: the last .* of step 1000"):
        resolve(experiment(seeds=[3], weights=folder, schedule={"steps": steps}), {})
    resolve(experiment(seeds=[3], weights=folder, schedule={"steps": 1000}), {})


def test_steps_in_the_defaults_are_those_of_other_experiments(folder):
    section = experiment(seeds=[3], weights=folder)
    section["defaults"] = {"schedule": {"steps": 70}}
    theirs = resolve(section, {}).experiments["theirs"]
    assert theirs.training(3, weights={1000: "c", 0: "a", 500: "b"}).schedule.steps == 1000


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({-1: "a.pt"}, "key -1, which is not a step"),
        ({0.5: "a.pt"}, r"key 0\.5, which is not a step"),
        ({"last": "a.pt"}, "key 'last', which is not a step"),
        ({500: "a.pt", "500": "b.pt"}, "gives two files for step 500"),
        ({0: None}, "gives null for step 0; give the name of a file"),
        ({}, "must give for each seed a file"),
        (5, "must give for each seed a file"),
        ([None], "must give for each seed a file"),
        ("", "has an empty name"),
        ({0: "none.pt", 5: "neither.pt"}, "'none.pt', 'neither.pt': does not exist"),
    ],
)
def test_wrong_mappings_of_steps_are_refused(weights, message):
    with pytest.raises(ConfigurationError, match=message):
        resolve(experiment(seeds=[0], weights=weights), {})


def test_a_network_of_step_0_is_no_run(tmp_path):
    folder = written(tmp_path / "run", "ckpt_0.pt")
    for weights in (folder, {0: f"{folder}/ckpt_0.pt"}):
        with pytest.raises(ConfigurationError, match="nothing but the network of step 0"):
            resolve(experiment(seeds=[0], weights=weights), {})


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    ("content", "message"), [(LFS, "is a Git LFS pointer.*`git lfs pull`"), ("", "is empty")]
)
@pytest.mark.parametrize("name", ["a_1.pt", "a_1.safetensors"])
def test_a_pointer_or_an_empty_file_is_refused_before_any_job(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content)
    for weights in (str(path), str(tmp_path), {5: str(path)}):
        with pytest.raises(ConfigurationError, match=f"weights` = '{path}': {message}"):
            resolve(experiment(seeds=[0], weights=weights), {})


def test_seeds_with_one_network_and_seeds_with_several_are_refused(folder, tmp_path):
    single = written(tmp_path / "single", "a_5.pt") + "/a_5.pt"
    for other in (single, {5: single}):
        with pytest.raises(ConfigurationError, match="one network for some seeds and several"):
            resolve(experiment(seeds=[0, 1], weights=[folder, other]), {})


def stored(record, spec, path):
    """Return the two datasets of a run as they come out of their files."""
    about = attributes("any", specification(spec), "0")
    datasets = (
        checkpoints_dataset(record, spec.architecture.kind),
        history_dataset(record, training_rows(spec, 7)),
    )
    for dataset in datasets:
        write(dataset, path, about)
        yield read(path)


def followed(record, spec, path):
    """Return all that is computed of a run on C7, along its steps."""
    named = group("C7")
    table, irreps_of = (
        table_dataset(named),
        irreps_dataset(named, irreps(named), real_irreps(named)),
    )
    run = [*stored(record, spec, path)]
    last = analysis(table, irreps_of, *run, key_similarity=0.05)
    adds = addition.analysis(table, *run)
    return {
        "history": run[1],
        "analysis": last,
        "evaluation": evaluation(table, irreps_of, *run, last),
        "addition_analysis": adds,
        "addition_evaluation": addition.evaluation(table, *run, adds),
    }


@pytest.mark.parametrize(
    "architecture",
    [
        {"kind": "mlp", "embedding": 5, "hidden": 6},
        {"kind": "transformer", "preset": "progress-measures", "d_model": 8, "heads": 2}
        | {"d_head": 4, "d_mlp": 9},
    ],
    ids=lambda settings: settings["kind"],
)
def test_checkpoints_read_from_files_give_what_the_run_itself_gives(tmp_path, architecture):
    settings = {
        "group": "C7",
        "architecture": architecture,
        "data": {"fraction": 0.6},
        "optimiser": {"learning_rate": 0.01, "weight_decay": 0.5, "device": "cpu"},
        "seeds": [2],
    }
    schedule = {"steps": 60, "checkpoints": {"per_decade": 2, "every": 20}}
    ours = resolve({"experiments": {"x": settings | {"schedule": schedule}}}, {}).experiments["x"]
    table = group("C7").table
    record = train_network(table, ours.training(2))
    for index, step in enumerate(record.step):
        network = {name: torch.tensor(v[index]) for name, v in record.parameters.items()}
        torch.save({"model": network, "step": int(step)}, tmp_path / f"ckpt_{step:04d}.pt")
    theirs = resolve({"experiments": {"x": settings | {"weights": str(tmp_path)}}}, {})
    files = theirs.experiments["x"].checkpoints_of(2)
    spec = theirs.experiments["x"].training(2, weights=dict.fromkeys(files, "0"))
    found = followed(read_run(table, spec, files), spec, tmp_path / "a.nc")
    expected = followed(record, ours.training(2), tmp_path / "a.nc")
    assert len(found["history"]["step"]) == len(record.step) > 4
    assert found["history"].sizes["update"] == 0
    assert np.isnan(found["addition_evaluation"]["slingshots"]).all()
    for name, dataset in expected.items():
        left_out = {
            "history": ["update_loss", "update"],
            "addition_evaluation": ["slingshots"],
        }.get(name, [])
        mine, theirs = dataset.drop_vars(left_out), found[name].drop_vars(left_out)
        if name == "history":  # losses of a run are computed in float32, those of files in float64
            xr.testing.assert_allclose(theirs, mine, rtol=1e-5)
        else:
            xr.testing.assert_equal(theirs, mine)
    assert np.isnan(outcomes(found["history"])["spikes"])
    addition_followups.draw(
        addition_followups.numbers(found["addition_evaluation"]),
        Style(),
        "without the losses of updates",
    )
    learning.draw(learning.numbers(found["history"], found["evaluation"]), Style(), "theirs")
    seeds.draw(seeds.numbers([found["history"]], [found["evaluation"]], [2]), Style(), "theirs")


def test_the_checkpoint_that_cannot_be_read_is_named(tmp_path):
    spec = Training.model_validate(
        {"architecture": {"kind": "mlp", "embedding": 4, "hidden": 3}, "seed": 1}
    )
    good = {name: torch.tensor(values) for name, values in initial(ARCHITECTURES[0]).items()}
    torch.save(good, tmp_path / "a.pt")
    torch.save(good | {"W": torch.zeros(3, 8)}, tmp_path / "b.pt")
    files = {0: str(tmp_path / "a.pt"), 5: str(tmp_path / "b.pt")}
    with pytest.raises(WeightsError, match=r"b\.pt: W has the shape \(3, 8\).*transpose"):
        read_run(group("S3").table, spec, files)


def test_losses_are_those_of_the_task_that_the_networks_answer():
    spec = Training.model_validate(
        {
            "architecture": {"kind": "bilinear", "hidden": 49},
            "data": {"fraction": 0.6, "labels": "difference"},
            "seed": 1,
        }
    )
    pair = np.arange(49)
    parameters = {
        "W_x": 9.0 * (pair // 7 == np.arange(7)[:, None]),
        "W_y": 1.0 * (pair % 7 == np.arange(7)[:, None]),
        "W_U": 1.0 * ((pair // 7 - pair % 7) % 7 == np.arange(7)[:, None]).T,
    }
    record = of_one(group("C7").table, spec, parameters)
    assert record.measures["accuracy"].tolist() == [[1.0, 1.0]]
