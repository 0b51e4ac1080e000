"""What is claimed of loss and abilities of networks that grow, a module for each kind of world."""
