"""Cuts of the assignment relaxation: cliques, which hold for a product, and envelopes, which hold over many."""
