"""Real comparisons of responses, which are offensive: no text of them leaves `reading`."""
