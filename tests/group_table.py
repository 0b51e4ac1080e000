"""The one table of groups that every test shares; its values are theory, not our output.

Class sizes and degrees of the symmetric, alternating and quaternion groups are those of the ATLAS
and of James and Liebeck, *Representations and Characters of Groups*. Numbers of subgroups: C_n has
tau(n) (the number of divisors), D_n tau(n) + sigma(n) (their sum added), the dicyclic group of
order 4m tau(2m) + sigma(m), direct products by Goursat's lemma, S_n is OEIS A005432, A_n A029725.
"""

from dataclasses import dataclass

__all__ = ["GROUPS", "GroupCase"]


@dataclass(frozen=True)
class GroupCase:
    """What is known of a group: sizes and degrees are sorted, degrees are those over C."""

    name: str
    order: int
    class_sizes: tuple[int, ...]
    degrees: tuple[int, ...]
    subgroups: int
    abelian: bool = False

    def __str__(self) -> str:
        return self.name


def _abelian(name: str, order: int, subgroups: int) -> GroupCase:
    ones = (1,) * order
    return GroupCase(name, order, ones, ones, subgroups, abelian=True)


GROUPS = (
    _abelian("C1", 1, 1),
    _abelian("C2", 2, 2),
    _abelian("C7", 7, 2),
    _abelian("C8", 8, 4),
    _abelian("C12", 12, 6),
    _abelian("C59", 59, 2),
    _abelian("C113", 113, 2),
    GroupCase("D3", 6, (1, 2, 3), (1, 1, 2), 6),
    GroupCase("D4", 8, (1, 1, 2, 2, 2), (1, 1, 1, 1, 2), 10),
    GroupCase("D5", 10, (1, 2, 2, 5), (1, 1, 2, 2), 8),
    GroupCase("D6", 12, (1, 1, 2, 2, 3, 3), (1, 1, 1, 1, 2, 2), 16),
    GroupCase("D59", 118, (1, *[2] * 29, 59), (1, 1, *[2] * 29), 62),
    _abelian("S1", 1, 1),
    _abelian("S2", 2, 2),
    GroupCase("S3", 6, (1, 2, 3), (1, 1, 2), 6),
    GroupCase("S4", 24, (1, 3, 6, 6, 8), (1, 1, 2, 3, 3), 30),
    GroupCase("S5", 120, (1, 10, 15, 20, 20, 24, 30), (1, 1, 4, 4, 5, 5, 6), 156),
    GroupCase(
        "S6",
        720,
        (1, 15, 15, 40, 40, 45, 90, 90, 120, 120, 144),
        (1, 1, 5, 5, 5, 5, 9, 9, 10, 10, 16),
        1455,
    ),
    _abelian("A1", 1, 1),
    _abelian("A2", 1, 1),
    _abelian("A3", 3, 2),
    GroupCase("A4", 12, (1, 3, 4, 4), (1, 1, 1, 3), 10),
    GroupCase("A5", 60, (1, 12, 12, 15, 20), (1, 3, 3, 4, 5), 59),
    GroupCase("A6", 360, (1, 40, 40, 45, 72, 72, 90), (1, 5, 5, 8, 8, 9, 10), 501),
    GroupCase("Q8", 8, (1, 1, 2, 2, 2), (1, 1, 1, 1, 2), 6),
    GroupCase("Q12", 12, (1, 1, 2, 2, 3, 3), (1, 1, 1, 1, 2, 2), 8),
    GroupCase("Q16", 16, (1, 1, 2, 2, 2, 4, 4), (1, 1, 1, 1, 2, 2, 2), 11),
    GroupCase("F20", 20, (1, 4, 5, 5, 5), (1, 1, 1, 1, 4), 14),
    GroupCase("F21", 21, (1, 3, 3, 7, 7), (1, 1, 1, 3, 3), 10),
    GroupCase("F42", 42, (1, 6, 7, 7, 7, 7, 7), (1, 1, 1, 1, 1, 1, 6), 26),
    GroupCase(
        "C2xS4",
        48,
        (1, 1, 3, 3, 6, 6, 6, 6, 8, 8),
        (1, 1, 1, 1, 2, 2, 3, 3, 3, 3),
        98,
    ),
    _abelian("C3xC3xC3", 27, 28),
    GroupCase("C2xQ8", 16, (1, 1, 1, 1, 2, 2, 2, 2, 2, 2), (*[1] * 8, 2, 2), 19),
    GroupCase("S3xS3", 36, (1, 2, 2, 3, 3, 4, 6, 6, 9), (1, 1, 1, 1, 2, 2, 2, 2, 4), 60),
)
