from ontogeny.summaries import duration, span, study_lines, summary


def test_a_summary_has_studies_paths_and_time():
    text = summary([["One study.", "  a  1 of 1"], ["Another."]], ["results/x.png"], seconds=61.0)
    assert text == (
        "\nOne study.\n  a  1 of 1\n\nAnother.\n\nLook first at\n  results/x.png\n\n"
        "Finished in 1 min 1 s.\n"
    )


def test_nothing_is_said_of_what_is_not_known():
    assert summary([["One study."]], []) == "\nOne study.\n"


def test_columns_are_aligned_and_names_stay_text():
    rows = [("1e3", "10 of 10", "step 5"), ("longer", "0 of 1", "")]
    assert study_lines("Headline", rows) == [
        "Headline",
        "  1e3     10 of 10  step 5",
        "  longer  0 of 1",
    ]


def test_of_many_experiments_the_first_are_shown():
    lines = study_lines("Headline", [(f"e{number}", "1 of 1", "") for number in range(15)])
    assert len(lines) == 14
    assert lines[-1] == "  and 3 more experiments"


def test_steps_are_a_median_with_a_range():
    assert span([1600.0]) == span([1600.0, 1600.0]) == "step 1,600"
    assert span([2000.0, 1500.0]) == "step 1,750 (1,500 to 2,000)"
    assert span([30.0, 10.0, 20.0]) == "step 20 (10 to 30)"


def test_times_are_in_words():
    assert [duration(t) for t in (0.2, 59.6, 3599.0, 3600.0)] == [
        "0 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 0 min",
    ]
