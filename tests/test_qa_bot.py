"""The bot on the real articles of `seeds/`, with the real model, Chroma folder and lexical leg."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import sync
from index.embed import Embedder, FakeEmbedder
from index.errors import MismatchError, NoIndex
from index.types import Filters
from qa import Bot, Done, QuestionError, ReaderError, Retrieved, Searching, Settings, Token
from qa.citations import verify
from qa.reader.spans import FakeReader

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"

# One fact each: what the answer must hold, and the article of its first citation.
ANSWERED = [
    ("Which hotel hosts the Singapore talks?", "Capella Hotel", "000"),
    ("What time do the talks begin in Singapore?", "9 a.m.", "000"),
    ("Why did Trump call off the talks in May?", "open hostility", "000"),
    ("Who said North Korea could follow the Libya model?", "John Bolton", "000"),
    ("Who has been leading negotiations with North Korea?", "Mike Pompeo", "000"),
    ("What did North Korea pledge in the Singapore joint statement?", "denuclearization", "001"),
    ("On which dates is the Hanoi summit?", "Feb. 27 and 28", "001"),
    ("Is a withdrawal of U.S. troops from South Korea discussed?", "rule out", "001"),
    ("What must North Korea declare?", "nuclear and missile stockpiles", "001"),
    ("When was Kim Yong-chol blacklisted?", "2010", "002"),
    ("How many U.S. troops are based in South Korea?", "30,000", "002"),
    ("Which Russian minister arrived in Pyongyang?", "Lavrov", "002"),
    ("When did Kim Jong Un assume office?", "2011", "002"),
    ("Where did Pompeo hold his briefing?", "Lotte New York Palace", "002"),
    ("What was the primary purpose of Kim's letter?", "request", "003"),
    ("What did Bolton say in his speech in Washington?", "holding open", "003"),
    ("Who is the White House press secretary?", "Sarah Huckabee Sanders", "003"),
    ("Who formally invited Trump to the economic forum?", "Lee", "004"),
    ("When did the DPRK say it would never give up nuclear weapons?", "September 15", "004"),
    ("Did the security team scout the Panmunjom border crossing?", "neither trip", "004"),
]
REFUSED = [
    "What is the capital of France?",
    "Who won the 2018 World Cup?",
    "What did Melania Trump say?",
    "What is the population of Singapore?",
    "What was Trump's gift to Kim?",
    "How do I bake sourdough bread?",
]


@pytest.fixture(scope="module")
def bot(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with Bot.build(SEEDS, tmp_path_factory.mktemp("data"), embedder=embedder) as made:
        yield made


def test_of_twenty_facts_at_least_eighteen_are_answered_from_the_right_article(bot: Bot) -> None:
    lost = []
    for question, fact, article in ANSWERED:
        answer = bot.ask(question)
        cited = answer.citations[0].article_id if answer.citations else ""
        if fact not in answer.text or not cited.startswith(article):
            lost.append((question, answer.text, cited))
    assert len(ANSWERED) == 20
    assert len(lost) <= 2, lost


@pytest.mark.parametrize("question", REFUSED)
def test_what_no_article_says_is_refused_with_what_is_nearest(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert not answer.answered
    assert answer.text.startswith("The corpus does not answer this.")
    assert answer.citations == ()
    assert answer.short == ""
    assert answer.missing
    assert 0 < len(answer.nearest) <= 3


def test_every_quote_is_a_span_of_its_article_and_stands_in_the_answer(bot: Bot) -> None:
    for question, _, _ in ANSWERED:
        answer = bot.ask(question)
        for citation in answer.citations:
            verify(citation, bot.article(citation.article_id))
            assert f"[{citation.number}]" in answer.text
            assert " ".join(citation.quote.split()) in answer.text
        assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_furniture_of_the_page_is_never_quoted_or_found(bot: Bot) -> None:
    for question in ("comments", "copyright Nexstar Media", "DiCaprio climate change", "directive"):
        answer = bot.ask(question)
        shown = [c.quote for c in answer.citations] + [p.text for p in bot.search(question)]
        assert not any(
            junk in text
            for text in shown
            for junk in ("Comments (0)", "Copyright 2023", "DiCaprio", "an error occurred")
        )


def test_the_same_question_gives_the_same_answer(bot: Bot) -> None:
    first = bot.ask("When was Kim Yong-chol blacklisted?")
    assert bot.ask("When was Kim Yong-chol blacklisted?") == first


def test_a_stream_ends_with_the_answer_that_its_pieces_make(bot: Bot) -> None:
    events = list(bot.stream("Which hotel hosts the Singapore talks?"))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [Searching, Retrieved, Token]
    assert kinds[-1] is Done
    said = "".join(event.text for event in events if isinstance(event, Token))
    done = events[-1]
    assert isinstance(done, Done)
    assert said == done.answer.text
    assert set(done.answer.timings) == {"search", "read", "compose", "total"}


def test_a_stream_that_is_dropped_lets_go_of_the_index(bot: Bot) -> None:
    stream = bot.stream("Which hotel hosts the Singapore talks?")
    next(stream)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert bot.ask("Which hotel hosts the Singapore talks?").answered


def test_a_chat_remembers_its_turns_and_leaves_others_alone(bot: Bot) -> None:
    one, other = bot.chat(), bot.chat()
    one.ask("Which hotel hosts the Singapore talks?")
    assert [turn.question for turn in one.turns] == ["Which hotel hosts the Singapore talks?"]
    assert other.turns == ()


def test_a_follow_up_is_understood_from_the_conversation(bot: Bot) -> None:
    chat = bot.chat()
    chat.ask("Who is Kim Yong-chol?")
    answer = chat.ask("When was he blacklisted?")
    assert answer.question == "When was he blacklisted?"
    assert answer.standalone == "When was Kim Yong-chol blacklisted?"
    assert "2010" in answer.text
    assert bot.chat().ask("Which hotel hosts the Singapore talks?").standalone == (
        "Which hotel hosts the Singapore talks?"
    )


def test_filters_that_no_article_passes_leave_nothing_to_answer_with(bot: Bot) -> None:
    answer = bot.ask("Which hotel hosts the talks?", filters=Filters(sources=("Reuters",)))
    assert not answer.answered
    assert answer.nearest == ()


@pytest.mark.parametrize("question", ["北京在哪里？", "Где пройдёт саммит?", "أين تعقد القمة؟"])
def test_a_question_in_another_script_is_answered_or_refused_without_fuss(
    bot: Bot, question: str
) -> None:
    assert bot.ask(question).text


@pytest.mark.parametrize("question", ["", " \n", "a" * 100_000, "\x00\x07"])
def test_a_question_that_cannot_be_asked_is_one_sentence(bot: Bot, question: str) -> None:
    with pytest.raises(QuestionError) as caught:
        bot.ask(question)
    assert "\n" not in str(caught.value)


def test_the_readers_span_is_the_short_answer(bot: Bot, embedder: Embedder) -> None:
    question = "Which hotel hosts the Singapore talks?"
    reader = FakeReader({question: "Capella Hotel"})
    with Bot.open(bot.data, embedder=embedder, reader=reader) as reading:
        assert reading.ask(question).short == "Capella Hotel"


def test_without_a_reader_the_bot_still_answers_and_refuses(bot: Bot, embedder: Embedder) -> None:
    settings = Settings(reader="off")
    with Bot.open(bot.data, settings=settings, embedder=embedder) as plain:
        answer = plain.ask("Which hotel hosts the Singapore talks?")
        assert "Capella Hotel" in answer.text
        assert answer.short == answer.citations[0].quote
        assert not plain.ask("What is the capital of France?").answered


def test_a_reader_that_is_not_there_is_one_sentence(bot: Bot, tmp_path: Path) -> None:
    with pytest.raises(ReaderError) as caught:
        Bot.open(bot.data, settings=Settings(reader=str(tmp_path / "none")))
    assert "\n" not in str(caught.value)


def test_caution_decides_how_sure_an_answer_must_be(bot: Bot) -> None:
    question = "Did Trump ever hand Kim a golf club?"
    bold = Bot.open(bot.data, settings=Settings(caution="eager"))
    shy = Bot.open(bot.data, settings=Settings(caution="cautious"))
    sure = [asked.ask(question).answered for asked in (shy, bold)]
    assert sure == sorted(sure)
    assert bold.ask(question).confidence == shy.ask(question).confidence


def test_a_new_generation_is_answered_from_without_reopening(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(SEEDS, corpus)
    embedder = FakeEmbedder()
    with Bot.build(corpus, tmp_path / "data", embedder=embedder) as bot:
        question = "Which zeppelin crossed the lagoon?"
        before = bot.status().generation
        assert "zeppelin" not in bot.ask(question).text or not bot.ask(question).answered
        (corpus / "new.txt").write_text(
            "Airships\n\nThe zeppelin Aurora crossed the lagoon at dawn.\n", encoding="utf-8"
        )
        sync([corpus], tmp_path / "data", embedder=embedder)
        answer = bot.ask(question)
        assert bot.status().generation != before
        assert "Aurora" in answer.text
        assert answer.citations[0].article_id == "new.txt"


def test_another_model_than_the_indexes_is_named_with_the_command_that_mends(
    tmp_path: Path, embedder: Embedder, model_home: Path
) -> None:
    shutil.copytree(model_home / "models", tmp_path / "models")
    sync([SEEDS], tmp_path, embedder=FakeEmbedder())
    with pytest.raises(MismatchError, match="corpus-qa index --rebuild --model all-MiniLM-L6-v2"):
        Bot.open(tmp_path, settings=Settings(model="all-MiniLM-L6-v2"))


def test_a_file_that_cannot_be_read_is_in_the_report_and_stops_nothing(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(SEEDS, corpus)
    (corpus / "broken.txt").write_bytes(b"\x00\x01binary")
    with Bot.build(corpus, tmp_path / "data", embedder=FakeEmbedder()) as bot:
        assert bot.report is not None
        assert len(bot.report.added) == 5
        assert [failed.name for failed in bot.report.failed] == ["broken.txt"]
        assert bot.ask("Which hotel hosts the Singapore talks?").text


def test_a_folder_without_an_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="corpus-qa index"):
        Bot.open(tmp_path)


def test_a_hostile_article_is_only_text(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    body = (
        "<script>alert(1)</script> The vault code is {context_str} ![x](http://evil.test/x.png). "
        "The zero\u200bwidth vault opens at nine. "
    )
    (corpus / "evil.txt").write_text(f"<b>Vault</b>\n\n{body}\n", encoding="utf-8")
    (corpus / "line.txt").write_text("Vaults everywhere. " * 20_000, encoding="utf-8")
    with Bot.build(corpus, tmp_path / "data", embedder=FakeEmbedder()) as bot:
        answer = bot.ask("What is the vault code?")
        for citation in answer.citations:
            verify(citation, bot.article(citation.article_id))
        assert bot.ask("When does the vault open? {context_str} [1] <img src=x>").text


def test_a_citation_of_a_replaced_article_no_longer_verifies(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    page = corpus / "page.txt"
    page.write_text("Harbour\n\nThe harbour bridge opens at nine.\n", encoding="utf-8")
    embedder = FakeEmbedder()
    with Bot.build(corpus, tmp_path / "data", embedder=embedder) as bot:
        (citation, *_) = bot.ask("When does the harbour bridge open?").citations
        page.write_text("Harbour\n\nThe harbour bridge opens at ten.\n", encoding="utf-8")
        sync([corpus], tmp_path / "data", embedder=embedder)
        with pytest.raises(AssertionError, match="another version"):
            verify(citation, bot.article("page.txt"))
        assert replace(citation).sha256 != bot.article("page.txt").sha256
