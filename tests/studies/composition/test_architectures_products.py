"""The products and the sums over tables that every quick form is made of."""

import pytest
import torch

from ontogeny.studies.composition.networks.architectures import _products
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    product,
)

TOLERANCE = {torch.float64: 1e-13, torch.float32: 1e-5}
dtypes = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)


def random(*shape, dtype=torch.float64):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def in_layout(matrix, transposed):
    return matrix.t().contiguous().t() if transposed else matrix


@dtypes
@pytest.mark.parametrize("has_onednn", [True, False])
@pytest.mark.parametrize("left_transposed", [False, True])
@pytest.mark.parametrize("right_transposed", [False, True])
@pytest.mark.parametrize("shape", [(5, 7, 3), (1, 4, 6), (4, 1, 6), (4, 6, 1), (130, 65, 33)])
def test_product_and_its_derivative_in_every_layout(
    shape, left_transposed, right_transposed, has_onednn, dtype, monkeypatch
):
    monkeypatch.setattr(_products, "_HAS_ONEDNN", has_onednn and _products._HAS_ONEDNN)
    rows, inner, columns = shape
    left, right = random(rows, inner, dtype=dtype), random(inner, columns, dtype=dtype)
    slope = random(rows, columns, dtype=dtype)
    left = in_layout(left, left_transposed).requires_grad_()
    right = in_layout(right, right_transposed).requires_grad_()
    found = product(left, right)
    gradients = torch.autograd.grad(found, [left, right], slope)
    near = {"rtol": 0, "atol": TOLERANCE[dtype] * inner**0.5 * 10}
    torch.testing.assert_close(found, left @ right, **near)
    torch.testing.assert_close(gradients[0], slope @ right.t(), **near)
    torch.testing.assert_close(gradients[1], left.t() @ slope, **near)
    with torch.no_grad():
        torch.testing.assert_close(product(left, right), left @ right, **near)


def test_product_takes_part_of_a_matrix():
    whole = random(9, 8, dtype=torch.float32)
    for left, right in [(whole[:, 2:7], whole[:5]), (whole[3:7].t(), whole[:4, :3])]:
        torch.testing.assert_close(product(left, right), left @ right, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (70, 113)])
def test_transposed_copy(shape):
    matrix = random(*shape, dtype=torch.float32)
    found = _products._transposed(matrix)
    assert found.is_contiguous()
    assert torch.equal(found, matrix.t())


@pytest.mark.parametrize(("pairs", "longest"), [(1, 4), (4, 4), (5, 4), (41, 4), (3, 100)])
def test_blocks_cover_all_pairs_in_order(pairs, longest):
    found = blocks(pairs, longest)
    assert [i for block in found for i in range(pairs)[block]] == list(range(pairs))
    assert all(0 < block.stop - block.start <= longest for block in found)


@dtypes
@pytest.mark.parametrize("weighted", [False, True])
def test_incidence_is_a_matrix_and_scatter_its_transpose(weighted, dtype):
    index = torch.tensor([[0, 3], [3, 3], [5, 0], [1, 0], [5, 3]])  # nothing reads rows 2, 4, 6
    weight = random(5, 2, dtype=dtype) if weighted else None
    matrix = torch.zeros(5, 7, dtype=dtype)
    for pair, rows in enumerate(index):
        for slot, row in enumerate(rows):
            matrix[pair, row] += 1 if weight is None else weight[pair, slot]
    incidence = Incidence(index, 7)
    table, values = random(7, 4, dtype=dtype), random(5, 4, dtype=dtype)
    near = {"rtol": 0, "atol": TOLERANCE[dtype]}
    torch.testing.assert_close(incidence.gather(table, weight), matrix @ table, **near)
    torch.testing.assert_close(incidence.scatter(values, weight), matrix.t() @ values, **near)
