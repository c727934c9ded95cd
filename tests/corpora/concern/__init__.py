"""How good the conduct detection is: recall at a fixed load, beside its anchors; writes the model card."""
