"""Tests of the stock-composition problem."""
