"""What networks learn: tasks whose answers, and whose law, are known."""
