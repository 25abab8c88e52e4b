"""One `Result` for every method, and how each solver is called."""
