"""One file, one rule, one ruling. Listed in `gateway.decide.ruling`."""
