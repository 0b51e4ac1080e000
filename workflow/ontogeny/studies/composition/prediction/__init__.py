"""What a network says early of the irreps that it will learn."""
