"""Which irreps a network learns, said before it has learned them: scores, and how well they tell.

The initial weights give every irrep a score in every neuron; so does every later checkpoint. How
well scores tell the irrep that a neuron ends with, the irreps that the network uses, and the order
in which these appear is measured here, run by run and over all runs (docs/predictions.md).
"""
