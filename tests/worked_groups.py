"""A group and its irreps, computed as docs/conventions.md defines them.

Elements are read from their labels; of irreps, each law is written out over all elements.
"""

import itertools
import re

import numpy as np
from scipy.linalg import null_space

import brute_force as slow
from worked_networks import worked

__all__ = ["IRREPS", "TABLE"]

RANK_OVER_SQUARE = {"real": 1, "complex": 1 / 2, "quaternionic": 1 / 4}


# Elements from their labels


def permutation(label):
    """Of 0, 1, 2, from its cycles."""
    image = list(range(3))
    for cycle in re.findall(r"\(([\d ]+)\)", label):
        points = [int(point) for point in cycle.split()]
        for point, following in zip(points, points[1:] + points[:1], strict=True):
            image[point] = following
    return tuple(image)


def of_permutations(g, h):
    """The left factor is applied first: (g h)(i) = h(g(i))."""
    return tuple(h[g[i]] for i in range(3))


def quaternion(label):
    """``a2x`` is (2, 1): a^k x^j."""
    k, x = re.fullmatch(r"a(\d)(x?)", label).groups()
    return int(k), len(x)


def of_quaternions(g, h):
    """x a x^-1 = a^-1 and x^2 = a^2."""
    (k, i), (m, j) = g, h
    power = k + (m if i == 0 else -m) + (2 if i and j else 0)
    return power % 4, (i + j) % 2


ELEMENTS = {
    "S3": (permutation, of_permutations),
    "Q8": (quaternion, of_quaternions),
    "C7": (int, lambda g, h: (g + h) % 7),
    "C11": (int, lambda g, h: (g + h) % 11),
}


def product(name):
    table = worked(name).table
    read, multiply = ELEMENTS[table.attrs["group"]]
    elements = [read(str(label)) for label in table["label"].values]
    return np.array([[elements.index(multiply(g, h)) for h in elements] for g in elements])


def identity(name):
    p = product(name)
    return next(e for e in range(len(p)) if (p[e] == range(len(p))).all())


def element_order(name):
    p, orders = product(name), []
    for g in range(len(p)):
        power, count = g, 1
        while power != identity(name):
            power, count = p[power, g], count + 1
        orders.append(count)
    return orders


def conjugacy_class(name):
    """Numbered by the first element of each: the classes are the sets of h g h^-1."""
    p, inverse = product(name), slow.inverse(product(name))
    each = range(len(p))
    classes = [frozenset(int(p[p[h, g], inverse[h]]) for h in each) for g in each]
    return [list(dict.fromkeys(classes)).index(one) for one in classes]


def central(name):
    p = product(name)
    return [(p[g] == p[:, g]).all() for g in range(len(p))]


TABLE = {
    "product": product,
    "inverse": lambda name: slow.inverse(product(name)),
    "identity": identity,
    "element_order": element_order,
    "conjugacy_class": conjugacy_class,
    "central": central,
}
"""A function of the name of a run for each variable of `table.nc`."""


# Irreps: stored matrices, one array (n, d, d) for each irrep


def cut(rows, owner):
    """Matrices from their entries, row by row."""
    return [
        rows[:, owner == r].reshape(len(rows), *[int(np.sqrt(np.sum(owner == r)))] * 2)
        for r in range(owner.max() + 1)
    ]


def real(name):
    stored = worked(name).irreps
    return cut(stored["matrix"].values, stored["irrep_of_matrix_entry"].values)


def complex_(name):
    stored = worked(name).irreps
    parts = stored["complex_matrix"].values
    return cut(parts[..., 0] + 1j * parts[..., 1], stored["irrep_of_complex_matrix_entry"].values)


def characters(rhos):
    return np.array([[np.trace(matrix) for matrix in rho] for rho in rhos])


def composed(name, rhos):
    """Each matrix as the mean of ρ(g h^-1) ρ(h) over h, row by row."""
    p, inverse = product(name), slow.inverse(product(name))
    each = range(len(p))
    found = [
        [np.mean([rho[p[g, inverse[h]]] @ rho[h] for h in each], axis=0) for g in each]
        for rho in rhos
    ]
    return np.concatenate([np.reshape(rho, (len(p), -1)) for rho in found], axis=1)


def two_parts(values):
    return np.stack([np.real(values), np.imag(values)], axis=-1)


def square_mean(name, rhos):
    """(1/n) sum of χ(g²): 1, 0, -1 over the complex numbers."""
    p = product(name)
    return [np.mean([chi[p[g, g]] for g in range(len(p))]).real for chi in characters(rhos)]


def kind(name):
    """The mean of χ² over the group is 1, 2 or 4."""
    size = [round(float(np.mean(chi**2))) for chi in characters(real(name))]
    return np.array([{1: "real", 2: "complex", 4: "quaternionic"}[s] for s in size], dtype=object)


def rank(name):
    return [slow.span(slow.entries(rho)).shape[1] for rho in real(name)]


def basis(name):
    """√(d/n) ρ_ij; with d that of the complex irrep, √(2d/n) Re ρ_ij and Im ρ_ij in turn."""
    columns = []
    for rho, of_kind in zip(real(name), kind(name), strict=True):
        n, degree, _ = rho.shape
        if of_kind == "real":
            for i, j in np.ndindex(degree, degree):
                columns.append(np.sqrt(degree / n) * rho[:, i, j])
            continue
        d = degree // 2
        for i, j in np.ndindex(d, d if of_kind == "complex" else d // 2):
            columns.append(np.sqrt(2 * d / n) * rho[:, i, j])
            columns.append(np.sqrt(2 * d / n) * rho[:, d + i, j])
    return np.transpose(columns)


def smallest_orbit(name):
    """Of vectors that two elements fix, since two elements generate each subgroup here."""
    rng, found = np.random.default_rng(0), []
    for rho in real(name):
        away, sizes = rho - np.eye(rho.shape[1]), []
        for g, h in itertools.product(range(len(rho)), repeat=2):
            fixed = null_space(np.concatenate([away[g], away[h]]), rcond=1e-8)
            if fixed.size:
                vector = fixed @ rng.standard_normal(fixed.shape[1])
                sizes.append(len(np.unique(np.round(rho @ vector, 8), axis=0)))
        found.append(min(sizes))
    return found


def violation(name, rhos, columns, norms):
    """Largest errors of the five laws, in the order in which they are stored."""
    p, n = product(name), len(product(name))
    chi, e = characters(rhos), identity(name)
    homomorphism = [np.abs(rho[e] - np.eye(rho.shape[1])).max() for rho in rhos] + [
        np.abs(rho[g] @ rho[h] - rho[p[g, h]]).max() for rho in rhos for g, h in np.ndindex(n, n)
    ]
    unitarity = [np.abs(m @ m.conj().T - np.eye(len(m))).max() for rho in rhos for m in rho]
    gram = [[np.mean(one.conj() * other) for other in chi] for one in chi]
    return [
        max(homomorphism),
        max(unitarity),
        np.abs(columns.conj().T @ columns - np.eye(columns.shape[1])).max(),
        np.abs(columns @ columns.conj().T - np.eye(n)).max(),
        np.abs(gram - np.diag(norms)).max(),
    ]


def real_violation(name):
    norms = [1 / RANK_OVER_SQUARE[of_kind] for of_kind in kind(name)]
    return violation(name, real(name), basis(name), norms)


def complex_violation(name):
    rhos = complex_(name)
    scaled = [np.sqrt(rho.shape[1] / len(rho)) * slow.entries(rho) for rho in rhos]
    return violation(name, rhos, np.concatenate(scaled, axis=1), np.ones(len(rhos)))


IRREPS = {
    "degree": lambda name: [len(rho[0]) for rho in real(name)],
    "rank": rank,
    "kind": kind,
    "character": lambda name: characters(real(name)),
    "smallest_orbit": smallest_orbit,
    "matrix": lambda name: composed(name, real(name)),
    "basis": basis,
    "violation": real_violation,
    "complex_degree": lambda name: [len(rho[0]) for rho in complex_(name)],
    "complex_character": lambda name: two_parts(characters(complex_(name))),
    "complex_matrix": lambda name: two_parts(composed(name, complex_(name))),
    "complex_violation": complex_violation,
    "frobenius_schur": lambda name: square_mean(name, complex_(name)),
}
"""A function of the name of a run for each variable of `irreps.nc`."""
