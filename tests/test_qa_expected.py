import pytest

from qa.expected import fits, subject


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("On what date did they meet?", "did they meet?"),
        ("How many troops are there?", "troops are there?"),
        ("Which hotel hosts the talks?", "Which hotel hosts the talks?"),
        ("What time do the talks begin?", "do the talks begin?"),
        ("How long?", "How long?"),
    ],
)
def test_the_subject_is_the_question_without_what_only_says_the_kind(
    question: str, expected: str
) -> None:
    assert subject(question) == expected


@pytest.mark.parametrize(
    ("kind", "yes", "no"),
    [
        ("when", "They meet on Feb. 27 in Hanoi.", "They may meet in Hanoi."),
        ("when", "It opened in 1867.", "It opened with 18 guests."),
        ("when", "Talks begin at 9 a.m. local time.", "Talks begin soon."),
        ("count", "About 30,000 troops are based there.", "Many troops are based there."),
        ("why", "He left because of the rain.", "He left in the rain."),
    ],
)
def test_a_text_fits_if_it_holds_what_is_asked_for(kind: str, yes: str, no: str) -> None:
    assert fits("?", kind, [yes, no]).tolist() == [1.0, 0.0]


def test_a_person_must_be_one_that_the_question_does_not_name() -> None:
    texts = ["On Monday Kim met Sergei Lavrov.", "On some days Kim met nobody."]
    assert fits("Who met Kim?", "who", texts).tolist() == [1.0, 0.0]


def test_nothing_is_expected_of_an_open_question() -> None:
    assert fits("What happened?", "fact", ["It rained.", ""]).tolist() == [1.0, 1.0]
