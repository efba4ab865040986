"""The encoder as an ONNX graph, in float32 or int8."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.e5.weights import HEADS, HIDDEN, INNER, LAYERS, Weights

if TYPE_CHECKING:
    import onnx

LARGEST_WEIGHT = 127
_LOUD_CHANNELS = 16
# How much of the loudness moves from the inputs into the weights; tried .5 to .8 on laws.
_SMOOTHING = {"qkv": 0.8, "fi": 0.65}


class Quantisation:
    """How a matrix product becomes int8: by the loudness of its inputs."""

    def __init__(self, peaks: Mapping[str, np.ndarray]) -> None:
        self._peaks = peaks

    def smoothing(self, name: str, weight: np.ndarray) -> np.ndarray | None:
        """What each input channel is divided by and its weights multiplied by; None for 1."""
        share = _SMOOTHING.get(name.split(".")[1])
        if share is None:
            return None
        loud = np.maximum(self._peaks[name], 1e-3) ** share
        scale: np.ndarray = loud / np.maximum(np.abs(weight).max(axis=0), 1e-4) ** (1 - share)
        return scale.astype(np.float32)

    def loud(self, name: str) -> np.ndarray:
        """A mask of the input channels that stay float32."""
        mask = np.zeros(len(self._peaks[name]), bool)
        mask[np.argsort(self._peaks[name], kind="stable")[-_LOUD_CHANNELS:]] = True
        return mask


def whole_weights(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (outputs, inputs) as int8 and the unit of each output, exact on any processor.

    x86 processors without VNNI add the products of two neighbouring inputs in 16 bits, and cut off
    what does not fit. Inputs go to 255, so two neighbours of one sign may come to 128 together:
    255 * 128 < 2**15. The unit of an output is therefore taken from its largest pair (127, for each
    may be rounded up by a half). That loses less than 7 bits for every weight would: cosine .9997
    to float32 against .9994, where cut off sums give .9995 and .997 at worst.
    """
    pairs = np.stack([weight, -weight]).clip(0).reshape(2, len(weight), -1, 2).sum(axis=-1)
    unit = (pairs.max(axis=(0, 2)).clip(1e-9) / LARGEST_WEIGHT).astype(np.float32)
    return np.round(weight / unit[:, np.newaxis]).astype(np.int8), unit


class _Graph:
    """Nodes and constants of a graph being written."""

    def __init__(self) -> None:
        import onnx  # only when building: 25 MB of memory

        self._onnx = onnx
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(
            self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name)
        )
        return name

    def node(
        self,
        kind: str,
        *inputs: str,
        outputs: Sequence[str] = (),
        own: bool = False,
        **attributes: Any,
    ) -> str:
        """Add a node (`own`: of ONNX Runtime's own set) and give the name of its first output."""
        outputs = outputs or [f"{kind}{len(self._nodes)}"]
        domain = "com.microsoft" if own else ""
        self._nodes.append(
            self._onnx.helper.make_node(
                kind, list(inputs), list(outputs), domain=domain, **attributes
            )
        )
        return outputs[0]

    def serialise(self, outputs: Iterable[str]) -> bytes:
        helper, float32 = self._onnx.helper, self._onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self._nodes,
            "e5",
            [helper.make_tensor_value_info("words", float32, ["texts", "tokens", HIDDEN])],
            [helper.make_tensor_value_info(name, float32, None) for name in outputs],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        data: bytes = helper.make_model(
            graph, opset_imports=opsets, ir_version=9
        ).SerializeToString()
        return data


def encoder_graph(weights: Weights, how: Quantisation | None, *, probes: bool = False) -> bytes:
    """The encoder, from summed word and position vectors (texts, tokens, 384) to (texts, 384).

    `how` None is float32; `probes` adds an output per matrix product: its input's peak per channel.
    """
    graph = _Graph()
    outputs = ["vector"]

    def linear(
        x: str, name: str, weight: np.ndarray, bias: np.ndarray, scale: np.ndarray | None = None
    ) -> str:
        if probes:
            outputs.append(name)
            axes = graph.constant(np.array([0, 1], np.int64))
            graph.node("ReduceMax", graph.node("Abs", x), axes, outputs=[name], keepdims=0)
        if how is None:
            return graph.node(
                "Add", graph.node("MatMul", x, graph.constant(weight.T)), graph.constant(bias)
            )
        if scale is not None:
            x = graph.node("Mul", x, graph.constant(1 / scale))
            weight = weight * scale
        whole, unit = whole_weights(weight)
        constants = whole.T, unit, np.zeros(len(unit), np.int8), bias
        return graph.node("DynamicQuantizeMatMul", x, *map(graph.constant, constants), own=True)

    def layer_norm(x: str, name: str) -> str:
        gain, shift = (graph.constant(weights.floats(f"{name}.{part}", 1)[:, 0]) for part in "wb")
        return graph.node("LayerNormalization", x, gain, shift, epsilon=weights.epsilon)

    def attention(x: str, layer: int) -> str:
        name = f"{layer}.qkv"
        weight, bias = weights.linear(layer, "qkv", HIDDEN)
        all_three = linear(
            x, name, weight, bias, None if how is None else how.smoothing(name, weight)
        )
        parts = [f"{name}.{part}" for part in "qkv"]
        graph.node("Split", all_three, outputs=parts, axis=-1, num_outputs=3)
        mixed = graph.node("MultiHeadAttention", *parts, own=True, num_heads=HEADS)
        return linear(mixed, f"{layer}.ao", *weights.linear(layer, ["ao"], HIDDEN))

    def feed_forward(x: str, layer: int) -> str:
        first, first_bias = weights.linear(layer, ["fi"], HIDDEN)
        second, second_bias = weights.linear(layer, ["fo"], INNER)
        name, inner = f"{layer}.fi", f"{layer}.fo"
        if how is None:
            y = graph.node("Gelu", linear(x, name, first, first_bias), own=True)
            return linear(y, inner, second, second_bias)
        loud, scale = how.loud(inner), how.smoothing(name, first)
        y = graph.node("Gelu", linear(x, name, first[~loud], first_bias[~loud], scale), own=True)
        y = linear(y, inner, second[:, ~loud], second_bias)
        few = graph.node("MatMul", x, graph.constant(first[loud].T))
        few = graph.node("BiasGelu", few, graph.constant(first_bias[loud]), own=True)
        return graph.node("Add", y, graph.node("MatMul", few, graph.constant(second[:, loud].T)))

    x = layer_norm("words", "emb.ln")
    for layer in range(LAYERS):
        x = layer_norm(graph.node("Add", attention(x, layer), x), f"l{layer}.aln")
        x = layer_norm(graph.node("Add", feed_forward(x, layer), x), f"l{layer}.oln")
    graph.node(
        "ReduceMean", x, graph.constant(np.array([1], np.int64)), outputs=["vector"], keepdims=0
    )
    return graph.serialise(outputs)
