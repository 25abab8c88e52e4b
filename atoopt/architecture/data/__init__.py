"""Products, generators, named instances, illustrations."""
