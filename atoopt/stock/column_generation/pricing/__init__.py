"""Pricing: every module of positive reduced profit, over all sets of components, and the dual bound that follows."""
