"""Real text that studies share: what is there without a file, its division, its windows."""
