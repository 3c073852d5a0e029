"""Measurements, not tests: `make bench`. They say what a change costs; they pass or fail nothing."""
