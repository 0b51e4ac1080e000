"""The study of predictable loss and surprising abilities."""
