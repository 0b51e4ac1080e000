"""The measures of heads by TransformerLens, where it is installed: a second implementation.

Its transformers with positions of the kind "shortformer" are those of the study without MLPs and
smeared keys: positions are added after the normalisation, and values do not see them. Its
processing of weights multiplies matrices by the gains before them and takes off the means. It would
multiply positions by the gains too, so only measures of weights are taken from processed weights;
patterns, losses and results are those of the weights as they are.
"""

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

import induction_networks as made
from ontogeny.networks.decoder import Activations, Transformer, next_token_loss, sinusoids
from ontogeny.studies.induction import runs
from ontogeny.studies.induction.analysis.attribution import logit_attribution
from ontogeny.studies.induction.analysis.circuits import (
    COMPOSITIONS,
    circuits,
    composition_scores,
    ov_eigenvalue_scores,
)
from ontogeny.studies.induction.analysis.heads import earlier_copies, matching, previous_token
from ontogeny.studies.induction.analysis.knock_outs import single_knock_outs
from ontogeny.studies.induction.analysis.probes import candidates, repeated_tokens
from ontogeny.studies.induction.config import Phrases, Training
from ontogeny.studies.induction.sources import corpus_dataset, source_of

lens = pytest.importorskip("transformer_lens")
theirs = pytest.importorskip("transformer_lens.head_detector")

assert_same = partial(assert_allclose, rtol=1e-9, atol=1e-12)
TOKENS = torch.from_numpy(repeated_tokens(candidates(made.V), np.random.default_rng(0), 4))
CORPUS = Phrases(
    vocabulary=32, length=48, sequences=64, phrases=2, phrase_length=6, start_probability=0.6
)
DATA = corpus_dataset(CORPUS, [])
SEQUENCES = torch.from_numpy(DATA["tokens"].values.astype(np.int64))
REPEATED = torch.from_numpy(
    repeated_tokens(candidates(CORPUS.vocabulary), np.random.default_rng(0), 4)
)
FOLDED = {"fold_ln": True, "center_writing_weights": True}


@dataclass(frozen=True)
class Both:
    """A network, its copy in TransformerLens, and what each computes of the same tokens."""

    shape: Transformer
    parameters: dict
    clean: Activations
    model: object
    seen: object
    tokens: torch.Tensor


def random_network():
    """Return a network of three layers with normal weights and unequal gains."""
    shape = Transformer(CORPUS.vocabulary, layers=3, d_model=32, heads=4)
    generator = torch.Generator().manual_seed(0)
    found = shape.initial(generator)
    for name in ("gain", "gain_final"):
        found[name] += 0.5 * torch.randn(found[name].shape, generator=generator)
    return shape, found


@cache
def trained_network():
    """Return a network of two layers that has been trained until it has induction heads."""
    spec = Training.model_validate(
        {
            "network": {"layers": 2, "d_model": 32, "heads": 2},
            "optimiser": {"batch": 16, "learning_rate": 1e-2, "warm_up": 20},
            "schedule": {"steps": 400, "checkpoints": {"every": 400}},
            "seed": 0,
        }
    )
    source = source_of(DATA, CORPUS)
    record = runs.train_network(source, SEQUENCES.numpy(), spec, vocabulary=CORPUS.vocabulary)
    last = {name: torch.from_numpy(values[-1]) for name, values in record.parameters.items()}
    return runs.build(spec.network, CORPUS.vocabulary), last


def hooked(shape, parameters, *, length, **processing):
    """Return a network as TransformerLens has it, with its weights processed as requested."""
    model = lens.HookedTransformer(
        lens.HookedTransformerConfig(
            n_layers=shape.layers,
            n_heads=shape.heads,
            d_model=shape.d_model,
            d_head=shape.d_head,
            d_vocab=shape.vocabulary,
            n_ctx=length,
            attn_only=True,
            normalization_type="LN",
            positional_embedding_type="shortformer",
            use_attn_result=True,
            dtype=torch.float64,
            device="cpu",
            seed=0,
        )
    )
    state = {
        "embed.W_E": parameters["W_E"],
        "pos_embed.W_pos": sinusoids(length, shape.d_model),
        "ln_final.w": parameters["gain_final"],
        "unembed.W_U": parameters["W_U"],
    }
    for layer in range(shape.layers):
        state[f"blocks.{layer}.ln1.w"] = parameters["gain"][layer]
        for name in ("W_Q", "W_K", "W_V", "W_O"):
            state[f"blocks.{layer}.attn.{name}"] = parameters[name][layer]
    nothing = dict.fromkeys(("fold_ln", "center_writing_weights", "center_unembed"), False)
    state = {name: value.double().clone() for name, value in state.items()}
    model.load_and_process_state_dict(state, **(nothing | processing))
    model.to_tokens = lambda tokens: tokens  # for detect_head(), which else asks for text
    return model.requires_grad_(requires_grad=False)


@pytest.fixture(scope="module", params=[random_network, trained_network])
def both(request):
    shape, parameters = request.param()
    parameters = {name: value.double() for name, value in parameters.items()}
    tokens = SEQUENCES[:4]
    model = hooked(shape, parameters, length=REPEATED.shape[1] + 1)
    _, seen = model.run_with_cache(tokens[:, :-1])
    clean = shape.forward(parameters, tokens[:, :-1])
    return Both(shape, parameters, clean, model, seen, tokens)


def folded(both, **processing):
    """Return the copy whose weights include the gains and whose means over the stream are 0."""
    return hooked(both.shape, both.parameters, length=2, **FOLDED, **processing)


def test_losses_patterns_and_results_are_the_same(both):
    loss = both.model(both.tokens, return_type="loss", loss_per_token=True)
    assert_same(next_token_loss(both.clean.logits, both.tokens[:, 1:]), loss)
    for layer, pattern in enumerate(both.clean.patterns):
        assert_same(both.clean.streams[layer], both.seen["resid_pre", layer])
        assert_same(pattern, both.seen["pattern", layer])
    results = [
        torch.einsum("bhte,hed->hbtd", mixed, weights)
        for mixed, weights in zip(both.clean.mixed, both.parameters["W_O"], strict=True)
    ]
    assert_same(torch.cat(results), both.seen.stack_head_results())


def detected(both, tokens, name):
    """Return the score of every head by `detect_head`, mean over sequences, (L, H)."""
    return torch.stack([theirs.detect_head(both.model, row[None], name) for row in tokens]).mean(0)


def test_heads_attend_as_they_detect(both):
    """Their sums are divided by the number of all rows, ours by that of rows with a target."""
    tokens = both.tokens[:, :-1]
    rows = tokens.shape[1]
    before = torch.stack([previous_token(each) for each in both.clean.patterns])
    expected = detected(both, tokens, "previous_token_head") * rows / (rows - 1)
    assert_same(before, expected)
    assert_array_equal(before.flatten().argsort(), expected.flatten().argsort())

    rows = REPEATED.shape[1]
    targets = int(earlier_copies(REPEATED[:1], offset=0).any(dim=2).sum())
    patterns = both.shape.forward(both.parameters, REPEATED).patterns
    prefix = torch.stack([matching(each, REPEATED) for each in patterns])
    expected = detected(both, REPEATED, "induction_head") * rows / targets
    assert_same(prefix, expected)
    assert_array_equal(prefix.flatten().argsort(), expected.flatten().argsort())


def test_training_makes_heads_of_both_kinds():
    shape, parameters = trained_network()
    assert float(previous_token(shape.forward(parameters, SEQUENCES).patterns[0]).max()) > 0.3
    assert float(matching(shape.forward(parameters, REPEATED).patterns[1], REPEATED).max()) > 0.5


def test_attribution_is_the_same(both):
    """The unembedding is the processed one; the deviations are those of the network as it is."""
    target = both.tokens[:, 1:]
    cache = lens.ActivationCache(both.seen.cache_dict, folded(both, center_unembed=True))
    expected = cache.logit_attrs(cache.stack_head_results(), target)
    found = logit_attribution(both.shape, both.parameters, both.clean, target)
    assert_same(found.flatten(1, 2).transpose(0, 1), expected)


def test_knock_outs_are_those_by_hooks(both):
    """One hook sets the mixed values of a head to 0; others put the clean patterns back."""
    keep = [
        (f"blocks.{layer}.attn.hook_pattern", lambda _, hook: both.seen[hook.name])
        for layer in range(both.shape.layers)
    ]
    for layer, head, *logits in single_knock_outs(both.shape, both.parameters, both.clean):

        def remove(mixed, hook, head=head):
            return mixed.index_fill(2, torch.tensor([head]), 0)

        without = (f"blocks.{layer}.attn.hook_z", remove)
        for found, hooks in zip(logits, ([without], [without, *keep]), strict=True):
            assert_same(found, both.model.run_with_hooks(both.tokens[:, :-1], fwd_hooks=hooks))


def test_eigenvalues_of_ov_are_the_same(both):
    """The unembedding is not centred over the vocabulary, which would change the eigenvalues."""
    found = ov_eigenvalue_scores(circuits(numbers(both)))
    model = folded(both)
    eigenvalues = (model.W_E @ model.OV @ model.W_U).eigenvalues
    assert_same(found, eigenvalues.sum(-1).real / eigenvalues.abs().sum(-1))


@pytest.mark.parametrize("by", COMPOSITIONS)
def test_composition_scores_are_the_same(both, by):
    found = composition_scores(circuits(numbers(both)))[COMPOSITIONS.index(by)]
    expected = folded(both).all_composition_scores(by[0].upper()).flatten(2).flatten(0, 1)
    assert_same(np.nan_to_num(found), expected)


def numbers(both):
    return {name: value.numpy() for name, value in both.parameters.items()}


def test_targets_are_the_same():
    for tokens in TOKENS:
        induction = theirs.get_induction_head_detection_pattern(tokens[None])
        duplicate = theirs.get_duplicate_token_head_detection_pattern(tokens[None])
        assert_allclose(earlier_copies(tokens[None], offset=1)[0].float(), induction)
        assert_allclose(earlier_copies(tokens[None], offset=0)[0].float(), duplicate)
