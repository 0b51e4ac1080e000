"""What is claimed of predictable loss and surprising abilities, by kind of world."""
