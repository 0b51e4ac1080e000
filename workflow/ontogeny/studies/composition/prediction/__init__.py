"""Which circuit wins: what the weights say before the training does."""
