"""Turns a verdict into exact bytes on their way: changes, guardian first, retries."""
