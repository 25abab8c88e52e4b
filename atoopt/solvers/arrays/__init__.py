"""A linear model as arrays: compiled or read, what its rows ask of a solution, and solutions that keep them exactly."""
