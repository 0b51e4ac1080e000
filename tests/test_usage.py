from ontogeny.joblog import MEMORY
from ontogeny.workflow.usage import lines, uses

HEADER = "s\tmax_rss\trule_name\tparams\tresources\n"


def job(folder, name, *, seconds=60, memory=100, asked="'mem_mb': 1000, 'runtime': 10", rule="a"):
    """Write the benchmark of a job; its parameters may hold a quotation mark."""
    folder.mkdir(parents=True, exist_ok=True)
    row = f"{seconds}\t{memory}\t{rule}\t{{'x': '\"y'}}\t{{{asked}, '_cores': 1}}\n"
    (folder / f"{name}.tsv").write_text(HEADER + row)


def test_the_job_nearest_to_what_it_asks_for_counts(tmp_path):
    job(tmp_path / "one/benchmarks", 0, memory=900, seconds=60)
    job(tmp_path / "two/benchmarks", 1, memory=1500, seconds=300, asked="'mem_mb': 4000")
    job(tmp_path / "two/benchmarks", 2, memory=100, seconds=540)
    assert uses(tmp_path) == {"a": {"mem_mb": (900, 1000), "runtime": (9, 10)}}


def test_rules_are_told_apart_by_their_names_and_not_by_those_of_files(tmp_path):
    job(tmp_path, 0, rule="a_train")
    job(tmp_path, 1, rule="b_train")
    assert list(uses(tmp_path)) == ["a_train", "b_train"]


def test_a_job_too_short_to_be_measured_took_nothing(tmp_path):
    job(tmp_path, 0, seconds="0.1", memory="-")
    assert uses(tmp_path)["a"]["mem_mb"] == (0, 1000)


def test_what_is_not_asked_for_does_not_count(tmp_path):
    job(tmp_path, 0, asked="'runtime': 10")
    (tmp_path / "plain.tsv").write_text("s\tmax_rss\n60\t100\n")
    assert uses(tmp_path) == {"a": {"runtime": (1, 10)}}


def test_exactly_what_is_asked_for_is_not_too_much():
    exact = {"a": {"mem_mb": (1000.0, 1000.0), "runtime": (1.0, 10.0)}}
    assert lines(exact) == (["a: 1000 of 1000 MB, 1.0 of 10 min"], False)
    more = {"a": {"mem_mb": (1001.0, 1000.0)}, "b": {"mem_mb": (1.0, 1000.0)}}
    assert lines(more) == (["a: 1001 of 1000 MB, MORE THAN ASKED FOR", "b: 1 of 1000 MB"], True)


def test_nothing_measured_is_nothing_said(tmp_path):
    assert lines(uses(tmp_path)) == ([], False)


def test_the_most_memory_in_a_log_counts_more_than_what_was_measured_now_and_then(tmp_path):
    job(tmp_path, 0, memory=900)
    told = MEMORY.format(rule="a", taken=1200, asked=1000)
    (tmp_path / "0.log").write_text(f"2026-01-01 12:00:00,000 {told}\n")
    assert uses(tmp_path) == {"a": {"mem_mb": (1200, 1000), "runtime": (1, 10)}}
    assert lines(uses(tmp_path))[1]


def test_a_line_of_a_log_that_only_speaks_of_memory_does_not_count(tmp_path):
    told = MEMORY.format(rule="a", taken=1200, asked=1000)
    (tmp_path / "0.log").write_text(f"x {told} or so\nno {told[:-4]}\n")
    assert uses(tmp_path) == {}
