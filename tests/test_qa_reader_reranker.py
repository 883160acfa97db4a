"""Rerankers: an order of passages, never a span, and no failure of theirs unexplained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index.models import locate
from index.types import Chunk, Passage
from qa.compose import short_answer
from qa.errors import ReaderError
from qa.evidence import EvidenceSettings, Sentence, rank
from qa.opening import reader_for
from qa.reader.reranker import SCALE, Reranker
from qa.settings import Settings

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "rain",
    "fell",
    "all",
    "day",
    "who",
    "?",
    ".",
]


class Counting:
    """A cross-encoder that scores a text by how often it says "rain"; it sees twenty tokens."""

    max_seq_length = 20

    def __init__(self, wanted: int = 1) -> None:
        self.seen: list[str] = []
        self._wanted = wanted
        inner = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
        inner.normalizer = normalizers.Lowercase()
        inner.pre_tokenizer = pre_tokenizers.Whitespace()
        self._inner = inner

    def tokenizer(self, text: str, **_: Any) -> dict[str, Any]:
        return {"offset_mapping": self._inner.encode(text, add_special_tokens=False).offsets}

    def predict(self, pairs: Sequence[tuple[str, str]], **_: Any) -> Any:
        self.seen += [text for _, text in pairs]
        counts = np.array([float(text.count("rain")) for _, text in pairs])
        return counts if self._wanted == 1 else np.stack([counts] * self._wanted, axis=1)


def counting() -> tuple[Reranker, Counting]:
    model: Any = Counting()
    reranker = Reranker(model, "counting")
    model.seen.clear()
    return reranker, model


def made(folder: Path, *, labels: int = 1, kind: str = "ForSequenceClassification") -> Path:
    """A small BERT of random weights with a tokenizer of a few words."""
    import torch
    import transformers

    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=64,
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        vocab_size=len(WORDS),
        max_position_embeddings=66,
        initializer_range=1.0,
    )
    config.num_labels = labels
    getattr(transformers, f"Bert{kind}")(config).save_pretrained(folder)
    return folder


def opened(folder: Path) -> Reranker:
    return Reranker.open(locate(str(folder)))


def test_scores_are_the_deviations_from_the_mean_of_the_passages() -> None:
    reranker, _ = counting()
    found = reranker.read("who?", [("", "rain rain"), ("", "fell"), ("", "rain")])
    # 2, 0 and 1: mean 1, deviation the root of 2/3.
    assert [r.score for r in found] == pytest.approx([SCALE * 1.5**0.5, -SCALE * 1.5**0.5, 0])
    assert [r.answerable for r in found] == [2, 0, 1]


def test_one_passage_or_equal_ones_are_neither_good_nor_bad() -> None:
    reranker, _ = counting()
    assert [r.score for r in reranker.read("who?", [("", "rain")])] == [0]
    assert [r.score for r in reranker.read("who?", [("", "rain")] * 3)] == [0, 0, 0]
    assert reranker.read("who?", []) == []


def test_a_title_is_read_above_the_passage() -> None:
    reranker, model = counting()
    reranker.read("who?", [("Rain", "it fell.")])
    assert model.seen == ["Rain\nit fell."]


def test_a_long_passage_is_read_in_pieces_and_its_best_one_counts() -> None:
    reranker, model = counting()
    text = "fell day " * 20 + "rain rain rain " + "fell day " * 20
    (found, *_) = reranker.read("who?", [("", text), ("", "rain")])
    assert found.answerable == 3
    # Of the twenty tokens two are the question's and eight are kept for marks: pieces of ten words.
    assert max(len(piece.split()) for piece in model.seen) == 10
    held = " ".join(model.seen)
    assert held.count("fell") >= 40
    assert model.seen[-2].split()[-1] == "day"


def test_an_opinion_holds_for_every_sentence_and_marks_none() -> None:
    reranker, _ = counting()
    (found, _) = reranker.read("who?", [("", "rain fell. all day."), ("", "day")])
    part = found.within(0, 10)
    assert (part.start, part.end, part.score) == (0, 0, found.score)


def passage(article: str, text: str) -> Passage:
    return Passage(Chunk(article, article, 0, 0, len(text)), article, "", "", None, text, 0.0)


def test_the_passage_that_a_reranker_prefers_comes_first_and_the_short_answer_is_a_sentence() -> (
    None
):
    dry, wet = passage("a", "It fell at noon."), passage("b", "It was rain.")
    reranker, _ = counting()
    read = reranker.read("What fell?", [("", dry.text), ("", wet.text)])
    found = rank(
        "What fell?",
        [Sentence(p, 0, len(p.text), p.text) for p in (dry, wet)],
        weights={},
        similarity=lambda _, texts: np.zeros(len(texts)),
        readings={"a": read[0], "b": read[1]},
        settings=EvidenceSettings(),
    )
    assert [item.passage for item in found] == [wet, dry]
    assert found[0].span is None
    assert short_answer(found[0]) == "It was rain."


def test_scores_are_those_of_sentence_transformers(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    texts = ["rain fell all day.", "day.", "who fell? all"]
    folder = made(tmp_path)
    found = opened(folder).read("who fell?", [("", text) for text in texts])
    reference: Any = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    pairs = [("who fell?", text) for text in texts]
    chances = reference.predict(pairs, show_progress_bar=False)  # the library's sigmoid over logits
    assert [1 / (1 + np.exp(-r.answerable)) for r in found] == pytest.approx(chances, abs=1e-5)
    assert len({round(r.score, 3) for r in found}) == 3


def test_any_characters_and_many_passages_are_read(tmp_path: Path) -> None:
    reranker = opened(made(tmp_path))
    texts = ["", "\x00", "\ud800 ok", "Москва", "東京は日本の首都です。" * 30, "rain " * 400]
    found = reranker.read("who? \udfff", [("\ud800", text) for text in texts * 20])
    assert len(found) == len(texts) * 20
    assert np.isfinite([r.score for r in found]).all()


def test_the_settings_open_a_reranker_by_its_prefix(tmp_path: Path) -> None:
    assert isinstance(reader_for(Settings(reader=f"rerank:{made(tmp_path)}")), Reranker)


def test_a_model_with_several_labels_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="gives 3 scores"):
        opened(made(tmp_path, labels=3))


@pytest.mark.parametrize("kind", ["Model", "ForQuestionAnswering"])
def test_a_model_that_was_not_trained_to_rank_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ReaderError, match=f"is a Bert{kind} and no cross-encoder"):
        opened(made(tmp_path, kind=kind))


@pytest.mark.parametrize("damage", ["missing", "cut short", "not JSON", "no tokenizer"])
def test_a_damaged_folder_is_one_sentence(tmp_path: Path, damage: str) -> None:
    folder = made(tmp_path)
    weights = folder / "model.safetensors"
    if damage == "missing":
        weights.unlink()
    elif damage == "cut short":
        weights.write_bytes(weights.read_bytes()[:-40])
    elif damage == "not JSON":
        (folder / "config.json").write_text("{")
    else:
        for path in folder.glob("*token*"):
            path.unlink()
    with pytest.raises(ReaderError, match=r"cannot be loaded|is missing") as caught:
        opened(folder)
    assert "\n" not in str(caught.value)


def test_loading_and_reading_say_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = made(tmp_path)
    capfd.readouterr()
    opened(folder).read("who?", [("", "rain " * 200)])
    assert capfd.readouterr() == ("", "")
