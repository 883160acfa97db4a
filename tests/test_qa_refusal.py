from index.types import Chunk, Passage
from qa.refusal import explain, phrases

PASSAGE = Passage(
    Chunk("c", "a", 0, 0, 43),
    "a",
    "Second summit",
    "",
    None,
    "The leaders will meet in Hanoi on Thursday.",
    1.0,
)


def test_what_the_corpus_never_mentions_is_named_as_it_was_written() -> None:
    text, missing = explain(
        "What did Emmanuel Macron say?", "fact", [PASSAGE], known=lambda stem: stem == "say"
    )
    assert missing == ("Emmanuel Macron",)
    assert text == "The corpus does not answer this. It never mentions “Emmanuel Macron”."


def test_what_the_nearest_passage_lacks_is_named_when_every_word_is_known() -> None:
    text, missing = explain(
        "Which hotel hosts the Hanoi summit?", "where", [PASSAGE], known=lambda _: True
    )
    assert missing == ("hotel",)
    assert text.endswith("The nearest passage does not mention “hotel”.")


def test_a_verb_that_the_corpus_lacks_is_not_called_missing() -> None:
    text, missing = explain(
        "Why did they pull out?", "why", [PASSAGE], known=lambda stem: stem != "pull"
    )
    assert missing == ("a reason",)
    assert "pull" not in text


def test_the_kind_of_fact_is_named_when_every_word_is_there() -> None:
    text, missing = explain("When is the Hanoi summit?", "when", [PASSAGE], known=lambda _: True)
    assert missing == ("a date or time",)
    assert text.endswith("Nothing in it gives a date or time for this.")


def test_without_passages_or_a_kind_the_refusal_is_plain() -> None:
    assert explain("Hanoi summit?", "fact", [], known=lambda _: True) == (
        "The corpus does not answer this.",
        (),
    )


def test_neighbouring_words_are_joined_and_repeated_ones_named_once() -> None:
    found = phrases("Paris, or Kim Yong-chol in Paris?", lambda stem: True)
    assert found == ("Paris", "Kim Yong-chol")


def test_a_name_of_which_one_word_is_unknown_is_named_whole() -> None:
    found = phrases("Who is Choe Son Hui?", lambda stem: stem == "hui")
    assert found == ("Choe Son Hui",)
