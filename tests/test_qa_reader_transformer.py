"""Readers of others: models made here, of no layer at all, whose logits can be worked out by hand.

A model points at the word "zebra". Every embedding has a one in a single of 16 places, 0 for [CLS],
1 for "zebra" and 2 for the rest; normalised, that place is 16/√15 above the others. The head weighs
"zebra" by 1, [CLS] by `null` and the rest by 0, so a span of "zebra" is 2 (1 - null) 16/√15 ahead.
"""

import math
import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed import FakeEmbedder
from index.models import locate
from qa.bot import Bot
from qa.errors import ReaderError
from qa.reader.spans import NOTHING, Reader
from qa.reader.transformer import TransformerReader
from qa.settings import Settings

STEP = 16 / math.sqrt(15)
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def saved_tokenizer(folder: Path, tokenizer: Any, marks: list[str]) -> None:
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    pad, unk, cls, sep = marks[:4]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=f"{cls} $A {sep} $B:1 {sep}:1",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in (cls, sep)],
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token=pad,
        unk_token=unk,
        cls_token=cls,
        sep_token=sep,
        model_max_length=64,
    ).save_pretrained(folder)


def word_tokenizer(folder: Path) -> int:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    letters = string.ascii_lowercase + string.digits + string.punctuation
    words = [*MARKS, "zebra", *letters, *(f"##{letter}" for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    saved_tokenizer(folder, tokenizer, MARKS)
    return len(words)


def pointing(folder: Path, *, null: float) -> Path:
    """A model that points at "zebra", and at [CLS] with the weight `null`."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    words = word_tokenizer(folder)
    config = BertConfig(
        hidden_size=16,
        num_hidden_layers=0,
        num_attention_heads=2,
        vocab_size=words,
        max_position_embeddings=66,
        layer_norm_eps=1e-12,
    )
    model = BertForQuestionAnswering(config)
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        embeddings = model.bert.embeddings
        embeddings.LayerNorm.weight.fill_(1.0)
        embeddings.word_embeddings.weight[:, 2] = 1.0
        for token, place in ((2, 0), (len(MARKS), 1)):
            embeddings.word_embeddings.weight[token] = torch.eye(16)[place]
        model.qa_outputs.weight[:, 0] = null
        model.qa_outputs.weight[:, 1] = 1.0
    model.save_pretrained(folder)
    return folder


def byte_model(folder: Path) -> Path:
    """A RoBERTa of random weights over bytes, whose tokens take the space before them along."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import RobertaConfig, RobertaForQuestionAnswering

    marks = ["<pad>", "<unk>", "<s>", "</s>"]
    words = [*marks, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({word: n for n, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    saved_tokenizer(folder, tokenizer, marks)
    torch.manual_seed(0)
    config = RobertaConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        vocab_size=len(words),
        max_position_embeddings=66,
        type_vocab_size=2,
        pad_token_id=0,
    )
    RobertaForQuestionAnswering(config).save_pretrained(folder)
    return folder


def opened(folder: Path) -> TransformerReader:
    return TransformerReader.open(locate(str(folder)))


@pytest.fixture(scope="module")
def with_null(tmp_path_factory: pytest.TempPathFactory) -> TransformerReader:
    return opened(pointing(tmp_path_factory.mktemp("null"), null=0.5))


@pytest.fixture(scope="module")
def without_null(tmp_path_factory: pytest.TempPathFactory) -> TransformerReader:
    return opened(pointing(tmp_path_factory.mktemp("no_null"), null=-1.0))


@pytest.fixture(scope="module")
def of_bytes(tmp_path_factory: pytest.TempPathFactory) -> TransformerReader:
    return opened(byte_model(tmp_path_factory.mktemp("bytes")))


def test_the_margin_is_the_best_span_less_the_null(with_null: TransformerReader) -> None:
    text = "A horse, a Zebra and a cow."
    right, wrong = with_null.read("Who?", [("", text), ("", "A horse and a cow.")])
    assert text[right.start : right.end] == "Zebra"
    assert right.score == pytest.approx(2 * 0.5 * STEP, abs=1e-4)
    assert wrong.score == pytest.approx(-2 * 0.5 * STEP, abs=1e-4)
    assert (right.answerable, wrong.answerable) == (right.score, wrong.score)


def test_a_title_is_no_answer(with_null: TransformerReader) -> None:
    (found,) = with_null.read("Who?", [("zebra", "A cow.")])
    assert found.score < 0


def test_whether_a_model_knows_no_answer_is_found_out(
    with_null: TransformerReader, without_null: TransformerReader
) -> None:
    assert with_null.nulls
    assert not without_null.nulls
    assert "/null/" in with_null.fingerprint
    assert "/no null/" in without_null.fingerprint


def test_without_a_null_the_margin_tells_the_spans_probability(
    without_null: TransformerReader,
) -> None:
    (alone,) = without_null.read("Who?", [("", "zebra")])
    assert alone.score == pytest.approx(math.log(4), abs=1e-4)  # it has all of the probability
    for found in without_null.read("Who?", [("", "zebra"), ("", "zebra"), ("", "")])[:2]:
        assert found.score == pytest.approx(0, abs=1e-4)  # a quarter: half of start, half of end
    right, wrong = without_null.read("Who?", [("", "a zebra"), ("", "a cow")])
    assert right.score > 1 > 0 > wrong.score


def test_a_reading_within_a_sentence_stays_there(with_null: TransformerReader) -> None:
    text = "No animal here. One zebra here."
    (found,) = with_null.read("Who?", [("", text)])
    assert text[slice(*span(found.within(15, len(text))))] == "zebra"
    assert found.within(0, 15).score < 0 < found.within(15, len(text)).score


def span(found: Any) -> tuple[int, int]:
    return found.start, found.end


def test_a_long_passage_is_slid_over_with_exact_offsets(with_null: TransformerReader) -> None:
    text = "ab, " * 150 + "Zebra " + "cd " * 150
    (found,) = with_null.read("Who was it?", [("", text)])
    assert text[found.start : found.end] == "Zebra"
    shown = [text[start:end] for start, end in found.places]
    assert shown == [*["a", "b", ","] * 150, "Zebra", *["c", "d"] * 150]
    assert np.isfinite(found.starts).all()


def test_a_passage_is_read_alike_alone_and_among_others(of_bytes: TransformerReader) -> None:
    alone = of_bytes.read("Who?", [("", "A cow.")])[0]
    among = of_bytes.read("Who?", [("", "xx " * 90), ("", "A cow."), ("", "")])[1]
    if of_bytes.nulls:
        assert alone.score == among.score
    assert span(alone) == span(among)


def test_nothing_asked_of_and_nothing_written(
    with_null: TransformerReader, without_null: TransformerReader
) -> None:
    for reader in (with_null, without_null):
        assert reader.read("Who?", []) == []
        for found in reader.read("Who?", [("", ""), ("", " \n"), ("", "\u200b\x00")]):
            assert (*span(found), found.score) == (0, 0, NOTHING)


def test_a_question_longer_than_the_window_leaves_room_for_the_passage(
    with_null: TransformerReader,
) -> None:
    (found,) = with_null.read("zebra " * 500, [("", "ab " * 60 + "zebra")])
    assert span(found) == (180, 185)


def test_many_passages_keep_their_order(with_null: TransformerReader) -> None:
    texts = ["ab " * (n % 7) + "zebra" for n in range(150)]
    found = with_null.read("Who?", [("", text) for text in texts])
    assert [r.start for r in found] == [text.index("zebra") for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=150), st.text(max_size=150))
def test_a_word_among_any_characters_is_found_where_it_stands(
    with_null: TransformerReader, question: str, before: str, after: str
) -> None:
    text = f"{before} zebra {after}"
    (found,) = with_null.read(question, [("", text)])
    assert text[found.start : found.end].lower() == "zebra"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=300))
def test_offsets_of_bytes_are_inside_the_passage_and_never_begin_or_end_with_a_space(
    of_bytes: TransformerReader, question: str, text: str
) -> None:
    (found,) = of_bytes.read(question, [("", text)])
    assert 0 <= found.start <= found.end <= len(text)
    shown = text[found.start : found.end]
    assert shown == shown.strip()
    assert bool(shown) == bool(text.strip())


def test_it_is_a_reader_whose_margins_the_shipped_calibration_does_not_know(
    with_null: TransformerReader,
) -> None:
    reader: Reader = with_null
    assert reader.calibration == "plain"


def test_a_bot_answers_with_the_model_that_its_settings_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The keeper feeds the zebra at noon. It rained all day.")
    model = pointing(tmp_path / "model", null=0.5)
    settings = Settings(reader=str(model), caution="eager")
    paths, data = tmp_path / "a.txt", tmp_path / "data"
    with Bot.build(paths, data, settings=settings, embedder=FakeEmbedder()) as bot:
        answer = bot.ask("What does the keeper feed at noon?")
    assert answer.short == "zebra"
    assert answer.citations[0].quote == "The keeper feeds the zebra at noon."


def test_a_model_without_a_head_for_answers_is_refused(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        vocab_size=word_tokenizer(tmp_path),
        max_position_embeddings=66,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    with pytest.raises(ReaderError, match=r"lacks the weights qa_outputs\.bias"):
        opened(tmp_path)


@pytest.mark.parametrize("damage", ["missing", "cut short", "not JSON", "no tokenizer"])
def test_a_damaged_folder_is_one_sentence(tmp_path: Path, damage: str) -> None:
    folder = pointing(tmp_path, null=0.5)
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


def test_a_tokenizer_with_more_words_than_the_model_is_one_sentence(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForQuestionAnswering

    word_tokenizer(tmp_path)
    config = BertConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        vocab_size=6,
        max_position_embeddings=66,
    )
    BertForQuestionAnswering(config).save_pretrained(tmp_path)
    with pytest.raises(ReaderError, match="cannot read a question and a passage") as caught:
        opened(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_model_that_reads_a_few_tokens_at_a_time_is_refused(tmp_path: Path) -> None:
    import json

    folder = pointing(tmp_path, null=0.5)
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "model_max_length": 16}))
    with pytest.raises(ReaderError, match="16 tokens at a time"):
        opened(folder)


def test_a_device_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    folder = pointing(tmp_path, null=0.5)
    with pytest.raises(ReaderError, match="'cuda:99'") as caught:
        TransformerReader.open(locate(str(folder)), device="cuda:99")
    assert "\n" not in str(caught.value)


def test_loading_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = pointing(tmp_path, null=0.5)
    capfd.readouterr()
    opened(folder)
    assert capfd.readouterr() == ("", "")
