"""What is claimed of learning from few clean and many biased labels, by source of the labels."""
