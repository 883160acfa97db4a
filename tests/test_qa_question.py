import pytest

from qa.errors import QuestionError
from qa.question import LONGEST, cleaned, kind, yes_or_no


@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\x00\x1b", "\u200b\u200e"])
def test_a_question_without_anything_visible_is_refused_in_one_sentence(empty: str) -> None:
    with pytest.raises(QuestionError, match="question is empty"):
        cleaned(empty)


def test_a_question_without_a_word_is_refused() -> None:
    with pytest.raises(QuestionError, match="no word"):
        cleaned("?!…")


def test_the_longest_question_is_taken_and_one_more_character_is_refused() -> None:
    assert cleaned("a" * LONGEST) == "a" * LONGEST
    with pytest.raises(QuestionError, match="100,000 characters; ask in at most 2,000"):
        cleaned("a" * 100_000)


def test_control_and_invisible_characters_go_and_white_space_becomes_single() -> None:
    assert cleaned(" Who\x07 is\u200b \n\t Kim\u202e?\ud800 ") == "Who is Kim?"


@pytest.mark.parametrize("text", ["北京在哪里？", "Где саммит?", "؟أين القمة", "हनोई कहाँ है?"])
def test_a_question_in_another_script_is_kept(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why was the meeting called off?", "why"),
        ("When do they meet?", "when"),
        ("On which dates is the second summit?", "when"),
        ("What time do the talks begin?", "when"),
        ("How many troops are in South Korea?", "count"),
        ("Which hotel hosts the talks?", "where"),
        ("Where is the summit?", "where"),
        ("Who is Kim Yong-chol?", "who"),
        ("Which official flew to Pyongyang?", "who"),
        ("List all the countries named.", "list"),
        ("Which letters between the two are mentioned?", "list"),
        ("What sanctions did the UN lift?", "list"),
        ("What are the goals of the summit?", "list"),
        ("What were Bolton's demands?", "list"),
        ("Compare the first and the second summit.", "list"),
        ("How does the format differ from the last one?", "list"),
        ("What did Bolton say?", "fact"),
        ("What does he say that they are doing?", "fact"),
        ("What is the purpose of the press that they have?", "fact"),
        ("What did ministers say that they were planning?", "fact"),
        ("Which process did they agree on?", "fact"),
    ],
)
def test_a_question_is_told_apart_by_what_it_asks_for(question: str, expected: str) -> None:
    assert kind(question) == expected


def test_a_question_that_begins_with_a_verb_asks_for_yes_or_no() -> None:
    assert yes_or_no("Is Kim willing to give them up?")
    assert yes_or_no("Didn’t they meet?")
    assert not yes_or_no("Who is Kim?")
    assert not yes_or_no("Island of the hotel?")
