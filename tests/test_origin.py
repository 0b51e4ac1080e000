"""Two configurations never share a folder of results without a word."""

import pytest

from ontogeny.config import ConfigurationError
from ontogeny.workflow.origin import note_origin, require_origin


def test_a_folder_belongs_to_the_files_that_it_was_made_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    require_origin("results/a", ["a.yaml"])
    note_origin("results/a", ["a.yaml"])
    require_origin("results/a", ["a.yaml"])
    require_origin("results/a", [tmp_path / "a.yaml"])
    with pytest.raises(ConfigurationError) as caught:
        require_origin("results/a", ["other/a.yaml"])
    assert str(caught.value) == (
        "results/a holds the results of a.yaml, and this is other/a.yaml; give this configuration "
        "a `name` of its own, or delete results/a/configuration.txt if both are the same "
        "configuration"
    )


def test_a_project_that_was_moved_keeps_its_results(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    monkeypatch.chdir(tmp_path / "one")
    note_origin("results/a", ["config/a.yaml", "b.yaml"])
    (tmp_path / "one").rename(tmp_path / "two")
    monkeypatch.chdir(tmp_path / "two")
    require_origin("results/a", ["config/a.yaml", "b.yaml"])
    with pytest.raises(ConfigurationError):
        require_origin("results/a", ["b.yaml", "config/a.yaml"])
