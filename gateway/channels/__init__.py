"""The wires messages come and go by. Each has receive, parse, reply, compose, send."""
