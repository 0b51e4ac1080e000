"""Generators against their definitions, and predictors against the exact ones."""

import math
import tracemalloc
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import betaln

from ontogeny.storage import StorageError, read_texts
from ontogeny.studies.induction.config import Markov, Phrases, Text
from ontogeny.studies.induction.corpora import (
    BEGINNING,
    IN_CONTEXT,
    ORIGINS,
    background,
    chains,
    encode,
    in_context,
    phrased,
    predictor_losses,
    stationary,
    tokenizer,
    words,
)
from ontogeny.studies.induction.sources import corpus_dataset, source_of
from slow_induction.corpora import kinds_of_tokens

V, K, M, P = 20, 3, 4, 0.3


@pytest.fixture(scope="module")
def chain():
    return background(V, strength=1.5, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def sequences(chain):
    rng = np.random.default_rng(1)
    return phrased(chain, rng, 400, length=60, phrases=K, phrase_length=M, start_probability=P)


def shares(length):
    """Return the probability of each origin at each index, by the process of one sequence.

    The state is how far a phrase is under way, whether it is its first use, and how many phrases
    were used up to their ends.
    """
    state = {(0, False, 0): 1.0}
    found = np.zeros((length, len(ORIGINS)))
    for index in range(length):
        after = {}

        def add(key, weight, after=after):
            after[key] = after.get(key, 0.0) + weight

        for (place, first, used), weight in state.items():
            if place:
                found[index, 2 if first else 3] += weight
                end = place + 1 == M
                add((0 if end else place + 1, first and not end, used + (end and first)), weight)
                continue
            found[index, 0] += weight * (1 - P)
            found[index, 1] += weight * P
            add((0, False, used), weight * (1 - P))
            add((1, True, used), weight * P * (K - used) / K)
            add((1, False, used), weight * P * used / K)
        state = after
    return found


def test_origins_have_their_exact_shares(sequences):
    expected = shares(60).mean(axis=0)
    measured = np.array([(sequences.origin == number).mean() for number in range(4)])
    assert_allclose(expected.sum(), 1)
    assert_allclose(measured, expected, atol=0.012)


def test_the_default_corpus_repeats_a_third_of_its_tokens():
    """Specification: 8 % of tokens inside a phrase's first use, 32 % inside a repeat."""
    spec = Phrases(sequences=512)
    corpus = corpus_dataset(spec, [])
    member = corpus["member"].mean(("sequence", "index"))
    assert float(member.sel(token_kind="repeat")) == pytest.approx(0.32, abs=0.02)
    assert float(member.sel(token_kind="first use")) == pytest.approx(0.08, abs=0.01)


def test_a_repeat_is_a_copy_of_its_first_use(sequences):
    for tokens, origin in zip(sequences.tokens[:50, 1:], sequences.origin[:50], strict=True):
        first = [
            tuple(tokens[start : start + M])
            for start in np.flatnonzero(origin == 1)
            if start + M <= len(tokens) and (origin[start + 1 : start + M] == 2).all()
        ]
        again = [
            tuple(tokens[start : start + M])
            for start in np.flatnonzero(origin == 1)
            if start + M <= len(tokens) and (origin[start + 1 : start + M] == 3).all()
        ]
        assert len(first) <= K
        assert set(again) <= set(first)


def test_the_background_follows_its_chain(chain):
    """Where no phrase starts, each token is drawn given the two before it."""
    rng = np.random.default_rng(2)
    found = phrased(
        chain, rng, 4000, length=12, phrases=1, phrase_length=2, start_probability=1e-9
    ).tokens
    before, last, coming = found[:, :-2].ravel(), found[:, 1:-1].ravel(), found[:, 2:].ravel()
    a, b = np.unravel_index(np.bincount(before * V + last, minlength=V * V).argmax(), (V, V))
    drawn = coming[(before == a) & (last == b)]
    weights = np.exp(chain.last[b, 1:] + chain.before[a, 1:])
    expected = weights / weights.sum()
    measured = np.bincount(drawn, minlength=V)[1:] / len(drawn)
    assert len(drawn) > 100
    assert_allclose(measured, expected, atol=4 * math.sqrt(0.25 / len(drawn)))
    assert found[:, 1:].min() > 0


def test_the_stationary_distribution_stays():
    matrices = np.random.default_rng(0).dirichlet(np.ones(5), size=(7, 5))
    p = stationary(matrices)
    assert_allclose(np.einsum("na,nab->nb", p, matrices), p, rtol=1e-12)
    assert_allclose(p.sum(axis=1), 1)
    assert_allclose(stationary(np.array([[0.9, 0.1], [0.3, 0.7]])), [0.75, 0.25])


def test_chains_have_states_of_equal_weight_and_rows_of_their_own():
    found = chains(np.random.default_rng(0), 3000, states=3, length=30)
    assert found.shape == (3000, 31)
    assert_array_equal(found[:, 0], 0)
    counts = np.bincount(found[:, 1:].ravel(), minlength=4)
    assert counts[0] == 0
    assert_allclose(counts[1:] / counts.sum(), 1 / 3, atol=0.02)
    # With Dirichlet(1) rows the chance of the same state twice varies between sequences.
    same = (found[:, 1:-1] == found[:, 2:]).mean(axis=1)
    assert same.std() > 0.1


def test_counts_of_pairs_predict_as_bayes_does():
    """For two states the posterior is a Beta integral over every row, in closed form."""
    tokens = np.array(list(product([0], [1, 2], [1, 2], [1, 2], [1, 2], [1, 2])))

    def evidence(states):
        counts = np.zeros((2, 2))
        for a, b in pairwise(states):
            counts[a - 1, b - 1] += 1
        return math.exp(betaln(*(counts[0] + 1)) + betaln(*(counts[1] + 1)))

    losses = predictor_losses(tokens, states=2)
    for row, loss in zip(tokens, losses[2], strict=True):
        for index in range(1, 5):
            exact = evidence(row[1 : index + 2]) / evidence(row[1 : index + 1])
            assert loss[index] == pytest.approx(-math.log(exact), rel=1e-9)


def test_counts_of_states_predict_by_the_rule_of_succession():
    tokens = np.array([[0, 1, 1, 3, 1]])
    uniform, unigram, bigram = predictor_losses(tokens, states=3)[:, 0]
    assert_allclose(uniform, math.log(3))
    assert_allclose(np.exp(-unigram), [1 / 3, 2 / 4, 1 / 5, 3 / 6])
    assert_allclose(np.exp(-bigram), [1 / 3, 1 / 3, 1 / 4, 1 / 3])


def test_more_of_the_context_predicts_better():
    tokens = chains(np.random.default_rng(3), 400, states=3, length=100)
    uniform, unigram, bigram = predictor_losses(tokens, states=3)[:, :, 50:].mean(axis=(1, 2))
    assert bigram < unigram - 0.05 < uniform - 0.1


def test_what_the_context_says_by_a_loop():
    tokens = np.random.default_rng(0).integers(0, 6, (30, 25))
    found = in_context(tokens)
    for kind, expected in kinds_of_tokens(tokens).items():
        assert_array_equal(found == IN_CONTEXT.index(kind), expected)


def by_all_pairs(tokens):
    """Return what the context says, by comparing every two positions."""
    last, coming = tokens[:, :-1], tokens[:, 1:]
    copies = (last[:, :, None] == last[:, None, :]) & np.tri(last.shape[1], k=-1, dtype=bool)
    continued = (copies & (coming[:, :, None] == coming[:, None, :])).any(axis=2)
    number = copies.sum(axis=2)
    followers = np.broadcast_to(coming[:, None, :], copies.shape)
    highest = np.where(copies, followers, -1).max(axis=2)
    lowest = np.where(copies, followers, 10**9).min(axis=2)
    return np.select([number == 0, continued, (number >= 2) & (highest == lowest)], [0, 1, 2], 3)


@pytest.mark.parametrize("seed", range(40))
def test_what_the_context_says_by_all_pairs(seed):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 6), rng.integers(2, 70)
    tokens = rng.integers(0, rng.integers(1, 9), shape)
    found = in_context(tokens)
    assert_array_equal(found, by_all_pairs(tokens))
    assert found.dtype == np.int64


def peak_memory(length):
    """Return the memory [MB] that the default corpus of phrases takes at most while it is made."""
    tracemalloc.start()
    try:
        corpus_dataset(Phrases(length=length), [])
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def test_memory_grows_with_the_length_of_the_context_and_not_with_its_square():
    short, long = peak_memory(512), peak_memory(2048)
    assert short < 30
    assert long < 4.2 * short


TEXTS = ["for x in range(3):\n    print(x)\n", "ärger über\ttabs", "for y in range(4): pass"]


def test_text_comes_back_from_its_tokens():
    model = tokenizer(TEXTS, size=290)
    assert model.get_vocab_size() == len(words(model)) == len(set(words(model))) == 290
    stream = encode(TEXTS, model)
    assert stream.min() > 0
    assert words(model)[0] == BEGINNING
    assert any(word.startswith(" ") and len(word) > 1 for word in words(model))
    spelled = "".join(model.id_to_token(int(token)) for token in stream)
    table = {model.id_to_token(n): n for n in range(290)}
    assert set(spelled) <= set("".join(table))
    from tokenizers.decoders import ByteLevel

    model.decoder = ByteLevel()
    assert model.decode(stream.tolist()) == "\n".join(TEXTS)


MODEL = tokenizer([*TEXTS, "<begin> <|endoftext|> ëẞ中文 \u00a0\u2003 \U0001f600"], size=300)
SPECIAL = [
    BEGINNING,
    "<BEGIN>",
    "<|begin|>",
    "<|endoftext|>",
    "<s>",
    "</s>",
    "[CLS]",
    "<unk>",
    "\0",
]
texts_of_all_kinds = st.lists(
    st.sampled_from(SPECIAL) | st.text(st.characters(exclude_categories=["Cs"]))
).map("".join)


@given(texts_of_all_kinds)
def test_any_text_comes_back_and_holds_no_beginning(text):
    ids = encode([text], MODEL)
    assert (ids > 0).all()
    assert MODEL.decode(ids.tolist(), skip_special_tokens=False) == text


@pytest.mark.parametrize("name", SPECIAL)
def test_the_name_of_a_special_token_in_a_text_is_plain_text(name):
    text = prose(4000).replace("alpha", name)
    spec = Text(vocabulary=300, length=24, sequences=8)
    corpus = corpus_dataset(spec, [text])
    assert corpus["stream"].values.min() > 0
    assert corpus["tokens"].values[:, 1:].min() > 0
    assert list(corpus["word"].values).count(BEGINNING) == 1
    assert str(corpus["word"].values[0]) == BEGINNING


@pytest.mark.parametrize("part", [1, 2, 5, 40])
def test_a_text_in_parts_has_the_tokens_of_the_whole(monkeypatch, part):
    text = "It's  a test:\n\n  x_1 = 'don't'\t \u2003 y\r\n中文 é <begin>  3\x1c4 ._a " * 3
    whole, model = MODEL.encode(text).ids, tokenizer([text], size=290)
    monkeypatch.setattr("ontogeny.studies.induction.corpora._text._PART", part)
    assert encode([text], MODEL).tolist() == whole
    assert tokenizer([text], size=290).get_vocab() == model.get_vocab()


def test_merged_pairs_shorten_a_text():
    small, large = (len(encode(TEXTS, tokenizer(TEXTS, size=size))) for size in (257, 300))
    assert small == len("\n".join(TEXTS).encode())
    assert large < 0.7 * small


def written(folder, **texts):
    for name, content in texts.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [str(folder / name) for name in texts]


WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho tau"
)


def prose(words, seed=0):
    """Return a text of random words in lines of twelve."""
    chosen = np.random.default_rng(seed).choice(WORDS.split(), words)
    return "".join(" ".join(chosen[n : n + 12]) + ".\n" for n in range(0, words, 12))


def test_the_evaluation_set_of_a_text_holds_no_window_twice():
    spec = Text(vocabulary=300, length=24, sequences=256)
    corpus = corpus_dataset(spec, [prose(3000)])
    assert len({tuple(row) for row in corpus["tokens"].values}) == 256


SHORT = {
    "one word": ("hello", {}, ["1 tokens, leaves 1 for training, where one window takes 24"]),
    "little held out": (
        prose(120),
        {"held_out": 0.05},
        ["holds out ", "where one window takes 24", "raise `held_out`"],
    ),
    "little for training": (
        prose(120),
        {"held_out": 0.95},
        ["for training, where one window takes 24", "lower `length` or `held_out`"],
    ),
    "few windows": (
        prose(160),
        {"vocabulary": 257, "sequences": 256},
        ["windows of 24 tokens in these: 58, asked for by `sequences`: 256"],
    ),
    "a text that repeats itself": (
        "abcdefghijk\n" * 2000,
        {"vocabulary": 257},
        ["windows of 24 tokens in these: 12, asked for by `sequences`: 16"],
    ),
    "one letter": (
        "a" * 5000,
        {"vocabulary": 257},
        ["windows of 24 tokens in these: 1, asked for by `sequences`: 16"],
    ),
}


@pytest.mark.parametrize("name", SHORT)
def test_a_text_that_is_too_short_is_refused_with_its_file_and_numbers(tmp_path, name):
    text, changes, said = SHORT[name]
    files = written(tmp_path, first=text)
    spec = Text(files=files, **{"vocabulary": 300, "length": 24, "sequences": 16} | changes)
    with pytest.raises(ValueError, match="the text of ") as refused:
        corpus_dataset(spec, read_texts(files))
    for part in (files[0], *said):
        assert part in str(refused.value)


def test_files_that_are_no_text_are_refused_by_name(tmp_path):
    files = written(tmp_path, good="good text", bad="Grüße".encode("latin-1"), empty=b"")
    assert read_texts(files[:1]) == ["good text"]
    with pytest.raises(StorageError, match=r"bad is not UTF-8: byte 0xfc at position 2 \(line 1\)"):
        read_texts(files)
    with pytest.raises(StorageError, match="empty is empty; give the file itself"):
        read_texts(files[2:])
    with pytest.raises(StorageError, match="none does not exist; correct the path"):
        read_texts([tmp_path / "none"])


def test_marks_and_line_ends_are_no_part_of_a_text(tmp_path):
    plain, dos, mark = written(
        tmp_path, plain="a\nb\n", dos="a\r\nb\r\n", mark=b"\xef\xbb\xbf" + b"a\rb\n"
    )
    assert read_texts([plain, dos, mark]) == ["a\nb\n"] * 3


SPECS = [
    Phrases(vocabulary=16, length=24, sequences=8),
    Markov(states=3, length=24, sequences=8),
    Text(vocabulary=300, length=24, sequences=8),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_a_corpus_is_fixed_by_its_specification(spec):
    texts = [prose(400, seed) for seed in range(3)]
    first, second = corpus_dataset(spec, texts), corpus_dataset(spec, texts)
    assert first.identical(second)
    other = corpus_dataset(spec.model_copy(update={"seed": 1}), texts)
    assert not np.array_equal(first["tokens"], other["tokens"])
    tokens = first["tokens"].values
    assert tokens.shape == (8, 25)
    assert_array_equal(tokens[:, 0], 0)
    fresh = source_of(first, spec)(np.random.default_rng(0), 5)
    assert fresh.shape == (5, 25)
    assert fresh.max() < first.sizes["word"]


def test_training_text_and_held_out_text_do_not_overlap():
    spec = SPECS[2].model_copy(update={"held_out": 0.5})
    lines = ["".join(chr(97 + (n * k) % 26) for k in range(1, 60)) for n in range(40)]
    corpus = corpus_dataset(spec, ["\n".join(lines)])
    stream = corpus["stream"].values
    half = round(len(stream) / 2)
    fresh = source_of(corpus, spec)(np.random.default_rng(0), 300)

    def pieces(part):
        return {tuple(row) for row in np.lib.stride_tricks.sliding_window_view(part, 24)}

    assert {tuple(row[1:]) for row in fresh} <= pieces(stream[:half])
    assert {tuple(row[1:]) for row in corpus["tokens"].values} <= pieces(stream[half:])
