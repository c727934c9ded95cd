"""Writes the encoder as the file that onnxruntime reads: eight bits a weight."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from classifiers.conduct.deep import MODEL_FILE, VOCABULARY_FILE
from tests.training.deep.bert import Encoder

OPERATORS = 17  # version of ONNX's set


class _OfOne(nn.Module):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pieces: Tensor) -> Tensor:
        return self.encoder.of_one(pieces)


def shipped(encoder: Encoder, vocabulary: list[str], folder: Path) -> None:
    """Write model and vocabulary into the folder of models."""
    with tempfile.TemporaryDirectory() as made:
        whole, small = Path(made) / "whole.onnx", Path(made) / "small.onnx"
        torch.onnx.export(
            _OfOne(encoder.eval()),
            (torch.arange(1000, 1040),),
            str(whole),
            input_names=["pieces"],
            output_names=["said"],
            dynamic_axes={"pieces": {0: "pieces"}},
            opset_version=OPERATORS,
            dynamo=False,
        )
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True)
        shutil.copyfile(small, folder / MODEL_FILE)
    (folder / VOCABULARY_FILE).write_text("\n".join(vocabulary), "utf-8")
