"""Jobs: what is read, and what results say of themselves."""

import json
from types import SimpleNamespace

import pytest
import xarray as xr

from ontogeny.job import PROVENANCE, Job
from ontogeny.storage import read, write


class Named(SimpleNamespace):
    """Like the lists of Snakemake whose items have names."""

    def keys(self):
        return vars(self).keys()

    def items(self):
        return vars(self).items()


def job(tmp_path, *, inputs=None, wildcards=None, spec=None):
    return Job(
        SimpleNamespace(
            input=Named(**(inputs or {})),
            output=Named(result=str(tmp_path / "result.nc"), provenance=str(tmp_path / "r.json")),
            params=SimpleNamespace(spec=spec or {"a": 1}, code="digest"),
            wildcards=Named(**(wildcards or {})),
            log=[str(tmp_path / "log")],
            rule="study_stage",
            threads=1,
        )
    )


def of_run(tmp_path, seed, **about):
    about = {"network": "mlp", "steps": 9, "configuration": json.dumps({"seed": seed})} | about
    path = tmp_path / f"{seed}.nc"
    write(xr.Dataset({"x": 1.0}), path, {"experiment": "a", "seed": seed, **about})
    return str(path)


def test_a_training_says_what_its_results_are_of(tmp_path):
    made = job(tmp_path, wildcards={"experiment": "a", "seed": "3", "world": "z"})
    made.write(xr.Dataset(attrs={"title": "T"}), "result", about={"network": "mlp"})
    found = read(tmp_path / "result.nc").attrs
    assert (found["experiment"], found["seed"], found["network"]) == ("a", 3, "mlp")
    assert found["title"] == "T"
    assert found["stage"] == "study_stage"
    assert json.loads(found["spec"]) == {"a": 1}
    assert found["code_sha256"] == "digest"
    assert found["world"] == "z"


def test_the_stage_is_the_rule_unless_the_script_says_another(tmp_path):
    """The numbers of rules for figures depend on other runs, and the bytes of results must not."""
    made = job(tmp_path)
    assert made.provenance()["stage"] == "study_stage"
    made.stage = "study_figures_run"
    assert made.provenance()["stage"] == "study_figures_run"


def test_later_stages_carry_it_along(tmp_path):
    made = job(
        tmp_path, inputs={"run": of_run(tmp_path, 0)}, wildcards={"experiment": "a", "seed": "0"}
    )
    assert float(made.inputs()["run"]["x"]) == 1
    made.write(xr.Dataset(), "result")
    found = read(tmp_path / "result.nc").attrs
    assert {key: found[key] for key in found if key not in PROVENANCE} == {
        "experiment": "a",
        "seed": 0,
        "network": "mlp",
        "steps": 9,
        "configuration": '{"seed": 0}',
    }


def test_two_results_of_one_run_are_of_that_run(tmp_path):
    own = {"measures": "sizes", "configuration": json.dumps({"seed": 0})}
    path = tmp_path / "own.nc"
    about = {"experiment": "a", "seed": 0, "network": "mlp", "steps": 9}
    write(xr.Dataset(), path, about | own)
    made = job(tmp_path, inputs={"run": of_run(tmp_path, 0), "own": str(path)})
    made.inputs()
    made.write(xr.Dataset(), "result")
    found = read(tmp_path / "result.nc").attrs
    assert (found["seed"], found["configuration"]) == (0, '{"seed": 0}')
    assert "measures" not in found


def test_of_several_runs_only_what_they_have_in_common_is_said(tmp_path):
    files = [of_run(tmp_path, 0), of_run(tmp_path, 1)]
    made = job(tmp_path, inputs={"run": files}, wildcards={"experiment": "a"})
    (first, _) = made.read("run")
    made.write(first, "result")  # a result keeps no attribute of one of them
    found = read(tmp_path / "result.nc").attrs
    assert (found["network"], found["seeds"], found["configuration"]) == ("mlp", "0, 1", "{}")
    assert "seed" not in found


def test_what_is_not_of_a_run_says_nothing_of_one(tmp_path):
    path = tmp_path / "table.nc"
    write(xr.Dataset(), path, {"group": "S3", "steps": 5})
    made = job(tmp_path, inputs={"table": str(path)})
    made.read("table")
    made.write(xr.Dataset(), "result")
    assert set(read(tmp_path / "result.nc").attrs) <= set(PROVENANCE)


def test_provenance_can_stand_beside(tmp_path):
    made = job(tmp_path, wildcards={"group": "S3"})
    made.write(xr.Dataset(attrs={"group": "S3"}), "result", beside="provenance")
    assert read(tmp_path / "result.nc").attrs == {"group": "S3"}
    assert json.loads((tmp_path / "r.json").read_text())["stage"] == "study_stage"


def test_a_job_says_on_what_machine_it_ran_outside_its_results(tmp_path, monkeypatch):
    contents = set()
    for capability in ("avx2", "default"):
        monkeypatch.setenv("ATEN_CPU_CAPABILITY", capability)
        made = job(tmp_path)
        made.write(xr.Dataset({"x": 1.0}), "result")
        made.write_to(xr.Dataset({"x": 2.0}), tmp_path / "second.nc")
        (noted,) = (tmp_path / ".made_on").iterdir()
        assert noted.name == "study_stage-result.json"
        about = json.loads(noted.read_text())
        assert about["ATEN_CPU_CAPABILITY"] == capability
        assert {"instruction_set", "numpy", "torch", "blas"} <= set(about)
        contents.add((tmp_path / "result.nc").read_bytes())
    assert len(contents) == 1


def test_runs_have_what_the_specification_says_and_one_file_of_each_input(tmp_path):
    files = [of_run(tmp_path, seed) for seed in (0, 1)]
    spec = {"runs": [{"seed": 0}, {"seed": 1}]}
    made = job(tmp_path, inputs={"run": files, "irreps": files[:1]}, spec=spec)
    runs = made.runs("run")
    assert [run.about for run in runs] == spec["runs"]
    assert [int(run.results["run"].attrs["seed"]) for run in runs] == [0, 1]
    with pytest.raises(ValueError, match="shorter"):
        made.runs()
