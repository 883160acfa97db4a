"""Claims against sources: what is borne out, and what is told of what is not."""

import pytest

from index.types import Chunk, Passage, Span
from qa.claims.bind import Checker
from qa.claims.compare import Source, objection
from qa.claims.sources import full_names, resolved
from qa.claims.words import sentence

LEE = (
    "During their meeting, Lee formally invited Trump to attend the economic forum in South Korea "
    "and suggested that this meeting could provide Trump with an opportunity to meet with Kim."
)
DATES = (
    "The two sides met on June 12 in Singapore and on Feb. 27 and 28 in Hanoi, U.S. officials said."
)
NOT = "Officials have not yet done the serious planning, but they booked 2.5 million seats."
QUOTE = '"We made real progress in the last 72 hours," Pompeo said in a briefing.'
IF = "If North Korea disarms, the sanctions will end."
PANDA = "Bears like the panda live in the forest."
HOURS = "The talks will be at 9 a.m. on June 12 (9 p.m. June 11 ET)."


def said_of(claim: str, *sources: str) -> str:
    held = Source(tuple(map(sentence, sources)), full_names(" ".join(sources)))
    return objection(sentence(claim), held)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        (LEE, LEE),
        ("Lee formally invited Trump to attend the economic forum.", LEE),
        ("Trump was formally invited by Lee to attend the economic forum.", LEE),
        ("According to the article, Lee formally invited Trump to the forum.", LEE),
        ("They met on 12 June in Singapore.", DATES),
        ("They met on February 27 and 28 in Hanoi, United States officials stated.", DATES),
        ("On June 12 the two sides met in Singapore.", DATES),
        ("Officials haven't yet done the planning.", NOT),
        ("They booked 2,500,000 seats.", NOT),
        ("Pompeo said that they made real progress in the last 72 hours.", QUOTE),
        ("Trump was invited to the economic forum.", LEE),
        ("They purchased 2.5 million seats.", "They bought 2.5 million seats."),
        ("If North Korea disarms, the sanctions are going to end.", IF),
        ("Bears, such as the panda, live in the forest.", PANDA),
    ],
)
def test_what_a_source_says_in_other_words_is_borne_out(claim: str, source: str) -> None:
    assert said_of(claim, source) == ""


@pytest.mark.parametrize(
    ("claim", "source", "told"),
    [
        ("Trump formally invited Lee to attend the economic forum.", LEE, "change places"),
        ("Lee was formally invited by Trump to attend the forum.", LEE, "change places"),
        ("Bolton formally invited Trump.", LEE, "the name “Bolton” is not there"),
        ("Lee did not invite Trump to the forum.", LEE, "negated only in the claim"),
        ("Lee rejected Trump.", LEE, "negated only in the claim"),
        ("This meeting provides Trump with an opportunity.", LEE, "less certain"),
        ("The two sides met on June 13.", DATES, "the number “13” is not there"),
        ("The two sides met on July 12.", DATES, "the date “July” is not there"),
        ("They met on June 27 in Hanoi.", DATES, "change places"),
        ("Officials have done the serious planning.", NOT, "it is negated there"),
        ("They booked 2.5 billion seats.", NOT, "the number “2.5” is not there"),
        ("Pompeo said they made progress in the last 27 hours.", QUOTE, "the number “27”"),
        ("The sanctions will end.", IF, "depends on a condition"),
        ("The sides parted on June 12 over money and pride.", DATES, "is not there"),
        ("Lee formally invited Trump to attend the sports forum.", LEE, "“sports” is not there"),
        ("Lee was formally invited to the economic forum.", LEE, "change places"),
        ("Trump attended the economic forum.", LEE, "has not happened there"),
        ("This meeting must provide Trump with an opportunity.", LEE, "less certain"),
        ("The sanctions should end if North Korea disarms.", IF, "not said for certain"),
        ("They sold most of the grain.", "They sold some of the grain.", "“most” is not there"),
        ("The ship sailed from Hanoi.", "The ship sailed to Hanoi.", "another direction"),
        ("The team won although it rained.", "The team won because it rained.", "is not there"),
        ("The engine pushes the valve.", "The valve pushes the engine.", "change places"),
        ("The talks will be at 11 a.m. on June 12.", HOURS, "change places"),
        ("The steel bridge carries the steel.", "The bridge carries the steel.", "so often there"),
    ],
)
def test_what_a_source_does_not_say_is_told(claim: str, source: str, told: str) -> None:
    assert told in said_of(claim, source)


def test_opposites_are_no_paraphrase() -> None:
    assert "opposite" in said_of("The bridge closes at nine.", "The bridge opens at nine.")
    assert "opposite" in said_of("It is unlawful to trade.", "It is lawful to trade.")


def test_a_name_in_full_is_borne_out_where_the_text_knows_one_such_name() -> None:
    one = ("Kim Jong Un arrived.", "Then Kim met the press.")
    assert said_of("Kim Jong Un met the press.", one[1], one[0]) == ""
    held = full_names("Kim Jong Un arrived with Kim Yong Chol.")
    assert "kim" not in held


def test_a_pronoun_means_the_one_name_that_suits_it_and_nothing_where_two_do() -> None:
    before = ["Ambassador Rex Tillerson spoke first."]
    assert (
        resolved("Then he left the hall.", before) == "Then Ambassador Rex Tillerson left the hall."
    )
    two = ["Secretary Rex Tillerson met President Donald Trump."]
    assert resolved("Then he left the hall.", two) == "Then he left the hall."


def test_a_claim_may_not_join_what_two_sentences_say_of_different_people() -> None:
    text = ("Trump flew to Hanoi.", "Lee assumed office in 2025.")
    assert "not said of each other" in said_of("Trump assumed office in 2025.", *text)


def test_the_bearer_is_the_shortest_verbatim_span_of_the_cited_passage() -> None:
    text = f"{QUOTE} {LEE} {DATES}"
    start = text.index(LEE)
    spans = [
        Span(0, len(QUOTE)),
        Span(start, start + len(LEE)),
        Span(start + len(LEE) + 1, len(text)),
    ]
    passages = [_passage("a", text), _passage("b", "Nothing of the kind is said here.")]
    checker = Checker(
        passages,
        {"a": spans, "b": [Span(0, 33)]}.__getitem__,
        similarity=lambda question, texts: _ones(len(texts)),
    )
    verdict = checker.check("Lee formally invited Trump to the economic forum.", [1, 2])
    assert [(run.passage.article_id, run.text) for run in verdict.borne] == [("a", LEE)]
    assert (verdict.borne[0].start, verdict.borne[0].end) == (start, start + len(LEE))
    assert checker.check("Lee formally invited Trump to the economic forum.", [2]).borne == ()
    assert checker.check("Lee invited Trump.", [3]).reason == "there is no source 3"
    assert checker.check("Lee invited Trump.", []).reason == "it cites no source"


def _passage(article: str, text: str) -> Passage:
    return Passage(Chunk(article, article, 0, 0, len(text)), article, "", "", None, text, 1.0)


def _ones(size: int):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.ones(size)
