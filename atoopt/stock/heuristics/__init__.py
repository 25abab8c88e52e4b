"""First stocks: the paper's module-frequency and module-size, and greedy by saving."""
