"""What is measured of a network, as functions of arrays."""
