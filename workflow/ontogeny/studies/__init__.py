"""Studies of single phenomena, built on mathematics and machinery; none imports another."""
