"""Fuzz targets: one file each, with `SEEDS` to begin from and `check`, which raises on a fault.

`test_fuzz.py` plays short runs of all in `make test` (hypothesis); `make fuzz` plays each for as long
as it is told, guided by coverage (atheris). A finding becomes a seed of its target.
"""
