"""Claims on preference models and policies, each a function of the comparison."""
