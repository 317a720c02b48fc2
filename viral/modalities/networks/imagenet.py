"""What a picture shows, in the terms of a network trained on photographs.

EfficientNet-Lite0 (M. Tan and Q. Le, 2019; the Lite variant by Google, 2020) trained on ImageNet:
1,280 numbers a picture that say what kind of thing it looks like, and the probabilities of a
thousand classes with names. The classes are animals, tools, clothes and places of 2012; a dancer or
a phone screen is none of them, so a name is a hint and not a description.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from viral.errors import WeightsError
from viral.memory import give_back
from viral.messages import Message
from viral.modalities.networks import converted, imagenet_onnx, pretrained
from viral.settings import settings
from viral.threads import limit_threads

EMBEDDING_NAME = "efficientnet-lite0/imagenet"
DIMENSIONS = 1_280
INPUT_SIDE = 224
"""Pixels; what the weights were trained with."""
INPUT_MEAN, INPUT_SCALE = 127.0, 128.0
"""`(value - 127) / 128` on 0..255, as in Google's `efficientnet_lite_builder.py`."""
WIDEST_CROP = 4 / 3
"""Of the long to the short side. Training pictures were cut between 3:4 and 4:3 and squeezed into a
square, so the middle of a vertical clip is cut to 3:4 and squeezed: more of it is seen than in a
square, and no more distorted than what the network knows."""
ONLY_FATAL = 4
"""ONNX Runtime's level of messages."""

_lock = threading.Lock()


@cache
def class_names() -> tuple[str, ...]:
    """Return the thousand names, in the network's order."""
    file = Path(__file__).with_name("imagenet_classes.txt")
    return tuple(file.read_text(encoding="utf-8").splitlines())


class Network(Protocol):
    """What runs the network."""

    def __call__(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return embeddings `[n, 1280]` and probabilities `[n, 1000]` of `prepared` pictures."""


class OnnxNetwork:
    """The network as ONNX Runtime runs it.

    Parameters
    ----------
    exported : Path or bytes
        What `viral.modalities.networks.imagenet_onnx` exports, or the file of it.
    """

    def __init__(self, exported: Path | bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, settings().threads)
        options.inter_op_num_threads = 1
        options.log_severity_level = ONLY_FATAL
        # Threads that wait do not spin: others use the machine too.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The arena keeps the most that was ever needed; without it nothing is slower here.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            exported if isinstance(exported, bytes) else str(exported),
            options,
            providers=["CPUExecutionProvider"],
        )
        give_back()

    def __call__(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return embeddings and probabilities."""
        upright = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
        wanted = [imagenet_onnx.EMBEDDINGS, imagenet_onnx.PROBABILITIES]
        embeddings, probabilities = self._session.run(wanted, {imagenet_onnx.INPUT: upright})
        return embeddings, probabilities


def _fused(model: Any) -> Any:
    # Batch normalisation folds into the convolution before it, and the activations need no copy:
    # the same result in two thirds of the time.
    from torch.nn import Identity, ReLU6
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    pairs = [(model, "_conv_stem", "_bn0"), (model, "_conv_head", "_bn1")]
    for block in model._blocks:
        if hasattr(block, "_expand_conv"):
            pairs.append((block, "_expand_conv", "_bn0"))
        pairs += [(block, "_depthwise_conv", "_bn1"), (block, "_project_conv", "_bn2")]
    for owner, convolution, normalisation in pairs:
        fused = fuse_conv_bn_eval(getattr(owner, convolution), getattr(owner, normalisation))
        setattr(owner, convolution, fused)
        setattr(owner, normalisation, Identity())
    for module in model.modules():
        if isinstance(module, ReLU6):
            module.inplace = True
    return model


class TorchNetwork:
    """The network as torch runs it, from the published file; the definition of the other.

    Raises
    ------
    WeightsError
        It is not installed or is not the published one.
    """

    def __init__(self) -> None:
        path = pretrained.find("efficientnet_lite0")
        try:
            import torch
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError as error:
            raise WeightsError(Message("weights.no_picture_network")) from error
        limit_threads()
        model = EfficientNet.from_name("efficientnet-lite0")
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        self._model = _fused(model.eval()).to(memory_format=torch.channels_last)

    def __call__(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return embeddings and probabilities."""
        import torch

        with torch.inference_mode():
            features = self._model.extract_features(torch.from_numpy(pictures).permute(0, 3, 1, 2))
            embeddings = features.mean(dim=(2, 3))
            probabilities = torch.softmax(self._model._fc(embeddings), dim=1)
            return embeddings.numpy(), probabilities.numpy()


@cache
def _loaded() -> Network:
    path = converted.kept("efficientnet_lite0")
    try:
        if path is not None:
            return OnnxNetwork(path)
    except Exception:  # noqa: S110 - ONNX Runtime has many kinds; the file is made again
        pass
    try:
        # A folder that cannot be written to: made in memory, at each start.
        return OnnxNetwork(converted.made("efficientnet_lite0"))
    except Exception:  # noqa: S110 - without ONNX Runtime or onnx torch does the same
        pass
    return TorchNetwork()


def network() -> Network:
    """Return the network, loaded once.

    Raises
    ------
    WeightsError
        It is not installed or is not the published one.
    """
    with _lock:
        return _loaded()


def prepared(picture: np.ndarray) -> np.ndarray:
    """Return a picture as the network takes it: float32 `[224, 224, 3]`, about -1..1."""
    import cv2

    height, width = picture.shape[:2]
    longest = max(1, round(min(height, width) * WIDEST_CROP))
    top, left = max(0, (height - longest) // 2), max(0, (width - longest) // 2)
    middle = np.ascontiguousarray(picture[top : top + longest, left : left + longest])
    shrinks = min(middle.shape[:2]) >= INPUT_SIDE
    resized = cv2.resize(
        middle,
        (INPUT_SIDE, INPUT_SIDE),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC,
    )
    return (resized.astype(np.float32) - np.float32(INPUT_MEAN)) / np.float32(INPUT_SCALE)


def recognised(pictures: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Run the network.

    Parameters
    ----------
    pictures : list of np.ndarray [shape=(height, width, 3)], uint8
        RGB.

    Returns
    -------
    embeddings : np.ndarray [shape=(n, 1280)], float32
        0 and up.
    probabilities : np.ndarray [shape=(n, 1000)], float32
        Rows sum to 1; the order is that of `class_names`.

    Raises
    ------
    WeightsError
        The network is not installed or is not the published one.
    """
    run = network()
    embeddings = np.empty((len(pictures), DIMENSIONS), np.float32)
    probabilities = np.empty((len(pictures), len(class_names())), np.float32)
    # One at a time: several together are slower by ONNX Runtime, and need more memory.
    for place, picture in enumerate(pictures):
        seen = run(prepared(picture)[np.newaxis])
        embeddings[place], probabilities[place] = seen[0][0], seen[1][0]
    return embeddings, probabilities
