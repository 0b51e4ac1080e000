"""Online imitation: a learner that asks when plausible models disagree (arXiv 2102.08686)."""
