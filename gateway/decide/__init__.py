"""Turns what was read into one ruling, by rules that are plain functions."""
