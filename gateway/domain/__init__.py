"""The nouns: plain values, no behaviour that needs a clock, a socket or a session."""
