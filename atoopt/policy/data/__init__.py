"""Lists of parts, a generator, named instances."""
