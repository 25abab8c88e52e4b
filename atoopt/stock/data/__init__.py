"""Orders and their layouts, generators, named instances."""
