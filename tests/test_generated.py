"""Schema and tables are those of the code; `make generated` writes them."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.known_studies import STUDIES
from page_generator import generate


def test_the_schema_is_that_of_the_code():
    assert generate.SCHEMA.read_text() == generate.schema_text(), "run `make generated`"


@pytest.mark.parametrize("path", generate.PAGES, ids=lambda path: path.stem)
def test_the_tables_of_a_page_are_those_of_the_code(path):
    text = path.read_text()
    assert generate.page(text, generate.tables({})) == text, "run `make generated`"


def marked():
    return {
        match.group(1, 2)
        for path in generate.PAGES
        for match in generate.MARKED.finditer(path.read_text())
    }


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_every_study_has_all_its_tables(study):
    wanted = {("claims", f"{study.name}.{each.name}") for each in study.claims}
    wanted |= {(kind, study.name) for kind in ("keys", "dimensions", "variables")}
    assert wanted <= marked()


def test_every_key_of_a_section_is_in_a_table():
    keys = "".join(generate.keys(name) for kind, name in sorted(marked()) if kind == "keys")
    for study in STUDIES:
        for model in (*study.swept, study.style):
            lacking = [k for k in model.model_fields if f"{k}`" not in keys and f"{k}." not in keys]
            assert not lacking, model


@pytest.mark.parametrize(
    "row",
    [
        "| `mlp` | `W` | (2 embedding, hidden) | concatenation, neuron | `nn.Linear`: ",
        "| `mlp` | `b` (`biases: true`) | (hidden) | neuron | `nn.Linear`: `NAME.bias` |",
        "| `transformer` | `W_E` | (n + 1, d_model) | token, residual | `nn.Embedding`",
    ],
)
def test_the_parameters_of_every_kind_are_in_a_table(row):
    assert row in generate.parameters("composition")


def test_all_that_is_not_in_a_table_stays():
    text = "a\n<!-- generated: dimensions shared -->\nold\n<!-- end generated -->\nb\n"
    made = generate.page(text, {"dimensions": lambda name: f"table of {name}"})
    assert made.startswith("a\n<!-- generated: dimensions shared -->\n\ntable of shared\n\n<!--")
    assert made.endswith("<!-- end generated -->\nb\n")
    assert generate.page(made, {"dimensions": lambda name: None}) == made


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("composition.analysis", "| `key_similarity` | `0.005` | A key irrep has"),
        ("composition.experiments", "| `architecture.hidden` | `128` | mlp, bilinear: Number"),
        ("composition.experiments", "| `optimiser.kind` | `adamw` | AdamW"),
        ("composition.experiments", "| `schedule.early_stop` | `null` | When to stop"),
        ("induction.corpora", "| `kind` | | One of `phrases` (Sequences"),
        ("groups.groups", "| `modulus` | `null` |"),
    ],
)
def test_a_table_of_keys_says_default_and_meaning(name, row):
    assert any(line.startswith(row) for line in generate.keys(name).splitlines())


def test_a_claim_says_its_threshold():
    (line,) = [x for x in generate.claims("induction.claims").splitlines() if "`bump`" in x]
    assert " | > 0.5 | 3 | " in line


def test_variables_are_read_from_results(tmp_path):
    about = {"long_name": "loss", "units": "nat"}
    first = xr.Dataset({"loss": ("step", np.zeros(2), about)})
    other = xr.Dataset({"loss": (("step", "split"), np.zeros((2, 1)), about), "a|b": 1.0})
    for place, dataset in {
        "x/seed0/history": first,
        "x/seed1/history": other,
        "sweeps/decay": first,
        "figures/x/seed0/learning": other,
    }.items():
        path = tmp_path / f"{place}.nc"
        path.parent.mkdir(parents=True)
        dataset.to_netcdf(path)
    text = generate.variables(tmp_path)
    assert [line for line in text.splitlines() if line.startswith("###")] == [
        "### `history.nc`",
        "### `sweeps/{sweep}.nc`",
    ]
    rows = text.split("###")[1].strip().splitlines()[2:]
    assert rows == [
        "| variable | dimensions | what it is | units |",
        "|---|---|---|---|",
        r"| `a\|b` | | | |",
        "| `loss` | step | loss | nat |",
        "| `loss` | step, split | loss | nat |",
    ]
