"""Networks that read comments: their shape, what they learn from, and their training."""
