"""Studies of single phenomena: each stands on the two wings below, and none knows another."""
