"""Groups from generators, permutations or matrices, closed into a table.

Elements stand in the order in which right multiplication by the generators reaches them from the
identity, breadth first: the identity, the generators, then the products of two of them, ... The
table follows from the products with generators alone, since ``a (b g) = (a b) g``.

Symbols: ``n`` the order; ``m`` the number of points or rows; ``k`` the number of generators.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups._group import Group
from ontogeny.groups._names import MAX_ORDER
from ontogeny.groups._permutations import cycles

__all__ = [
    "canonical_matrices",
    "canonical_permutations",
    "from_matrices",
    "from_permutations",
]

MAX_POINTS = 10_000
MAX_ROWS = 100
MAX_MODULUS = 1_000_000
MAX_ENTRY = 10**18

_PRIME = 999_983  # modulo an odd prime no two elements of a finite group of integers are the same
_EXACT = 2**53  # up to here float64 holds every integer

Generators = Sequence[Any] | NDArray[Any]
_Matrix = list[list[int]]


def from_permutations(name: str, generators: Generators) -> Group:
    """Make the group that permutations generate.

    A product applies its left factor first, ``(g h)(i) = h(g(i))``, as in `symmetric`, GAP and
    Sage.

    Parameters
    ----------
    name : str
        Any name that is not empty.
    generators : sequence
        At least one; either all in cycle notation or all as image lists. Cycles are disjoint and
        their points any whole numbers, separated by commas or blanks: ``"(1,2,3)(4,5)"``. The
        image list ``[i, j, ...]`` takes the first point to i, the second one to j; points count
        from 0 when any list holds a 0, else from 1.

    Returns
    -------
    group : Group
        Of order at most `MAX_ORDER`. Labels are products of disjoint cycles of the points as they
        are written: ``(1 2 3)(4 5)``.

    Raises
    ------
    ValueError
        If a generator is not a permutation, or the group is larger. The message names the
        generator, counted from 1.

    Examples
    --------
    >>> S3 = from_permutations("mine", ["(1,2,3)", "(1,2)"])
    >>> S3.labels
    ('()', '(1 2 3)', '(1 2)', '(1 3 2)', '(2 3)', '(1 3)')
    >>> S3.labels[S3.table[1, 2]]  # (1 2 3), then (1 2): 1 goes to 2 and on to 1
    '(2 3)'
    """
    moves = _permutations(generators)
    points = sorted({point for move in moves for point in move})
    if len(points) > MAX_POINTS:
        msg = f"they move {len(points):,} points, more than {MAX_POINTS:,}"
        raise ValueError(msg)
    place = {point: index for index, point in enumerate(points)}
    images = np.array([[place[move.get(p, p)] for p in points] for move in moves], dtype=np.int64)
    found = _closed(np.arange(len(points)), lambda element: images[:, element])
    labels = tuple(cycles(element, points) for element in found.elements)
    return Group(_named(name), labels, _table(found))


def canonical_permutations(generators: Generators) -> tuple[str, ...]:
    """Return permutations in the one spelling that says which they are.

    Parameters
    ----------
    generators : sequence
        As `from_permutations` takes them.

    Returns
    -------
    tuple of str
        In cycle notation, each cycle beginning with its smallest point, without fixed points.
        They generate the same group with the same labels.

    Raises
    ------
    ValueError
        If a generator is not a permutation.

    Examples
    --------
    >>> canonical_permutations(["(5, 4) (2 3 1)"]), canonical_permutations([[1, 0, 2]])
    (('(1 2 3)(4 5)',), ('(0 1)',))
    """
    found = []
    for move in _permutations(generators):
        points = sorted(move)
        place = {point: index for index, point in enumerate(points)}
        found.append(cycles(np.array([place[move[p]] for p in points], dtype=np.int64), points))
    return tuple(found)


def from_matrices(name: str, generators: Generators, *, modulus: int | None = None) -> Group:
    """Make the group that matrices generate under multiplication.

    Parameters
    ----------
    name : str
        Any name that is not empty.
    generators : sequence of (m, m) array_like of int
        At least one; invertible, all of one size, m at most `MAX_ROWS`.
    modulus : int, optional
        Entries are integers modulo this number, from 2 to `MAX_MODULUS`, prime or not. Default:
        they are integers.

    Returns
    -------
    group : Group
        Of order at most `MAX_ORDER`. Labels are the matrices row by row: ``[0 2; 1 0]``.

    Raises
    ------
    ValueError
        If a generator is not an invertible matrix of whole numbers, or the group is larger. The
        message names the generator, row and column, counted from 1.

    Notes
    -----
    Over the integers the group is closed modulo a large prime, which keeps the elements of a finite
    group apart (Minkowski), and the products with generators are then compared over the integers.

    Examples
    --------
    >>> Q8 = from_matrices("mine", [[[0, 2], [1, 0]], [[1, 1], [1, 2]]], modulus=3)
    >>> Q8.order, Q8.labels[:3]
    (8, ('[1 0; 0 1]', '[0 2; 1 0]', '[1 1; 1 2]'))
    """
    matrices = _matrices(generators, modulus)
    one = np.identity(len(matrices[0]), dtype=np.int64)
    p = modulus or _PRIME
    reduced = np.array([[[entry % p for entry in row] for row in m] for m in matrices])

    def step(element: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.remainder(_product(element, reduced), p)

    found = _closed(one, step)
    elements = _over_the_integers(found, matrices) if modulus is None else found.elements
    return Group(_named(name), tuple(_written(element) for element in elements), _table(found))


def canonical_matrices(
    generators: Generators, *, modulus: int | None = None
) -> list[list[list[int]]]:
    """Return matrices in the one spelling that says which they are.

    Parameters
    ----------
    generators, modulus
        As `from_matrices` takes them.

    Returns
    -------
    list of list of list of int
        Reduced by the modulus.

    Raises
    ------
    ValueError
        If a generator is not an invertible matrix of whole numbers.

    Examples
    --------
    >>> canonical_matrices([[[0, -1], [1.0, 0]]], modulus=3)
    [[[0, 2], [1, 0]]]
    """
    return _matrices(generators, modulus)


@dataclass(frozen=True)
class _Closure:
    """A group as the closure of its generators.

    ``times[j, a]`` is the index of element a times generator j; element b is that of index
    ``origins[b][0]`` times generator ``origins[b][1]``, for all but the identity.
    """

    elements: list[NDArray[np.int64]]
    times: NDArray[np.int64]
    origins: list[tuple[int, int]]


def _closed(
    one: NDArray[np.int64], step: Callable[[NDArray[np.int64]], NDArray[np.int64]]
) -> _Closure:
    """Return all elements; ``step`` takes one to its k products with the generators."""
    elements, origins = [one], [(0, 0)]
    index = {one.tobytes(): 0}
    times: list[list[int]] = []
    for element in elements:  # which grows meanwhile
        reached = []
        for generator, product in enumerate(step(element)):
            key = product.tobytes()
            if key not in index:
                if len(elements) == MAX_ORDER:
                    msg = f"the group that they generate has more than {MAX_ORDER:,} elements"
                    raise ValueError(msg)
                index[key] = len(elements)
                origins.append((len(times), generator))
                elements.append(product)
            reached.append(index[key])
        times.append(reached)
    return _Closure(elements, np.array(times).T, origins)


def _table(found: _Closure) -> NDArray[np.int64]:
    n = len(found.elements)
    table = np.empty((n, n), dtype=np.int64)
    table[:, 0] = np.arange(n)
    for b, (a, generator) in enumerate(found.origins[1:], 1):
        table[:, b] = found.times[generator, table[:, a]]
    return table


def _named(name: str) -> str:
    if not name:
        msg = f"`name` must not be empty, got {name!r}"
        raise ValueError(msg)
    return name


def _permutations(generators: Generators) -> list[dict[int, int]]:
    """Return where each generator takes the points that it mentions."""
    if not len(generators):
        msg = "there must be at least one generator"
        raise ValueError(msg)
    cyclic = [isinstance(generator, str) for generator in generators]
    if all(cyclic):
        return [_of_cycles(str(text), _which(i, text)) for i, text in enumerate(generators)]
    if any(cyclic):
        msg = (
            "some generators are texts and some are not; write all in cycle notation, each in "
            "quotation marks, or all as lists of images"
        )
        raise ValueError(msg)
    return _of_images(generators)


def _which(index: int, generator: object) -> str:
    text = repr(generator)
    return f"generator {index + 1} = {text if len(text) <= 60 else text[:57] + '...'}"


def _of_cycles(text: str, which: str) -> dict[int, int]:
    if not re.fullmatch(r"(\s*\([^()]*\))+\s*", text):
        msg = f"{which}: must be cycles in parentheses and nothing else, for example '(1,2,3)(4,5)'"
        if re.search(r"\)\s*,\s*\(", text):
            msg += "; a comma between cycles is ambiguous: leave it out, or write two generators"
        raise ValueError(msg)
    found = [
        re.split(r"\s*,\s*|\s+", inside.strip()) if inside.strip() else []
        for inside in re.findall(r"\(([^()]*)\)", text)
    ]
    points = [point for cycle in found for point in cycle]
    odd = next((point for point in points if not re.fullmatch(r"[0-9]{1,18}", point)), None)
    if odd is not None:
        msg = f"{which}: {odd!r} is not a point; points are whole numbers, with commas or blanks"
        raise ValueError(msg)
    whole = [[int(point) for point in cycle] for cycle in found]
    _once([point for cycle in whole for point in cycle], which, "; write disjoint cycles")
    return {point: image for cycle in whole for point, image in pairwise([*cycle, *cycle[:1]])}


def _of_images(generators: Generators) -> list[dict[int, int]]:
    lists = []
    for index, generator in enumerate(generators):
        which = _which(index, generator)
        if not _is_list(generator) or not len(generator):
            msg = f"{which}: must be cycle notation in quotation marks, or a list of images"
            raise ValueError(msg)
        lists.append(
            [_whole(image, f"{which}, place {i + 1}") for i, image in enumerate(generator)]
        )
    lengths = sorted({len(images) for images in lists})
    if len(lengths) > 1:
        msg = f"the image lists have different lengths, {lengths[0]} and {lengths[-1]}"
        raise ValueError(msg)
    base = 0 if any(0 in images for images in lists) else 1
    points = range(base, base + lengths[0])
    for index, images in enumerate(lists):
        which = _which(index, generators[index])
        _once(images, which, "")
        missing = [point for point in points if point not in set(images)]
        if missing:
            msg = (
                f"{which}: the point {missing[0]} is missing; with points from {base}, a list of "
                f"{len(images)} holds each of {base} to {points[-1]} once"
            )
            raise ValueError(msg)
    return [dict(zip(points, images, strict=True)) for images in lists]


def _once(points: Iterable[int], which: str, remedy: str) -> None:
    seen: set[int] = set()
    for point in points:
        if point in seen:
            msg = f"{which}: the point {point} occurs there twice{remedy}"
            raise ValueError(msg)
        seen.add(point)


def _whole(value: object, where: str) -> int:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return int(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value)
    msg = f"{where}: {value!r} is not a whole number"
    raise ValueError(msg)


def _matrices(generators: Generators, modulus: int | None) -> list[_Matrix]:
    """Return the generators as lists of whole numbers, reduced, after checking each."""
    if modulus is not None and not 2 <= modulus <= MAX_MODULUS:
        msg = f"`modulus` must be from 2 to {MAX_MODULUS:,}, got {modulus!r}"
        raise ValueError(msg)
    if not len(generators):
        msg = "there must be at least one generator"
        raise ValueError(msg)
    matrices = [_square(matrix, f"generator {i + 1}") for i, matrix in enumerate(generators)]
    sizes = sorted({len(matrix) for matrix in matrices})
    if len(sizes) > 1:
        msg = f"the matrices have different sizes, {sizes[0]} and {sizes[-1]} rows"
        raise ValueError(msg)
    if modulus is not None:
        matrices = [[[entry % modulus for entry in row] for row in m] for m in matrices]
    for index, matrix in enumerate(matrices):
        _invertible(matrix, modulus, f"generator {index + 1}")
    return matrices


def _square(matrix: Any, which: str) -> _Matrix:
    rows = matrix.tolist() if isinstance(matrix, np.ndarray) else matrix
    if not _is_list(rows) or not rows or not all(_is_list(row) for row in rows):
        msg = f"{which}: must be a matrix, a list of rows such as [[0, 1], [1, 0]]"
        raise ValueError(msg)
    if len(rows) > MAX_ROWS:
        msg = f"{which}: has {len(rows)} rows, more than {MAX_ROWS}"
        raise ValueError(msg)
    odd = next((row for row in range(len(rows)) if len(rows[row]) != len(rows)), None)
    if odd is not None:
        msg = (
            f"{which}: must be square, but row {odd + 1} has length {len(rows[odd])} and there are "
            f"{len(rows)} rows"
        )
        raise ValueError(msg)
    return [
        [_entry(entry, f"{which}, row {i + 1}, column {j + 1}") for j, entry in enumerate(row)]
        for i, row in enumerate(rows)
    ]


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def _entry(value: object, where: str) -> int:
    entry = _whole(value, where)
    if abs(entry) > MAX_ENTRY:
        msg = f"{where}: the number is larger than 10^18"
        raise ValueError(msg)
    return entry


def _invertible(matrix: _Matrix, modulus: int | None, which: str) -> None:
    determinant = _determinant(matrix)
    if modulus is None and abs(determinant) != 1:
        value = determinant if abs(determinant) < MAX_ENTRY else "above 10^18"
        msg = (
            f"{which}: is not invertible over the integers: its determinant is {value}, not "
            "1 or -1; give `modulus` when the entries are modulo a number"
        )
        raise ValueError(msg)
    if modulus is not None and math.gcd(determinant, modulus) != 1:
        msg = (
            f"{which}: is singular modulo {modulus}: its determinant is {determinant % modulus}, "
            f"which has a factor in common with {modulus}"
        )
        raise ValueError(msg)


def _determinant(matrix: _Matrix) -> int:
    """Return the determinant by elimination without fractions (Bareiss)."""
    rows = [list(row) for row in matrix]
    sign, last = 1, 1
    for i in range(len(rows) - 1):
        pivot = next((row for row in range(i, len(rows)) if rows[row][i]), None)
        if pivot is None:
            return 0
        if pivot != i:
            rows[i], rows[pivot] = rows[pivot], rows[i]
            sign = -sign
        for row in rows[i + 1 :]:
            row[i + 1 :] = [
                (entry * rows[i][i] - row[i] * above) // last
                for entry, above in zip(row[i + 1 :], rows[i][i + 1 :], strict=True)
            ]
        last = rows[i][i]
    return sign * rows[-1][-1]


def _product(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Multiply integer matrices exactly: by float64 where that is, by Python integers elsewhere."""
    if int(np.abs(left).max()) * int(np.abs(right).max()) * left.shape[-1] < _EXACT:
        product = np.matmul(left.astype(np.float64), right.astype(np.float64))
        return np.rint(product).astype(np.int64)
    return np.matmul(left.astype(object), right.astype(object))


def _over_the_integers(found: _Closure, generators: list[_Matrix]) -> list[NDArray[Any]]:
    """Return the elements as integers, after checking that they are closed there too."""
    factors = [np.array(matrix, dtype=object) for matrix in generators]
    elements: list[NDArray[Any]] = found.elements[:1]
    for a, generator in found.origins[1:]:
        elements.append(_product(elements[a], factors[generator]))
    stacked = np.array(elements)
    for factor, image in zip(factors, found.times, strict=True):
        if not np.array_equal(_product(stacked, factor), stacked[image]):
            msg = (
                f"the group that they generate has more than {MAX_ORDER:,} elements: it is infinite"
            )
            raise ValueError(msg)
    return elements


def _written(matrix: NDArray[Any]) -> str:
    return f"[{'; '.join(' '.join(map(str, row)) for row in matrix.tolist())}]"
