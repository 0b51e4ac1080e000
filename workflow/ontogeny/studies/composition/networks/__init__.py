"""Networks that learn to answer pairs of elements: architectures, training, their files."""
