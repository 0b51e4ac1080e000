"""Networks and objectives that studies share."""
