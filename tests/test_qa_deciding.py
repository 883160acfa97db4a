from index.types import Article, Chunk, Passage, Span
from qa.deciding import decide
from qa.types import Answer, Evidence, Findings

TEXT = "The country will never give them up."
ARTICLE = Article("a", "News", TEXT, "", None, "a.txt", "sha")
PASSAGE = Passage(Chunk("c", "a", 0, 0, len(TEXT)), "a", "News", "", None, TEXT, 1.0)
BEST = Evidence(PASSAGE, 0, len(TEXT), TEXT, 3.0, 0.6, 0.5, margin=6.0, span=Span(0, 22))


def decided(question: str, chance: float) -> Answer:
    findings = Findings((PASSAGE,), (BEST,), {}, chance)
    return decide(
        question, findings, threshold=0.5, articles=lambda _: ARTICLE, known=lambda _: True
    )


def test_what_asks_for_yes_or_no_is_answered_by_the_whole_sentence() -> None:
    assert decided("Will they give them up?", 0.9).short == TEXT
    assert decided("Who will never give them up?", 0.9).short == "The country will never"


def test_below_the_threshold_nothing_is_cited() -> None:
    answer = decided("Will they give them up?", 0.4)
    assert (answer.answered, answer.citations, answer.nearest) == (False, (), (PASSAGE,))
