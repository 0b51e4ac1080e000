"""The source of the Python standard library as a text."""

from ontogeny.texts.library import source_texts, standard_library


def test_sources_are_read_in_the_encoding_that_they_declare(tmp_path, monkeypatch):
    source = "# -*- coding: latin-1 -*-\nname = 'Grüße'\n"
    (tmp_path / "module.py").write_bytes(source.encode("latin-1"))
    (tmp_path / "empty.py").touch()
    monkeypatch.setattr("sysconfig.get_paths", lambda: {"stdlib": str(tmp_path)})
    assert source_texts() == ["", source]


def test_the_standard_library_is_there_without_its_tests():
    names = {path.name for path in standard_library()}
    assert {"argparse.py", "dataclasses.py"} <= names
    assert not [path for path in standard_library() if "test" in path.parts]
