"""Probes from files: sentences of templates and functional tests."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from comment_files import GROUPS, corpus, real, table, tweets, votes_spec, written
from ontogeny.csv_rows import TableError
from ontogeny.studies.noisy_labels.corpora.comments import COLLECTIONS
from ontogeny.studies.noisy_labels.corpora.probes import MOST_OF_TEMPLATE, cases, templates

SECRET = "unspeakable"
TEMPLATES = table(
    ("Text", "Label", "Template"),
    [
        ("You are an old one.", "BAD", "you"),
        ("You are a young one.", "BAD", "you"),
        ("You are a common one.", "NOT_BAD", "you"),
        ("You are an elderly one.", "BAD", "other"),
        ("You are tall people", "NOT_BAD", "other"),
        ("You are old", "NOT_BAD", "other"),
    ],
)
CASES = table(
    ("", "case_id", "test_case", "label_gold", "target_ident", "templ_id"),
    [
        (0, 1, "I see old people", "hateful", "old people", 7),
        (1, 2, "I see young people", "hateful", "young people", 7),
        (2, 3, "I see people", "non-hateful", "", "other you are"),
    ],
)


def test_templates_of_one_sentence_differ_in_the_group_alone():
    found = templates(TEMPLATES, "own.csv", GROUPS, seed=0)
    assert found.text[0] == "you are an old one"
    assert_array_equal(found.label, [True, True, False, True, False, False])
    sentence = found.sentence
    assert sentence[0] == sentence[1] != sentence[3]
    assert sentence[4] == sentence[5] != sentence[3]
    assert sentence[2] == ""


def test_no_template_has_more_rows_than_are_allowed():
    many = [(f"sentence {n}", "BAD", "many") for n in range(MOST_OF_TEMPLATE + 50)]
    few = [(f"other {n}", "NOT_BAD", "few") for n in range(5)]
    text = table(("Text", "Label", "Template"), few[:2] + many + few[2:])
    one, same, other = (templates(text, "own.csv", GROUPS, seed=seed) for seed in (1, 1, 2))
    assert one.text == same.text
    assert one.text != other.text
    assert len(one.text) == len(set(one.text)) == MOST_OF_TEMPLATE + 5
    assert sum(each.startswith("other") for each in one.text) == 5


def test_cases_have_the_sentence_of_their_template():
    found = cases(CASES, "own.csv")
    assert found.text == ("i see old people", "i see young people", "i see people")
    assert_array_equal(found.label, [True, True, False])
    assert found.sentence[0] == found.sentence[1] != found.sentence[2]
    without = cases(CASES.replace("templ_id", "other"), "own.csv")
    assert without.sentence == ("", "", "")


def test_the_probes_of_a_corpus_are_its_templates_and_its_cases(tmp_path):
    files = written(tmp_path, a_csv=tweets(120), t_csv=TEMPLATES, c_csv=CASES)
    found = corpus(votes_spec(files[0], templates=files[1], cases=files[2], length=4))
    probes = found.probes
    assert_array_equal(probes.collection, np.repeat([0, 1], [6, 3]))
    assert COLLECTIONS == ("templates", "cases")
    assert_array_equal(probes.label, [1, 1, 0, 1, 0, 0, 1, 1, 0])
    assert_array_equal(
        probes.member,
        [[1, 0, 0, 1, 0, 1, 1, 0, 0], [0, 1, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 1, 0, 0, 0, 0]],
    )
    assert_array_equal(probes.sentence, [0, 0, -1, 1, 2, 2, 3, 3, 4])
    assert probes.tokens.shape == (9, 4)
    vocabulary = {"an": found.comments.tokens[0, 2], "old": found.comments.tokens[0, 3]}
    assert_array_equal(probes.tokens[0], [1, 1, vocabulary["an"], vocabulary["old"]])


def test_a_corpus_without_files_of_probes_has_none(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    assert corpus(votes_spec(file)).probes is None


def test_probes_change_nothing_of_the_comments(tmp_path):
    files = written(tmp_path, a_csv=tweets(120), t_csv=TEMPLATES)
    one, other = corpus(votes_spec(files[0])), corpus(votes_spec(files[0], templates=files[1]))
    assert one.words == other.words
    assert_array_equal(one.comments.tokens, other.comments.tokens)


@pytest.mark.parametrize(
    ("read", "text", "old", "new", "says"),
    [
        ("templates", TEMPLATES, ",BAD", f",{SECRET}", "line 2, column `Label`: the text in it is"),
        ("templates", TEMPLATES, ",BAD", ",", "line 2, column `Label`: the empty cell is not a"),
        ("templates", TEMPLATES, ",BAD", ",1", "line 2, column `Label`: '1' is not a label; give"),
        ("templates", TEMPLATES, "You are old", "@a", "line 7, column `Text`: the text in it has"),
        ("templates", TEMPLATES, "Template", "Other", "line 1: has no column `Template`"),
        ("cases", CASES, "non-hateful", "harmless", "line 4, column `label_gold`: the text in it"),
        ("cases", CASES, "I see people", "", "line 4, column `test_case`: the empty cell has no"),
        ("cases", CASES, "label_gold", "gold", "line 1: has no column `label_gold`"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(read, text, old, new, says):
    readers = {
        "templates": lambda text: templates(text, "own.csv", GROUPS, seed=0),
        "cases": lambda text: cases(text, "own.csv"),
    }
    readers[read](text)
    with pytest.raises(TableError) as refusal:
        readers[read](text.replace(old, new, 1))
    assert str(refusal.value).startswith(f"own.csv, {says}")
    assert SECRET not in str(refusal.value)


def test_the_real_templates_and_cases_are_all_read(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    names = {"templates": real("bias_madlibs_77k.csv"), "cases": real("hatecheck.csv")}
    probes = corpus(votes_spec(file, **names)).probes
    assert_array_equal(np.bincount(probes.collection), [6564, 3728])
    harmful = probes.label[probes.collection == 1].sum()
    assert harmful == 2563
    paired = probes.sentence[probes.collection == 1]
    assert len(np.unique(paired)) == 845
