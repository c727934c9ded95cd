"""Procrastinate: clocks and notices, deferred inside our own transactions."""
