"""What is typed about routes, parsed here and decided elsewhere."""
