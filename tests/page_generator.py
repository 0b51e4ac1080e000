"""The script that writes the schema and the tables of the pages, as a module."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[1]
_found = importlib.util.spec_from_file_location("generate", ROOT / "workflow" / "generate.py")
generate = importlib.util.module_from_spec(_found)
_found.loader.exec_module(generate)


def assert_variables_are_listed(**results):
    """The tables of `docs/variables.md` are those of the results of each study, by its folder."""
    text = (ROOT / "docs" / "variables.md").read_text(encoding="utf-8")
    made = generate.page(text, generate.tables(results))
    assert made == text, "run `make generated RESULTS=...` on results of config/test"
