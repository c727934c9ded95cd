"""Teaches the sentence encoder that `classifiers.conduct.deep` reads with. Needs torch, onnx and onnxruntime.

torch and onnx are no part of the lock file, for nothing else needs them: `pip install torch onnx`.
"""
