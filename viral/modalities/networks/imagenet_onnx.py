"""EfficientNet-Lite0 as ONNX, so that pictures are recognised without loading torch.

The published weights are a file of torch, which takes a second and 200 MB to import, and gigabytes
to install. Here the same network is written down once as an ONNX graph, with each batch
normalisation folded into the convolution before it, and torch is not asked for it:
`viral.modalities.networks.torch_file` reads its file, `viral.modalities.networks.converted` keeps
the result. The folding is done
in 64 bits by NumPy, so that the same weights give the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.networks.pretrained import find
from viral.modalities.networks.torch_file import tensors_in

INPUT, EMBEDDINGS, PROBABILITIES = "pictures", "embeddings", "probabilities"
"""float32 `[n, 3, 224, 224]` in; `[n, 1280]` and `[n, 1000]` out."""
SIDE_PX, CHANNELS, DIMENSIONS, CLASSES = 224, 3, 1_280, 1_000
EPSILON = 1e-3
"""Added to the variance in each normalisation, from Google's `efficientnet_builder.py`."""
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)
"""Of the depthwise convolutions, block by block: Tan and Le 2019, table 1, without repeats at the
first and the last stage as in the Lite variant."""
HIGHEST_ACTIVATION = 6.0
"""ReLU6."""
OPSET, IR_VERSION = 17, 8
"""Of ONNX; every ONNX Runtime since 1.12 reads them."""


class _Graph:
    """Nodes and weights in the order in which they are used."""

    def __init__(self, state: Mapping[str, np.ndarray]) -> None:
        from onnx import helper, numpy_helper

        self._state = state
        self._helper, self._numpy_helper = helper, numpy_helper
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.weight("lowest", np.array(0.0, np.float32))
        self.weight("highest", np.array(HIGHEST_ACTIVATION, np.float32))

    def weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(self._numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(self._helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    def convolution(
        self, source: str, name: str, normalisation: str, *, stride: int = 1, active: bool = True
    ) -> str:
        """Add a convolution with its normalisation folded in; `SAME` padding as TensorFlow's."""
        kernel = self._state[f"{name}.weight"].astype(np.float64)
        parts = ("weight", "bias", "running_mean", "running_var")
        gain, bias, mean, variance = (
            self._state[f"{normalisation}.{part}"].astype(np.float64) for part in parts
        )
        factor = gain / np.sqrt(variance + EPSILON)
        folded = (kernel * factor[:, None, None, None]).astype(np.float32)
        shift = (bias - mean * factor).astype(np.float32)
        side = kernel.shape[-1]
        # With a stride of 2 on an even side the odd column of padding comes after the picture.
        before = (side - stride) // 2
        after = side - stride - before
        output = self.node(
            "Conv",
            [source, self.weight(f"{name}.kernel", folded), self.weight(f"{name}.shift", shift)],
            name,
            kernel_shape=[side, side],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=len(kernel) if kernel.shape[1] == 1 and side > 1 else 1,
        )
        if not active:
            return output
        return self.node("Clip", [output, "lowest", "highest"], f"{name}.active")


def model_bytes(state: Mapping[str, np.ndarray]) -> bytes:
    """Return the network as the bytes of an ONNX file.

    Parameters
    ----------
    state : mapping of str to np.ndarray
        The published tensors by their names.

    Raises
    ------
    KeyError
        A tensor of the network is not among them.
    """
    from onnx import TensorProto, helper

    graph = _Graph(state)
    hidden = graph.convolution(INPUT, "_conv_stem", "_bn0", stride=2)
    for number, stride in enumerate(STRIDES):
        block, entered = f"_blocks.{number}", hidden
        if f"{block}._expand_conv.weight" in state:
            hidden = graph.convolution(hidden, f"{block}._expand_conv", f"{block}._bn0")
        hidden = graph.convolution(
            hidden, f"{block}._depthwise_conv", f"{block}._bn1", stride=stride
        )
        hidden = graph.convolution(hidden, f"{block}._project_conv", f"{block}._bn2", active=False)
        inside, outside = (
            state[f"{block}.{name}.weight"].shape[axis]
            for name, axis in (("_project_conv", 0), ("_depthwise_conv", 0))
        )
        if f"{block}._expand_conv.weight" in state:
            outside = state[f"{block}._expand_conv.weight"].shape[1]
        if stride == 1 and inside == outside:
            hidden = graph.node("Add", [hidden, entered], f"{block}.sum")
    hidden = graph.convolution(hidden, "_conv_head", "_bn1")
    hidden = graph.node("GlobalAveragePool", [hidden], "pooled")
    embeddings = graph.node("Flatten", [hidden], EMBEDDINGS, axis=1)
    scores = graph.node(
        "Gemm",
        [
            embeddings,
            graph.weight("classes.kernel", state["_fc.weight"]),
            graph.weight("classes.shift", state["_fc.bias"]),
        ],
        "scores",
        transB=1,
    )
    graph.node("Softmax", [scores], PROBABILITIES, axis=1)
    described = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
        for name, shape in (
            (INPUT, (CHANNELS, SIDE_PX, SIDE_PX)),
            (EMBEDDINGS, (DIMENSIONS,)),
            (PROBABILITIES, (CLASSES,)),
        )
    }
    whole = helper.make_graph(
        graph.nodes,
        "efficientnet-lite0",
        [described[INPUT]],
        [described[EMBEDDINGS], described[PROBABILITIES]],
        graph.weights,
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return bytes(model.SerializeToString(deterministic=True))


def exported() -> bytes:
    """Read the published weights and return the network as ONNX.

    Raises
    ------
    WeightsError
        The weights or onnx are missing or are not the published ones.
    """
    state = tensors_in(find("efficientnet_lite0"))
    try:
        return model_bytes(state)
    except ImportError as error:
        raise WeightsError(Message("weights.cannot_export", package=error.name)) from error
