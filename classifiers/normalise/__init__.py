"""Text as it looks, in plain lower-case characters, with the way back to the source.

Here lives the folding of disguises (look-alike letters, digits of any script, invisible
characters, escapes). Words and what they mean live in `classifiers.contact`.
"""
