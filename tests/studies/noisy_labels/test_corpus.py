"""A corpus as a stored dataset: what it has, and that nobody can read it."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from comment_files import corpus, tweets, votes_spec, written
from comment_runs import SPEC, small_corpus
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.corpora.generated import (
    IDENTITIES,
    LONGEST,
    ROWS,
    generated_comments,
)
from ontogeny.studies.noisy_labels.stages.corpus import corpus_dataset, generated_corpus


def test_a_generated_corpus_has_the_parts_that_are_asked_for():
    found = small_corpus()
    sizes = [getattr(SPEC, name) for name in PARTS]
    assert_array_equal(np.bincount(found["part"].values), sizes)
    assert found["tokens"].shape == (sum(sizes), LONGEST)
    assert found["embedding"].shape == (ROWS, SPEC.features)
    assert not found["embedding"].values[:2].any()
    assert tuple(found["identity"].values) == IDENTITIES
    assert found["known"].values.all()
    assert (found["tokens"].values > 0).any(axis=1).all()
    assert found["probe_tokens"].sizes["probe"] == found.sizes["probe"] > 0
    assert "votes" not in found


def test_a_generated_corpus_is_fixed_by_its_seed():
    again, other = generated_corpus(SPEC), generated_corpus(SPEC.model_copy(update={"seed": 1}))
    assert again.identical(small_corpus())
    assert not np.array_equal(other["tokens"].values, small_corpus()["tokens"].values)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_one_kind_alone_is_refused(part):
    spec = SPEC.model_copy(update={part: 1})
    sizes = [getattr(spec, name) for name in PARTS]
    comments = generated_comments(sizes, length=LONGEST, seed=spec.seed)
    (is_toxic,) = comments.label[comments.part == PARTS.index(part)]
    kind = "harmless" if is_toxic else "toxic"
    with pytest.raises(ValueError, match=f"`{part}` = 1: the part has no {kind} comment; raise it"):
        generated_corpus(spec)


def test_a_corpus_of_files_has_votes_and_only_the_probes_that_are_given(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    read = corpus(votes_spec(file))
    found = corpus_dataset(
        read.comments, read.probes, identities=read.identities, words=read.words, features=4
    )
    assert_array_equal(found["votes"], read.comments.votes)
    assert_array_equal(found["toxic_votes"], read.comments.toxic_votes)
    assert_array_equal(found["label"], 2 * found["toxic_votes"] > found["votes"])
    assert {"probe", "collection"}.isdisjoint(found.sizes)
    assert not any(name.startswith("probe") for name in found.variables)


def test_no_variable_but_names_of_groups_and_collections_is_text(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    read = corpus(votes_spec(file))
    real = corpus_dataset(
        read.comments, read.probes, identities=read.identities, words=read.words, features=4
    )
    for found in (small_corpus(), real):
        texts = {name for name, each in found.variables.items() if each.dtype.kind not in "iufb"}
        assert texts <= {"identity", "collection"}
        assert "common" not in str(found.to_dict())
