"""Outcomes of long configurations: how they are kept, and those that are."""

import importlib.util
import json
import os
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.claims import Claim, judge, runs_needed, verdict
from ontogeny.estimates import Estimate, share
from ontogeny.known_studies import STUDIES
from ontogeny.outcomes import COLUMNS, MEASURED, made_on, rows
from ontogeny.storage import read, seal, write
from page_generator import generate

ROOT = Path(__file__).parents[1]
_found = importlib.util.spec_from_file_location("keep", ROOT / "workflow" / "keep.py")
keep = importlib.util.module_from_spec(_found)
_found.loader.exec_module(keep)

KEPT = sorted(keep.ATLAS.glob("*.nc"))
MACHINE = {"numpy": "2.4.6", "scipy": "1.17.1", "torch": "2.13.0+cpu", "blas": "openblas 0.3"}
CLAIMS = {
    claim.name: claim
    for study in STUDIES
    for each in study.claims
    for claim in import_module(each.module).CLAIMS
}
REQUIRED = {"configuration", "command", "date", "version", "source", "number_of_runs"}


def finished(folder, *, machines=("x86_64 AVX512",)):
    """The results of a configuration of three runs, with two claims of which one is measured."""
    few = {"statement": "It is.", "source": "a paper", "quantity": "share", "side": "above"}
    claims = [
        Claim("a", "A", threshold=0.5, minimum=3, measure=lambda _: share([True] * 6), **few),
        Claim("b", "B", threshold=0.5, minimum=3, measure=lambda _: share([]), **few),
    ]
    provenance = {"ontogeny_version": "0.1.0", "code_sha256": "c0de", "inputs": "{}"}
    write(
        judge(claims, xr.Dataset(), study="s"), folder / "claims.nc", provenance, identity="ab" * 32
    )
    os.utime(folder / "claims.nc", (0, 86400 * 365))
    (folder / "configuration.txt").write_text("config/a.yaml, config/b.yaml\n")
    for seed, name in enumerate(machines):
        noted = folder / "study" / "x" / f"seed{seed}" / ".made_on" / "train.json"
        noted.parent.mkdir(parents=True)
        noted.write_text(json.dumps(MACHINE | {"instruction_set": name}))
    return folder


def test_what_is_kept_says_where_it_comes_from(tmp_path):
    results = finished(tmp_path / "long", machines=("x86_64 AVX512", "aarch64 NEON"))
    path = keep.keep(results, tmp_path)
    found = read(path)
    assert path == tmp_path / "long.nc"
    assert found["claim"].values.tolist() == ["a"]
    assert found["verdict"].values.tolist() == ["holds"]
    about = {
        "configuration": "long",
        "command": "snakemake --configfile config/a.yaml config/b.yaml",
        "date": "1971-01-01",
        "version": "0.1.0",
        "source": MEASURED,
        "number_of_runs": 2,
        "processor": "aarch64 NEON, x86_64 AVX512",
        "code_sha256": "c0de",
    }
    assert about.items() <= found.attrs.items()
    assert seal(path).identity == "ab" * 32


def test_the_same_results_are_kept_in_the_same_bytes(tmp_path):
    results = finished(tmp_path / "long")
    first = keep.keep(results, tmp_path).read_bytes()
    assert keep.keep(results, tmp_path).read_bytes() == first


def test_libraries_are_named_once():
    each = MACHINE | {"instruction_set": "x86_64", "torch": ""}
    assert made_on([each, each]) == {
        "processor": "x86_64",
        "libraries": "numpy 2.4.6, openblas 0.3, scipy 1.17.1",
    }


def test_a_row_has_no_number_where_there_is_none():
    measured = [Estimate(-0.25, -0.5, 0.0, 4000), Estimate(0.5, np.nan, np.nan, 1)]
    claims = [
        Claim(name, name, "It is.", "a", "q", "below", 0.1, 3, lambda _, found=found: found)
        for name, found in zip("ab", measured, strict=True)
    ]
    table = rows(judge(claims, xr.Dataset(), study="s"))
    assert len(table[0]) == len(COLUMNS)
    assert table[0] == ["`a`", "−0.25 [−0.5, 0]", "< 0.1", "4,000", "holds", ""]
    assert table[1][:5] == ["`b`", "0.5", "< 0.1", "1", "undecided"]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
class TestKept:
    def test_it_is_small_and_says_where_it_comes_from(self, path):
        found = read(path)
        assert path.stat().st_size < 65_000
        assert found.attrs.keys() >= REQUIRED
        assert found.attrs["configuration"] == path.stem
        assert found.attrs["source"] in {MEASURED, "docs/reproduction.md"}
        files = found.attrs["command"].removeprefix("snakemake --configfile ").split()
        assert all((ROOT / file).is_file() for file in files)

    def test_its_claims_are_those_of_the_code(self, path):
        found = read(path)
        for place, name in enumerate(found["claim"].values):
            claim, stored = CLAIMS[name], found.isel(claim=place)
            for field in ("side", "threshold", "minimum", "unit"):
                assert stored[field].item() == getattr(claim, field), (name, field)

    def test_its_verdicts_follow_from_its_numbers(self, path):
        found = read(path)
        for place in range(found.sizes["claim"]):
            one = found.isel(claim=place)
            ends, threshold = one["interval"].values, one["threshold"].item()
            is_rounded = found.attrs["source"] != MEASURED and threshold in ends
            if is_rounded:
                continue  # the verdict is that of the numbers before they were rounded
            if found.attrs["source"] != MEASURED and np.isnan(one["value"].item()):
                continue  # the page gives the verdict alone
            minimum, runs = one["minimum"].item(), one["runs"].item()
            known = minimum if np.isnan(runs) else int(runs)
            estimate = Estimate(one["value"].item(), *ends.tolist(), known)
            said = verdict(estimate, side=one["side"].item(), threshold=threshold, minimum=minimum)
            assert one["verdict"].item() == said, one["claim"].item()
            assert (one["outlook"].item() == "") == (said != "undecided")
            needed = one["runs_needed"].item()
            assert np.isnan(needed) or (needed <= runs) == (said != "undecided")

    def test_it_is_a_table_of_the_page(self, path):
        page = (ROOT / "docs" / "reproduction.md").read_text(encoding="utf-8")
        assert ("outcomes", path.stem) in {
            match.group(1, 2) for match in generate.MARKED.finditer(page)
        }


def test_a_share_that_is_kept_needs_what_its_runs_say():
    """`progress-measures-sweeps`: 14 of 16 runs, by the formula of Wilson's interval."""
    found = read(keep.ATLAS / "progress-measures-sweeps.nc").sel(claim="excluded-rises-early")
    whole = share([True] * 14 + [False] * 2)
    assert found["runs_needed"].item() == runs_needed(whole, threshold=0.75, minimum=5)
