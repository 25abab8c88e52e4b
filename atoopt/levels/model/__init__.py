"""The separable models of base-stock levels: one that is safe, and one that bounds."""
