"""Speed, as ratios against bare aiosmtpd on the same cores in interleaved rounds.

`make bench` runs it. Nothing here is a test: a slow machine fails nothing.
"""
