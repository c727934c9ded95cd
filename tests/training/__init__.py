"""Rebuilds the weights that `classifiers.conduct` ships, from the corpora and a published encoder.

`make train` runs it. Nothing here is imported at run time.
"""
