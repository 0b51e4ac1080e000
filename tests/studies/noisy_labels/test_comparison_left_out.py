import numpy as np

from noisy_labels_runs import compared, corpus, rating, run
from ontogeny.studies.noisy_labels.comparison.left_out import left_out

C = corpus()
RIGHT = rating(C, np.zeros(C.sizes["comment"], dtype=bool))


def lines(*runs, **analysis):
    return list(left_out(compared(runs, {"c": C}, {"r": RIGHT}, **analysis)))


def test_nothing_is_left_out_where_all_groups_have_enough_comments():
    assert lines(run(C), run(C, "oracle")) == []


def test_it_says_which_groups_networks_and_raters_are_not_judged_on():
    assert lines(run(C), run(C, "oracle"), least_comments=100_000) == [
        "corpus c, test: too few comments name green, blue: left out",
        "corpus c, templates: too few comments name green, blue: left out",
        "rater r: too few harmless comments name green, blue: without a rate",
        "rater r: too few toxic comments name green, blue: without a rate",
    ]


def test_a_group_that_no_comment_names_is_not_left_out():
    other = corpus(("red",), probes=False)
    found = compared([run(other)], {"c": other}, least_comments=100_000)
    assert [line for line in left_out(found) if line.startswith("corpus")] == [
        "corpus c, test: too few comments name red: left out"
    ]
