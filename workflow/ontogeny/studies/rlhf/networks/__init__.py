"""Networks of the study: policies, preference models, and their training."""
