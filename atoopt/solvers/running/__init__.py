"""Several at once: child processes, threads, and what is shown meanwhile."""
