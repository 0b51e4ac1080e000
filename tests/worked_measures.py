"""Every measure of one network and of its training, computed as docs/conventions.md defines it.

Slow forms on all pairs and triples; see `brute_force`. A dict has a function for each variable.
"""

from functools import cache

import numpy as np

import brute_force as slow

__all__ = ["ANALYSIS", "CHANCES", "SHARED"]

SPLITS = ("train", "test", "all")
MOST_EXAMPLES = 12


def by_split(logits, network):
    """Mean cross-entropy of logits with one row a pair, by split."""
    loss = slow.cross_entropy(logits, network.product)
    train = network.train.ravel()
    return [loss[train].mean(), loss[~train].mean(), loss.mean()]


def accuracy(network):
    right = network.logits.argmax(axis=2) == network.product
    return [right[network.train].mean(), right[~network.train].mean(), right.mean()]


def similarity(network, pairs=...):
    return np.array(
        [slow.logit_similarity(network.logits, rho, network.product, pairs) for rho in network.rhos]
    )


def matrix_shares(network, matrix):
    return np.array([slow.matrix_share(matrix, rho) for rho in network.rhos])


def hidden_shares(network, hidden):
    return [
        [slow.hidden_share(hidden, rho, network.product, part) for rho in network.rhos]
        for part in slow.PARTS
    ]


def matrices(network):
    return [*network.embeddings, network.unembedding]


def entry_norms(network, matrix):
    """Norm of each row of Q^T M."""
    return np.array([np.linalg.norm(column @ matrix) for column in network.basis.T])


def gini(network):
    return [
        slow.gini(entry_norms(network, matrix)[network.irrep_of_entry > 0])
        for matrix in matrices(network)
    ]


def restricted_hidden(network, rhos):
    return slow.restricted_loss(network.hidden, network.unembedding, rhos, network.product)


def excluded_hidden(network, rhos):
    return slow.excluded_loss(
        network.hidden, network.unembedding, rhos, network.product, network.train
    )


def restricted_logits(network, rhos):
    return slow.restricted_logit_loss(network.logits, rhos, network.product)


def excluded_logits(network, rhos):
    return slow.excluded_logit_loss(network.logits, rhos, network.product, network.train)


def of_each(loss):
    return lambda network: [loss(network, [rho]) for rho in network.rhos]


def of_key(loss):
    return lambda network: loss(network, network.key_rhos)


def total(share, *, key=False):
    """Return the sum of a share over irreps, or over key ones alone."""

    def found(network):
        each = np.array(SHARED[share](network))
        return each[..., network.key if key else slice(None)].sum(axis=-1)

    return found


SHARED = {
    "logit_similarity": similarity,
    "test_logit_similarity": lambda network: similarity(network, ~network.train),
    "logit_fve": lambda network: similarity(network) ** 2,
    "logit_fve_total": lambda network: np.sum(similarity(network)[1:] ** 2),
    "embedding_fve": lambda network: [matrix_shares(network, m) for m in network.embeddings],
    "unembedding_fve": lambda network: matrix_shares(network, network.unembedding),
    "hidden_fve": lambda network: hidden_shares(network, network.hidden),
    "gini": gini,
    "squared_weights": lambda network: sum(np.sum(p**2) for p in network.parameters.values()),
    "loss": lambda network: by_split(slow.flat(network.logits), network),
    "accuracy": accuracy,
    "restricted_hidden_loss": of_key(restricted_hidden),
    "restricted_hidden_loss_by_irrep": of_each(restricted_hidden),
    "excluded_hidden_loss": of_key(excluded_hidden),
    "excluded_hidden_loss_by_irrep": of_each(excluded_hidden),
    "restricted_logit_loss": of_key(restricted_logits),
    "restricted_logit_loss_by_irrep": of_each(restricted_logits),
    "excluded_logit_loss": of_key(excluded_logits),
    "excluded_logit_loss_by_irrep": of_each(excluded_logits),
}
SHARED |= {
    "embeddings_share": lambda network: np.mean(SHARED["embedding_fve"](network), axis=0),
    "embedding_fve_total": total("embedding_fve"),
    "unembedding_fve_total": total("unembedding_fve"),
    "hidden_fve_total": total("hidden_fve"),
    "key_hidden_part_fve": total("hidden_fve", key=True),
    "key_hidden_fve": lambda network: np.sum(total("hidden_fve", key=True)(network)),
}
"""Of one network: at the final checkpoint in `analysis.nc`, at every one in `evaluation.nc`."""


# Chance: the dimension of what explains, over that of what is explained


def dimension(columns):
    """Of a span without the constant."""
    return (
        slow.span(columns - columns.mean(axis=0)).shape[1] if np.ptp(columns, axis=0).any() else 0
    )


def matrix_chance(network):
    return [slow.span(slow.entries(rho)).shape[1] / network.n for rho in network.rhos]


def hidden_chance(network):
    return [
        [
            dimension(slow.pair_entries(rho, network.product, part)) / (network.n**2 - 1)
            for rho in network.rhos
        ]
        for part in slow.PARTS
    ]


def block_chance(network):
    def block(rho):
        one_side = np.column_stack([np.ones(network.n), slow.entries(rho)])
        return dimension(np.kron(one_side, one_side))

    return [block(rho) / (network.n**2 - 1) for rho in network.rhos]


def logit_chance(network):
    """One cube explains one dimension of the logits that sum to 0 over c."""
    cubes = [slow.template(rho, network.product) for rho in network.rhos]
    seen = [np.ptp(cube.mean(axis=2)) < 1e-9 and np.ptp(cube) > 1e-9 for cube in cubes]
    return np.array(seen) / (network.n**2 * (network.n - 1))


def key_total(chance):
    return lambda network: np.array(chance(network))[..., network.key].sum(axis=-1)


CHANCES = {
    "logit_chance": logit_chance,
    "logit_total_chance": lambda network: logit_chance(network).sum(),
    "embedding_chance": lambda network: [matrix_chance(network)] * 2,
    "unembedding_chance": matrix_chance,
    "hidden_chance": hidden_chance,
    "key_embedding_chance": key_total(lambda network: [matrix_chance(network)] * 2),
    "key_unembedding_chance": key_total(matrix_chance),
    "key_hidden_part_chance": key_total(hidden_chance),
    "key_hidden_chance": lambda network: np.sum(key_total(hidden_chance)(network)),
    "embedding_total_chance": lambda network: [np.sum(matrix_chance(network))] * 2,
    "unembedding_total_chance": lambda network: np.sum(matrix_chance(network)),
    "hidden_total_chance": lambda network: np.sum(hidden_chance(network), axis=-1),
    "key_irreps": lambda network: len(network.key_rhos),
}
"""In both files, and without steps in `evaluation.nc`."""


# Single neurons and clusters


def neuron_fve(network):
    return np.transpose([slow.block_share(network.hidden, rho) for rho in network.rhos])


def neuron_part_fve(network):
    each = [
        [slow.neuron_share(network.hidden, rho, network.product, part) for rho in network.rhos]
        for part in slow.PARTS
    ]
    return np.transpose(each, (0, 2, 1))


def variance(network):
    return network.hidden.var(axis=(0, 1))


def neuron_irrep(network):
    """Number of the irrep of each neuron, -1 for one that is off."""
    off = variance(network) <= 0.01 * variance(network).mean()
    return np.where(off, -1, neuron_fve(network).argmax(axis=1))


def named(network, numbers):
    return np.array(["off" if r < 0 else network.names[r] for r in numbers], dtype=object)


def by_cluster(network, share, owner=None):
    """A share of the neurons of each irrep in that irrep, NaN without a neuron."""
    owner = neuron_irrep(network) if owner is None else owner
    found = [
        share(owner == r, rho) if (owner == r).any() else np.nan
        for r, rho in enumerate(network.rhos)
    ]
    return np.array(found)


def cluster_fve(network, owner=None):
    def of_part(part):
        return lambda chosen, rho: slow.hidden_share(
            network.hidden[..., chosen], rho, network.product, part
        )

    return np.array([by_cluster(network, of_part(part), owner) for part in slow.PARTS])


def cluster_unembedding_fve(network, owner=None):
    def readout(chosen, rho):
        return slow.matrix_share(network.unembedding[:, chosen], rho)

    return by_cluster(network, readout, owner)


def neuron_unembedding_fve(network):
    columns = network.unembedding.T[..., None]
    return np.array([matrix_shares(network, column) for column in columns])


def neuron_block_mean(network):
    owner, found = neuron_irrep(network), np.full((network.hidden.shape[2], 2, 2), np.nan)
    for r, rho in enumerate(network.rhos):
        if r and rho.shape[1] == 1:
            sign = rho[:, 0, 0]
            for i, j in np.ndindex(2, 2):
                block = network.hidden[sign * (1, -1)[i] > 0][:, sign * (1, -1)[j] > 0]
                found[owner == r, i, j] = block.mean(axis=(0, 1))[owner == r]
    return found


def examples(network):
    """The strongest neuron of each cluster, then the second of each, at most 12; by cluster."""
    owner, strength = neuron_irrep(network), variance(network)
    clusters = [
        sorted(np.flatnonzero(owner == r), key=lambda j: -strength[j])
        for r in range(len(network.rhos))
    ]
    turns = [
        (place, r) for place in range(len(owner)) for r, c in enumerate(clusters) if place < len(c)
    ]
    chosen = set(turns[:MOST_EXAMPLES])
    return [j for r, c in enumerate(clusters) for place, j in enumerate(c) if (place, r) in chosen]


# Ablations and recovery


def without(network, rho, part):
    flat = slow.flat(network.hidden)
    rest = flat - slow.projection(flat, slow.pair_entries(rho, network.product, part))
    return by_split(rest @ network.unembedding.T, network)


def ablated_loss(network):
    each = [[without(network, rho, part) for rho in network.rhos] for part in slow.PARTS]
    return np.moveaxis(each, 2, 0)


def key_part(network, matrix):
    parts = [slow.projection(matrix, slow.entries(rho)) for rho in network.key_rhos]
    return np.sum([np.zeros_like(matrix), *parts], axis=0)


def read_out(network, unembedding):
    return by_split(slow.flat(network.hidden) @ unembedding.T, network)


def constructed_loss(network):
    built = np.zeros((network.n, network.hidden.shape[2]))
    for r in np.flatnonzero(network.key):
        entries = network.basis[:, network.irrep_of_entry == r]
        rows = entries.T @ network.product_means
        level = np.linalg.norm(rows) / np.sqrt(len(rows))
        for entry, row in zip(entries.T, rows, strict=True):
            built += np.outer(entry, level * row / np.linalg.norm(row))
    logits = built[network.product.ravel()] @ network.unembedding.T
    return slow.cross_entropy(logits, network.product).mean()


def change_of_basis(network):
    return network.basis.T @ network.product_means


def readout_map(network):
    return change_of_basis(network) @ network.unembedding.T @ network.basis


def blocks(network):
    return [network.irrep_of_entry == r for r in range(len(network.rhos))]


def pair_of_hidden(network, block):
    """Entries of an irrep on all pairs, and what C makes of them and takes back, of norm 1."""
    entries = network.basis[:, block][network.product.ravel()]
    held = change_of_basis(network)[block]
    back = entries @ held @ held.T
    return entries / np.linalg.norm(entries), back / np.linalg.norm(back)


def hidden_cosine(network):
    pairs = [pair_of_hidden(network, block) for block in blocks(network)]
    return [np.sum(true * found) for true, found in pairs]


def hidden_error(network):
    pairs = [pair_of_hidden(network, block) for block in blocks(network)]
    return [np.mean((true - found) ** 2) for true, found in pairs]


def readout_blocks(network):
    return [readout_map(network)[np.ix_(block, block)] for block in blocks(network)]


def readout_cosine(network):
    each = readout_blocks(network)
    return [np.trace(k) / np.linalg.norm(k) / np.sqrt(len(k)) for k in each]


def readout_scale(network):
    degree = [rho.shape[1] for rho in network.rhos]
    return [
        np.trace(k) / (network.n * d) for k, d in zip(readout_blocks(network), degree, strict=True)
    ]


def partitions(network):
    """Left and right cosets of the proper subgroups, from what one or two elements generate."""
    product, n = network.product, network.n
    found = set()
    for first in range(n):
        for second in range(n):
            members = {first, second}
            while len(
                larger := members | {int(product[x, y]) for x in members for y in members}
            ) > len(members):
                members = larger
            if len(members) < n:
                for sides in (product, product.T):
                    cosets = [frozenset(int(sides[g, x]) for x in members) for g in range(n)]
                    numbers = {coset: i for i, coset in enumerate(dict.fromkeys(cosets))}
                    found.add(tuple(numbers[coset] for coset in cosets))
    return sorted(found, key=max)


def coset_means(values, cosets):
    return np.array([np.mean(values[np.array(cosets) == coset], axis=0) for coset in cosets])


def example_cosets(network, side):
    """The fewest cosets that explain 90 % of the mean activation, numbered by rising mean."""
    rows = []
    for neuron in examples(network):
        values = network.hidden[..., neuron].mean(axis=1 if side == "left" else 0)
        shares = {
            c: 1 - np.var(values - coset_means(values, c)) / np.var(values)
            for c in partitions(network)
        }
        fewest = min(max(c) for c, share in shares.items() if share >= 0.9)
        best = max((c for c in shares if max(c) == fewest), key=shares.get)
        means = [values[np.array(best) == coset].mean() for coset in range(max(best) + 1)]
        order = sorted(range(len(means)), key=means.__getitem__)
        rows.append([order.index(coset) for coset in best])
    return np.array(rows)


def example_ranks(network, side):
    """By coset, then by mean activation; of residues by the multiple of the frequency."""
    rows, axis = [], 1 if side == "left" else 0
    residues = np.add.outer(range(network.n), range(network.n)) % network.n
    for neuron, cosets in zip(examples(network), example_cosets(network, side), strict=True):
        means = network.hidden[..., neuron].astype(np.float32).mean(axis=axis, dtype=float)
        name = network.names[neuron_irrep(network)[neuron]]
        places = sorted(range(network.n), key=lambda g: (cosets[g], means[g]))
        if np.array_equal(network.product, residues):
            frequency = int(name.removeprefix("freq_"))
            places = sorted(range(network.n), key=lambda g: frequency * g % network.n)
        rows.append([places.index(g) for g in range(network.n)])
    return np.array(rows)


def scaled_change_of_basis(network):
    """Columns of norm 1 over the entries of key irreps."""
    is_key = np.array(network.key)[network.irrep_of_entry]
    rows = np.full((network.n, network.hidden.shape[-1]), np.nan)
    rows[is_key] = change_of_basis(network)[is_key]
    norm = np.linalg.norm(rows[is_key], axis=0)
    return rows / np.where(norm == 0, 1, norm)


def projection(rho):
    """The matrix that projects functions on the group on the entries of an irrep."""
    entries = rho.reshape(len(rho), -1)
    return entries @ np.linalg.pinv(entries)


def component_cosets(network):
    rows = []
    for rho, key in zip(network.rhos, network.key, strict=True):
        held = {}
        for cosets in partitions(network):
            averaged = coset_means(projection(rho), cosets)  # an operator: it averages last
            if np.linalg.norm(averaged) > 1e-9:
                held[cosets] = np.linalg.norm(averaged @ network.unembedding)
        fewest = min(map(max, held))
        best = max((c for c in held if max(c) == fewest), key=held.get)
        rows.append(best if key else [-1] * network.n)
    return np.array(rows)


def component_rows(network):
    """Coordinates of the rows of W along two directions of each key irrep; NaN for others."""
    centred = network.unembedding - network.unembedding.mean(axis=0)
    rows = np.full((len(network.rhos), network.n, 2), np.nan)
    for r in np.flatnonzero(network.key):
        cosets = component_cosets(network)[r]
        count = cosets.max() + 1
        angle = 2 * np.pi * cosets / count
        marks = np.eye(network.n)[:2] if count == network.n else [np.cos(angle), np.sin(angle)]
        first, second = (projection(network.rhos[r]) @ mark @ network.unembedding for mark in marks)
        first = first / np.linalg.norm(first)
        second = second - first * (first @ second)
        if np.linalg.norm(second) < 1e-9:
            rest = centred - np.outer(centred @ first, first)
            second = np.linalg.eigh(rest.T @ rest)[1][:, -1]
        second = second / np.linalg.norm(second)
        for place, direction in enumerate((first, second)):
            found = centred @ direction
            rows[r, :, place] = found * np.sign(found[np.abs(found).argmax()])
    return rows


def component_share(network):
    centred = network.unembedding - network.unembedding.mean(axis=0)
    return np.square(component_rows(network)).sum(axis=1) / np.sum(centred**2)


def classes(network):
    """Conjugacy class of each element, numbered by first appearance."""
    product, inverse = network.product, slow.inverse(network.product)
    of_element = [
        frozenset(int(product[product[g, x], inverse[g]]) for g in range(network.n))
        for x in range(network.n)
    ]
    return np.array([list(dict.fromkeys(of_element)).index(each) for each in of_element])


def logits_by_class(network, statistic):
    """A statistic of the centred logits over all triples with a b c^-1 in each class."""
    inverse, found = slow.inverse(network.product), {}
    for a, b, c in np.ndindex(*network.logits.shape):
        quotient = network.product[network.product[a, b], inverse[c]]
        value = network.logits[a, b, c] - network.logits[a, b].mean()
        found.setdefault(classes_of(network)[quotient], []).append(value)
    return [statistic(found[each]) for each in sorted(found)]


@cache
def classes_of(network):
    return classes(network)


def class_logit_part(network):
    mean, of_element = np.array(logits_by_class(network, np.mean)), classes(network)
    rows = []
    for rho in network.rhos:
        chi = np.einsum("gii->g", rho)
        weight = (mean[of_element] @ chi) / (chi @ chi)
        rows.append([weight * chi[of_element == each][0] for each in range(len(mean))])
    return rows


ANALYSIS = {
    "key": lambda network: [False, *(similarity(network)[1:] > network.threshold)],
    "neuron_fve": neuron_fve,
    "neuron_part_fve": neuron_part_fve,
    "neuron_irrep": lambda network: named(network, neuron_irrep(network)),
    "neuron_variance": variance,
    "neurons_off": lambda network: np.sum(neuron_irrep(network) < 0),
    "neuron_unembedding_fve": neuron_unembedding_fve,
    "neuron_block_mean": neuron_block_mean,
    "cluster_size": lambda network: [
        np.sum(neuron_irrep(network) == r) for r in range(len(network.rhos))
    ],
    "cluster_fve": cluster_fve,
    "cluster_residual": lambda network: 1 - cluster_fve(network).sum(axis=0),
    "cluster_unembedding_fve": cluster_unembedding_fve,
    "neuron_chance": block_chance,
    "neuron_part_chance": hidden_chance,
    "neuron_unembedding_chance": matrix_chance,
    "cluster_chance": hidden_chance,
    "cluster_unembedding_chance": matrix_chance,
    "example_irrep": lambda network: named(network, neuron_irrep(network)[examples(network)]),
    "example_activation": lambda network: network.hidden.transpose(2, 0, 1)[examples(network)],
    "embedding_norm": lambda network: [entry_norms(network, m) for m in network.embeddings],
    "unembedding_norm": lambda network: entry_norms(network, network.unembedding),
    "hidden_loss": lambda network: read_out(network, network.unembedding),
    "ablated_loss": ablated_loss,
    "unembedding_key_loss": lambda network: read_out(
        network, key_part(network, network.unembedding)
    ),
    "unembedding_rest_loss": lambda network: read_out(
        network, network.unembedding - key_part(network, network.unembedding)
    ),
    "constructed_loss": constructed_loss,
    "change_of_basis": change_of_basis,
    "scaled_change_of_basis": scaled_change_of_basis,
    "hidden_cosine": hidden_cosine,
    "hidden_error": hidden_error,
    "readout_map": readout_map,
    "readout_cosine": readout_cosine,
    "readout_scale": readout_scale,
    "unembedding_component": component_rows,
    "component_share": component_share,
    "component_coset": component_cosets,
    "example_left_coset": lambda network: example_cosets(network, "left"),
    "example_right_coset": lambda network: example_cosets(network, "right"),
    "example_left_rank": lambda network: example_ranks(network, "left"),
    "example_right_rank": lambda network: example_ranks(network, "right"),
    "neuron_purity": lambda network: np.max(neuron_fve(network), axis=1),
    "class_logit_mean": lambda network: logits_by_class(network, np.mean),
    "class_logit_deviation": lambda network: logits_by_class(network, np.std),
    "class_logit_least": lambda network: logits_by_class(network, min),
    "class_logit_most": lambda network: logits_by_class(network, max),
    "class_logit_part": class_logit_part,
}
"""Of the final checkpoint alone."""
