"""Policy packs: what one may say (`schema`, `choices`, `sections`) and how it is read and refused (`loading`)."""

from gateway.packs.loading import Shelf, examine, load, names, shelf

__all__ = ["Shelf", "examine", "load", "names", "shelf"]
