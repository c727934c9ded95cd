"""Reads a message safely and asks every detector about it; decides nothing."""
