"""What is claimed of small networks and of published ones, a module for each kind of world."""
