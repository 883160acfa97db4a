"""Questions made of sentences: natural ones, and none where a sentence does not lend itself."""

import pytest

from ui.questions import Asked, questions
from ui.verbs import BASES

WORDS = frozenset(("talks", "people"))


def asked(sentence: str) -> list[str]:
    return [question for _, question in questions(sentence, WORDS.__contains__)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Trump and Kim are due to meet on June 12 for the first time, officials said.",
            ["When are Trump and Kim due to meet?"],
        ),
        (
            "The Oslo talks will begin at the Capella Hotel at 9 a.m. on June 12.",
            ["When will the Oslo talks begin?", "Where will the Oslo talks begin?"],
        ),
        (
            "In 2010, the Obama administration placed Kim Yong Chol on a blacklist as chief of it.",
            ["When did the Obama administration place Kim Yong Chol on a blacklist?"],
        ),
        (
            "Anna Lindqvist first met the mayor of Oslo in Stockholm in March 2019.",
            [
                "When did Anna Lindqvist first meet the mayor of Oslo?",
                "Where did Anna Lindqvist first meet the mayor of Oslo?",
            ],
        ),
        (
            "The Riverside Bridge was closed on 3 May 2021 because its pillars had cracked.",
            [
                "When was the Riverside Bridge closed?",
                "Why was the Riverside Bridge closed on 3 May 2021?",
            ],
        ),
        (
            "On September 15, the DPRK said that it will never give up its weapons.",
            ["What did the DPRK say on September 15?"],
        ),
        (
            "White House press secretary Sarah Sanders said Kim’s request is a sign of trust.",
            ["Who is Sarah Sanders?", "What did Sarah Sanders say about Kim’s request?"],
        ),
        (
            "The report by Maria Gonzalez, a senior economist at the bank, was late.",
            ["Who is Maria Gonzalez?"],
        ),
        (
            "About 1,200 people visited the Munch Museum on Sunday.",
            ["How many people visited the Munch Museum on Sunday?"],
        ),
        ("Mount Logan is the highest mountain in Canada.", ["What is Mount Logan?"]),
        ("Ada Lovelace was an English writer.", ["Who was Ada Lovelace?"]),
    ],
)
def test_a_sentence_is_turned_into_what_it_answers(sentence: str, expected: list[str]) -> None:
    assert asked(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "He was born in Paris on June 12.",  # nobody knows who
        "It will open in Berlin in May 2020.",
        "Lena Holm gladdened the crowd in Oslo.",  # by a verb that is not known
        "London Bridge is a few steps from the Tower in London.",
        "Ties are rare in Norway.",
        "“We will meet in Oslo on May 3,” Holm said.",
        "The company opened a factory in June 2020.",  # which company?
        "Officials in Oslo signed it in May 2020.",
        "Holm agreed to sign, and they met him in Oslo.",
        "Holm was ranked higher and Berg was ranked lower because of a mistake.",
        "Holm opened a debate on rights by providing in Oslo.",
        "Holm agreed with Berg and signed a law in Oslo.",
        "",
        "Oslo",
        "!!! ??? ---",
        "Το 2010 η Αθήνα ήταν η πρωτεύουσα.",
        "Holm <b>opened</b> {{x}} in Oslo.",
        f"Holm opened {'the very ' * 40}large hall in Oslo.",
    ],
)
def test_what_would_make_an_odd_question_makes_none(sentence: str) -> None:
    assert asked(sentence) == []


def test_each_question_says_what_it_asks_for() -> None:
    sentence = "Anna Lindqvist opened the Munch Museum in Oslo on 3 May 2021 because of a vow."
    assert list(questions(sentence, WORDS.__contains__)) == [
        Asked("when", "When did Anna Lindqvist open the Munch Museum?"),
        Asked("where", "Where did Anna Lindqvist open the Munch Museum?"),
        Asked("why", "Why did Anna Lindqvist open the Munch Museum in Oslo on 3 May 2021?"),
    ]


def test_a_long_line_of_anything_takes_no_time() -> None:
    for text in ("A" * 100_000, "Aa " * 30_000, "The the " * 20_000, "1, " * 30_000):
        assert asked(text) == []


def test_past_forms_lead_to_their_bases() -> None:
    forms = ("met", "opened", "carried", "admitted", "closed", "founded", "found", "placed")
    bases = ("meet", "open", "carry", "admit", "close", "found", "find", "place")
    assert tuple(BASES[form] for form in forms) == bases
    assert not {"stoped", "cutted", "dealed", "admited"} & set(BASES)
