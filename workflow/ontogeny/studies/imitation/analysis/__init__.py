"""The conservative learner of arXiv 2102.08686: arrays in, arrays out."""
