"""A BERT-like encoder as one ONNX graph, built straight from its weights.

The graph takes the tokens of one text and returns its vector: there is no batch, so no padding, no
attention mask, and no way for one text to change the vector of another. It is built in 0.3 s
without torch; tracing the same model takes 10 s of imports, export and quantisation.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from index.recipe import NotExportable, Pooling

Array = NDArray[Any]

# The families whose encoder is the one below, and how far the positions of a text are shifted.
FAMILIES = frozenset({"bert", "roberta", "xlm-roberta", "camembert"})
_SHIFTED = FAMILIES - {"bert"}
_MICROSOFT = "com.microsoft"


def graph_of(
    weights: Mapping[str, Array],
    config: Mapping[str, Any],
    *,
    pooling: Pooling,
    window: int,
    quantised: bool,
) -> ModelProto:
    """The graph `input_ids` (tokens,) int64 -> `vector` (hidden,) float32, of unit length.

    `quantised` multiplies in 8-bit integers: weights per output channel, activations per text as
    they come; else everything is float32. At most `window` tokens. Raises NotExportable.
    The encoder is that of Devlin et al. (2019), section 3, and of RoBERTa, which has the same one.
    """
    _refuse_other_kinds(config)
    prefix = _prefix(weights)
    graph = _Graph({k.removeprefix(prefix): v for k, v in weights.items()}, config, quantised)
    try:
        hidden = _embeddings(graph, window)
        for layer in range(config["num_hidden_layers"]):
            hidden = _attention(graph, hidden, f"encoder.layer.{layer}.attention")
            hidden = _feed_forward(graph, hidden, f"encoder.layer.{layer}")
    except KeyError as missing:
        raise NotExportable(f"it lacks {missing}") from missing
    _pooled(graph, hidden, pooling)
    return graph.model()


class _Graph:
    """The nodes and constants so far; every node is named after its one output."""

    def __init__(
        self, weights: Mapping[str, Array], config: Mapping[str, Any], quantised: bool
    ) -> None:
        self.weights, self.quantised = weights, quantised
        self.width: int = config["hidden_size"]
        self.heads: int = config["num_attention_heads"]
        self.epsilon: float = config.get("layer_norm_eps", 1e-12)
        self.shift = config.get("pad_token_id", 1) + 1 if config["model_type"] in _SHIFTED else 0
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def weight(self, name: str) -> Array:
        return self.weights[name].astype(np.float32)

    def constant(self, name: str, value: Array) -> str:
        self._constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def shape(self, name: str, *sizes: int) -> str:
        return self.constant(name, np.array(sizes, np.int64))

    def node(self, kind: str, inputs: list[str], output: str, **settings: Any) -> str:
        domain = settings.pop("domain", "")
        self._nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **settings)
        )
        return output

    def split(self, source: str, sizes: str, outputs: list[str]) -> list[str]:
        self._nodes.append(helper.make_node("Split", [source, sizes], outputs, outputs[0], axis=0))
        return outputs

    def linear(self, name: str, source: str, weight: Array, bias: Array) -> str:
        """`source` (tokens, n) times `weight` (n, m) plus `bias` (m,)."""
        added = self.constant(f"{name}.bias", bias)
        if not self.quantised:
            by = self.constant(f"{name}.weight", weight)
            return self.node("Add", [self.node("MatMul", [source, by], f"{name}.x"), added], name)
        integers, scale = _without_saturation(weight)
        by = self.constant(f"{name}.weight", integers)
        scales = self.constant(f"{name}.scale", scale)
        inputs = [source, by, scales, "", added]
        return self.node("DynamicQuantizeMatMul", inputs, name, domain=_MICROSOFT)

    def norm(self, name: str, source: str) -> str:
        gain = self.constant(f"{name}.weight", self.weight(f"{name}.weight"))
        bias = self.constant(f"{name}.bias", self.weight(f"{name}.bias"))
        inputs = [source, gain, bias]
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=self.epsilon)

    def model(self) -> ModelProto:
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [self.width])],
            self._constants,
        )
        sets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=sets, ir_version=8)


def _embeddings(graph: _Graph, window: int) -> str:
    words = _words(graph)
    # One text has one type of token, so its vector is added to the positions once and for all.
    places = graph.weight("embeddings.position_embeddings.weight")
    places = places[graph.shift : graph.shift + window]
    if len(places) < window:
        raise NotExportable(f"it has {len(places)} positions for a window of {window} tokens")
    places = places + graph.weight("embeddings.token_type_embeddings.weight")[0]
    start, end = graph.shape("start", 0), graph.node("Shape", ["input_ids"], "end")
    here = graph.node("Slice", [graph.constant("places", places), start, end, start], "here")
    return graph.norm("embeddings.LayerNorm", graph.node("Add", [words, here], "embeddings"))


def _words(graph: _Graph) -> str:
    table = graph.weight("embeddings.word_embeddings.weight")
    if not graph.quantised:
        return graph.node("Gather", [graph.constant("words", table), "input_ids"], "word")
    scale = _positive(np.abs(table).max(1, keepdims=True) / 127)
    integers = np.rint(table / scale).astype(np.int8)
    row = graph.node("Gather", [graph.constant("words", integers), "input_ids"], "row")
    size = graph.node("Gather", [graph.constant("words.scale", scale), "input_ids"], "row.scale")
    return graph.node(
        "Mul", [graph.node("Cast", [row], "cast", to=TensorProto.FLOAT), size], "word"
    )


def _attention(graph: _Graph, source: str, name: str) -> str:
    heads, size = graph.heads, graph.width // graph.heads
    parts = [f"{name}.self.{part}" for part in ("query", "key", "value")]
    matrices = [graph.weight(f"{part}.weight").T for part in parts]
    biases = [graph.weight(f"{part}.bias") for part in parts]
    scale = np.float32(size**-0.5)  # scores are divided by the root of the size: here, beforehand
    matrices[0], biases[0] = matrices[0] * scale, biases[0] * scale
    matrix, bias = np.concatenate(matrices, 1), np.concatenate(biases)
    all_three = graph.linear(f"{name}.all", source, matrix, bias)
    shape = graph.shape(f"{name}.shape", -1, 3 * heads, size)
    apart = graph.node("Reshape", [all_three, shape], f"{name}.apart")
    by_head = graph.node("Transpose", [apart], f"{name}.by_head", perm=[1, 0, 2])
    query, key, value = graph.split(
        by_head, graph.shape(f"{name}.thirds", heads, heads, heads), parts
    )
    scores = graph.node("FusedMatMul", [query, key], f"{name}.scores", domain=_MICROSOFT, transB=1)
    shares = graph.node("Softmax", [scores], f"{name}.shares", axis=-1)
    mixed = graph.node("MatMul", [shares, value], f"{name}.mixed")
    by_token = graph.node("Transpose", [mixed], f"{name}.by_token", perm=[1, 0, 2])
    flat = graph.shape(f"{name}.flat", -1, graph.width)
    joined = graph.node("Reshape", [by_token, flat], f"{name}.joined")
    return _residual(graph, source, _dense(graph, f"{name}.output.dense", joined), f"{name}.output")


def _feed_forward(graph: _Graph, source: str, name: str) -> str:
    wide = _dense(graph, f"{name}.intermediate.dense", source)
    bent = graph.node("Gelu", [wide], f"{name}.gelu", domain=_MICROSOFT)
    return _residual(graph, source, _dense(graph, f"{name}.output.dense", bent), f"{name}.output")


def _dense(graph: _Graph, name: str, source: str) -> str:
    matrix, bias = graph.weight(f"{name}.weight").T, graph.weight(f"{name}.bias")
    return graph.linear(name, source, matrix, bias)


def _residual(graph: _Graph, before: str, after: str, name: str) -> str:
    return graph.norm(f"{name}.LayerNorm", graph.node("Add", [after, before], f"{name}.sum"))


def _pooled(graph: _Graph, hidden: str, pooling: Pooling) -> None:
    if pooling == "mean":
        pooled = graph.node("ReduceMean", [hidden], "pooled", axes=[0], keepdims=0)
    else:
        first = graph.constant("first", np.array(0, np.int64))
        pooled = graph.node("Gather", [hidden, first], "pooled", axis=0)
    length = graph.node("ReduceL2", [pooled], "length", axes=[0], keepdims=1)
    graph.node("Div", [pooled, length], "vector")


def _without_saturation(weight: Array) -> tuple[Array, Array]:
    """`weight` (n, m) as 8-bit integers times a scale (m,) per output.

    Processors without VNNI add the products of two neighbouring inputs in 16 bits, with saturation.
    An activation is at most 255, so the scale is such that two neighbours of one sign add up to at
    most 128: no product saturates, and every processor computes the same integers. That costs
    .0002 of mean cosine to the original; seven-bit weights, the usual way, cost .0010 to .0020.
    """
    even, odd = weight[0::2], weight[1::2]
    pairs = even.copy()
    pairs[: len(odd)] = np.where(even[: len(odd)] * odd > 0, even[: len(odd)] + odd, 0)
    largest = np.maximum(np.abs(weight).max(0), np.abs(pairs).max(0))
    scale = _positive(largest / 127)
    return np.rint(weight / scale).astype(np.int8), scale


def _positive(scale: Array) -> Array:
    """`scale` as float32 with 1 for the zeros, which scale nothing but zeros."""
    return np.where(scale > 0, scale, 1).astype(np.float32)


def _refuse_other_kinds(config: Mapping[str, Any]) -> None:
    wanted = {
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "is_decoder": False,
        "add_cross_attention": False,
    }
    if config.get("model_type") not in FAMILIES:
        raise NotExportable(f"its architecture is {config.get('model_type')!r}")
    for key, value in wanted.items():
        if config.get(key, value) != value:
            raise NotExportable(f"its {key} is {config[key]!r}")


def _prefix(weights: Mapping[str, Array]) -> str:
    last = "embeddings.word_embeddings.weight"
    for name in weights:
        if name.endswith(last):
            return name.removesuffix(last)
    raise NotExportable("it has no word embeddings")
