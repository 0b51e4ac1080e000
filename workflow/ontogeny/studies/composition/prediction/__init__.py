"""How early it is known which irreps a network will learn, and which one each neuron."""
