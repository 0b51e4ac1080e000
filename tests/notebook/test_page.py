"""The code on the page about notebooks runs."""

import re
from pathlib import Path

import matplotlib as mpl

from opened_runs import stored

PAGE = Path(__file__).parents[2] / "docs" / "notebook.md"
RUN = "results/atlas/composition/c59-transformer/seed0"


def test_the_code_of_the_page_runs(tmp_path, monkeypatch):
    stored(tmp_path, RUN)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    assert len(blocks) == 6
    names = {}
    with mpl.rc_context({"backend": "agg"}):
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), names)
    assert (tmp_path / "progress.png").stat().st_size > 10_000
    assert len(names["table"]) == 1
    assert names["first"].equals(names["run"])
    assert names["wide"].get_size_inches()[0] == 9
