import pytest

from qa.parts import parts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Who is Kim Yong-chol and when was he blacklisted?",
            ("Who is Kim Yong-chol?", "when was Kim Yong-chol blacklisted?"),
        ),
        (
            "Which hotel hosts the talks? And when do they begin?",
            ("Which hotel hosts the talks?", "when do the talks begin?"),
        ),
        (
            "Who wrote the letter and who delivered it?",
            ("Who wrote the letter?", "who delivered the letter?"),
        ),
    ],
)
def test_questions_that_are_joined_are_asked_one_by_one_with_their_pronouns_filled_in(
    question: str, expected: tuple[str, ...]
) -> None:
    assert parts(question) == expected


def test_two_question_words_before_one_verb_are_two_questions_about_the_same() -> None:
    assert parts("When and where will they meet?") == (
        "When will they meet?",
        "Where will they meet?",
    )


def test_an_elliptical_second_half_repeats_the_first_with_its_own_last_phrase() -> None:
    assert parts("What did officials say before Singapore, and what before Hanoi?") == (
        "What did officials say before Singapore?",
        "What did officials say before Hanoi?",
    )


def test_a_comparison_asks_for_each_of_its_sides() -> None:
    assert parts("Compare the dates of the first and of the second summit.") == (
        "the dates of the first summit",
        "the dates of the second summit",
    )
    assert parts("Set what they pledged in May against what they did in June.") == (
        "what they pledged in May",
        "what they did in June",
    )


@pytest.mark.parametrize(
    "question",
    [
        "On which evening and which morning did they negotiate?",
        "Tell me what Bolton said and why he said it.",
        "Do you know who went to Pyongyang and what he brought?",
        "How many people died and were injured in the attack?",
        "What did Trump and Kim sign?",
        "Who?",
        "",
    ],
)
def test_what_asks_one_thing_comes_back_untouched(question: str) -> None:
    assert parts(question) == (question,)


def test_more_than_three_questions_at_once_are_left_together() -> None:
    question = "Who is Kim? Where is he? When was he born? What does he want?"
    assert parts(question) == (question,)
