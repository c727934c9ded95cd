"""Policy packs: what one may say (`schema`) and how it is read and refused (`loading`)."""

from gateway.packs.loading import examine, load, names

__all__ = ["examine", "load", "names"]
