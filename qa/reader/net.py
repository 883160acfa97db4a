"""The reader's network: a BERT encoder with a span head and an answerability head (torch).

The first token's start and end logits are the null answer, as in Devlin et al. 2019, section 4.3.
Attention is written out because torch's fused kernel is slower with a mask in bf16 on a CPU:
32 x 160 tokens took 4.2 s a training step with it and 0.9 s without (one core with AMX).
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder; the defaults are those of MiniLM-L6-H384."""

    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, shape.inner)
        self.down = nn.Linear(shape.inner, width)
        self.last_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, hidden: Tensor, bias: Tensor, drop: float) -> Tensor:
        batch, length, width = hidden.shape
        size = width // self.heads
        qkv = self.qkv(hidden).view(batch, length, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        scores = (qkv[0] * size**-0.5) @ qkv[1].transpose(-1, -2) + bias
        mixed = torch.softmax(scores, dim=-1) @ qkv[2]
        attended = self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        hidden = self.norm(hidden + self._drop(attended, drop))
        inner = self.down(nn.functional.gelu(self.up(hidden)))
        return self.last_norm(hidden + self._drop(inner, drop))  # type: ignore[no-any-return]

    def _drop(self, hidden: Tensor, share: float) -> Tensor:
        return nn.functional.dropout(hidden, share, self.training) if share > 0 else hidden


class ReaderNet(nn.Module):
    """Logits of start, end (batch, length) and answerable (batch) for token ids."""

    def __init__(self, shape: Shape, *, drop: float = 0.0) -> None:
        super().__init__()
        self.shape, self.drop = shape, drop
        self.tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.types = nn.Embedding(2, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.span = nn.Linear(shape.width, 2)
        self.gate = nn.Sequential(
            nn.Linear(shape.width, shape.width), nn.Tanh(), nn.Linear(shape.width, 1)
        )
        nn.init.normal_(self.span.weight, std=0.02)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.norm(self.tokens(ids) + self.types(types) + self.positions(places))
        if torch.is_autocast_enabled(ids.device.type):
            hidden = hidden.to(torch.get_autocast_dtype(ids.device.type))
        bias = ((1 - mask[:, None, None, :].to(hidden.dtype)) * -1e4).to(hidden.dtype)
        for layer in self.layers:
            hidden = layer(hidden, bias, self.drop)
        start, end = self.span(hidden).unbind(dim=-1)
        # A padded place must never win; the null place and the title are the caller's business.
        void = (1 - mask.to(start.dtype)) * -1e4
        return start + void, end + void, self.gate(hidden[:, 0]).squeeze(-1)


def from_encoder(folder: Path, *, drop: float = 0.0) -> ReaderNet:
    """A reader whose encoder is that of a BERT folder (`model.safetensors`), heads fresh."""
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    layers = sum(key.endswith("attention.self.query.weight") for key in weights)
    words, places = (weights[f"embeddings.{k}_embeddings.weight"] for k in ("word", "position"))
    net = ReaderNet(
        Shape(
            vocabulary=words.shape[0],
            width=words.shape[1],
            layers=layers,
            heads=words.shape[1] // 32,  # every MiniLM of this width has heads of 32
            inner=weights["encoder.layer.0.intermediate.dense.weight"].shape[0],
            positions=places.shape[0],
        ),
        drop=drop,
    )
    missing = net.load_state_dict(_renamed(weights, layers), strict=False).missing_keys
    unexpected = [key for key in missing if not key.startswith(("span.", "gate."))]
    if unexpected:
        raise ValueError(f"{folder} lacks the weights {unexpected}.")
    return net


def _renamed(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    names = {
        "tokens.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "types.weight": "embeddings.token_type_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    state = {ours: weights[theirs].float() for ours, theirs in names.items()}
    parts = {
        "out": "attention.output.dense",
        "norm": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "last_norm": "output.LayerNorm",
    }
    for number in range(layers):
        prefix = f"encoder.layer.{number}"
        for kind in ("weight", "bias"):
            qkv = [
                weights[f"{prefix}.attention.self.{p}.{kind}"] for p in ("query", "key", "value")
            ]
            state[f"layers.{number}.qkv.{kind}"] = torch.cat(qkv).float()
            for ours, theirs in parts.items():
                state[f"layers.{number}.{ours}.{kind}"] = weights[
                    f"{prefix}.{theirs}.{kind}"
                ].float()
    return state


def save(net: ReaderNet, path: Path) -> None:
    """Write the network's shape and weights to one file, whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"shape": asdict(net.shape), "weights": net.state_dict()}, part)
    part.replace(path)


def load(paths: list[Path], *, drop: float = 0.0) -> ReaderNet:
    """The network of a file, or the average of several of one shape (a model soup)."""
    files = [torch.load(path, map_location="cpu", weights_only=True) for path in paths]
    net = ReaderNet(Shape(**files[0]["shape"]), drop=drop)
    net.load_state_dict(
        {
            key: torch.stack([file["weights"][key].float() for file in files]).mean(0)
            for key in files[0]["weights"]
        }
    )
    return net
