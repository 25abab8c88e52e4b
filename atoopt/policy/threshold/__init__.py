"""The paper's rule with two thresholds."""
