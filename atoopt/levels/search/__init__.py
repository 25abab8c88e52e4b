"""Levels by search: greedy on scenarios, and by rising value until the target is met."""
