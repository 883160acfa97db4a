"""Follow-ups are understood from the conversation; other questions are left alone."""

import time

import pytest

from qa.followup import LONGEST, REMEMBERED, standalone
from qa.followup.mentions import mentions
from qa.types import Turn

REFUSED = "The corpus does not answer this. It never mentions “Napoleon” or “Moscow”."


def after(*turns: str | tuple[str, str]) -> tuple[Turn, ...]:
    return tuple(Turn(t, "") if isinstance(t, str) else Turn(*t) for t in turns)


MET = after("When will Trump and Kim meet?")
SUMMIT = after("When did the Singapore summit begin?")


@pytest.mark.parametrize(
    ("history", "question", "meant"),
    [
        (
            after("Who is Kim Yong-chol?"),
            "When was he blacklisted?",
            "When was Kim Yong-chol blacklisted?",
        ),
        (
            after("What did Sanders say about the letter?"),
            "Who saw her?",
            "Who saw Sanders?",
        ),
        (
            after("Where did Mike Pompeo speak?"),
            "Who did he say would go to Washington?",
            "Who did Mike Pompeo say would go to Washington?",
        ),
        (
            after("What is ground water contamination?"),
            "Can it be reversed?",
            "Can ground water contamination be reversed?",
        ),
        (
            after("Where did the Byzantine Empire begin?"),
            "What was its religion?",
            "What was the Byzantine Empire's religion?",
        ),
        (
            after("How many U.S. troops are in South Korea?"),
            "Could they be withdrawn?",
            "Could U.S. troops be withdrawn?",
        ),
        (
            after("Who spoke at the Capella Hotel?"),
            "How much is a room there?",
            "How much is a room at the Capella Hotel?",
        ),
        (
            after("What did Trump say about Kim Jong Un?"),
            "When did they last meet?",
            "When did Trump and Kim Jong Un last meet?",
        ),
    ],
)
def test_a_pronoun_becomes_what_it_means(
    history: tuple[Turn, ...], question: str, meant: str
) -> None:
    assert standalone(question, history) == meant


@pytest.mark.parametrize(
    ("history", "question", "meant"),
    [
        (MET, "And where?", "Where will Trump and Kim meet?"),
        (MET, "Why?", "Why will Trump and Kim meet?"),
        (MET, "At what time?", "At what time will Trump and Kim meet?"),
        (MET, "and on which dates", "on which dates will Trump and Kim meet?"),
        (SUMMIT, "What about Hanoi?", "When did the Hanoi summit begin?"),
        (
            after("When was the first summit in Singapore?"),
            "What about the second?",
            "When was the second summit in Singapore?",
        ),
        (
            after("What time do the talks start in Singapore?"),
            "and in Washington?",
            "What time do the talks start in Washington?",
        ),
        (after("Did Trump meet Kim?"), "When?", "When did Trump meet Kim?"),
        (after("Who wrote Hamlet?"), "any awards?", "any awards (Hamlet)?"),
    ],
)
def test_a_fragment_asks_the_last_question_again(
    history: tuple[Turn, ...], question: str, meant: str
) -> None:
    assert standalone(question, history) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Who is John Bolton?",
        "What is the capital of France?",
        "Did Trump say he would attend?",
        "Is it true that Bolton resigned?",
        "How long does it take to fly to Singapore?",
        "Are there any plans for tariffs on steel?",
        "When did North Korea declare it would keep its arms?",
        "Who said they were looking for something historic?",
        "What happened this week in Brussels?",
        "  Does the   Navy own  icebreakers ?",
        "bitcoin price today",
        "icebreakers",
        "nuclear tests",
        "Wann traf er Kim in Singapur?",
        "金正恩是谁",
        "???",
    ],
)
def test_a_question_that_stands_alone_is_not_touched(question: str) -> None:
    history = after(("Who hosted the Singapore summit?", "Lee Hsien Loong hosted it. [1]"))
    assert standalone(question, history) == question


@pytest.mark.parametrize(
    "question",
    [
        "Is it safer to meet in Hanoi?",
        "How much does it cost to host a summit?",
        "What does it mean to be blacklisted?",
        "Got it. Who is John Bolton?",
        "That is fine.",
        "Thank you for informing me; I was not aware of that.",
        "Hello there, who is John Bolton?",
        "My friend works for CNN. Did he write about John Bolton?",
        "The Navy bought new icebreakers. Why is that?",
    ],
)
def test_a_word_that_means_nothing_in_the_conversation_is_not_replaced(question: str) -> None:
    history = after(("Who hosted the Singapore summit?", "Lee Hsien Loong hosted it. [1]"))
    assert standalone(question, history) == question


def test_is_it_asks_about_the_thing_before_a_noun() -> None:
    history = after("What is the Capella Hotel?")
    assert standalone("Is it similar to rugby?", history) == (
        "Is the Capella Hotel similar to rugby?"
    )


def test_the_things_that_an_answer_describes_do_not_narrow_a_question() -> None:
    history = after(("Who hosted the summit?", "Singapore, at a closed island resort. [1]"))
    question = "Who owns the resort in Sentosa?"
    assert standalone(question, history) == question


def test_what_was_asked_about_by_these_words_means_that_again() -> None:
    history = after("Who wrote the Trump letter?", "Who opened the letters, and who read them?")
    assert standalone("Where are the letters kept now?", history) == (
        "Where are the letters kept now?"
    )


def test_it_is_the_owner_rather_than_what_is_owned() -> None:
    history = after("Where did the Byzantine Empire begin?", "What was its religion?")
    assert standalone("Why did it fall?", history) == "Why did the Byzantine Empire fall?"


def test_a_letter_of_somebody_s_is_it_and_not_the_writer() -> None:
    history = after("What did Kim's letter say?")
    assert standalone("Who read it?", history) == "Who read Kim's letter?"


@pytest.mark.parametrize("said", ["Thanks, that is fine.", "Got it.", "OK, thank you!", "I see"])
def test_a_courtesy_changes_nothing_of_what_is_spoken_of(said: str) -> None:
    history = after("Where is the Capella Hotel?", (said, REFUSED))
    assert standalone("Who owns it?", history) == "Who owns the Capella Hotel?"


def test_a_search_that_begins_like_a_courtesy_is_none() -> None:
    history = after("Great Barrier Reef fish")
    assert standalone("How many are there?", history) != "How many are there?"


def test_an_order_at_the_head_of_an_answer_names_nobody() -> None:
    history = after(("How do I apply?", "Note that the form is free. Select the button. [1]"))
    assert [m.text for m in mentions(history[0].answer) if m.text in {"Note", "Select"}] == []


@pytest.mark.parametrize("question", ["When was he born?", "Why?", "And where?", ""])
def test_without_a_conversation_nothing_is_changed(question: str) -> None:
    assert standalone(question, ()) == question


def test_the_person_that_answers_is_he() -> None:
    history = after(("Who invited Trump to the forum?", "President Lee Jae-myung. [1]"))
    assert standalone("When did Trump host him?", history) == "When did Trump host Lee Jae-myung?"


def test_of_several_people_in_an_answer_the_one_beside_the_question_s_words_is_meant() -> None:
    answer = (
        "Bolton has since been sidelined by Secretary of State Mike Pompeo, who has been leading "
        "negotiations with North Korea. [1]"
    )
    history = after(("Who has been leading the negotiations with North Korea?", answer))
    assert standalone("Where did he speak?", history) == "Where did Mike Pompeo speak?"


def test_the_one_asked_about_counts_more_than_others_in_the_answer() -> None:
    answer = "Pompeo said that Vice-Chairman Kim Yong-chol would travel to Washington. [1]"
    history = after(("Who is Kim Yong-chol?", answer))
    assert standalone("When was he born?", history) == "When was Kim Yong-chol born?"


def test_she_is_not_a_man() -> None:
    history = after("Why did Angela Merkel call Donald Trump?", "What did Donald Trump say?")
    assert standalone("When did she resign?", history) == "When did Angela Merkel resign?"


def test_a_chain_is_understood_turn_by_turn() -> None:
    history = after("Who is Kim Yong-chol?", "When was he blacklisted?", "Why?")
    assert standalone("Where did he travel?", history) == "Where did Kim Yong-chol travel?"


def test_only_the_last_turns_are_remembered() -> None:
    filler = ["What is rain?"] * REMEMBERED
    assert standalone("When was he born?", after("Who is Kim Yong-chol?", *filler)) == (
        "When was he born?"
    )


def test_a_refusal_brings_nothing_in() -> None:
    history = after(("Why did the emperor lose?", REFUSED))
    assert "Napoleon" not in standalone("When was he born?", history)
    assert "Moscow" not in standalone("Why did he go there?", history)


def test_markers_of_citations_are_not_carried_over() -> None:
    history = after(("Who spoke?", "John Bolton [12] spoke. [1]"))
    assert standalone("Was he fired?", history) == "Was John Bolton fired?"


def test_titles_help_where_the_conversation_does_not() -> None:
    history = after("Who resigned?")
    assert standalone("Where was he?", history) == "Where was he?"
    titles = ["Minister Boris Pistorius in Kyiv"]
    assert standalone("Where was he?", history, titles=titles) == "Where was Boris Pistorius?"


def test_a_description_becomes_the_fuller_name() -> None:
    history = after("Who led the Quit India Movement?")
    assert standalone("Why did the movement fail?", history) == (
        "Why did the Quit India Movement fail?"
    )


def test_two_men_in_one_question_are_two() -> None:
    history = after("When will Trump and Kim meet?")
    meant = standalone("Did he send him a letter?", history)
    assert "Trump" in meant
    assert "Kim" in meant


def test_the_same_conversation_gives_the_same_question() -> None:
    history = after("Who is Kim Yong-chol?", "When was he blacklisted?")
    assert len({standalone("Why?", history) for _ in range(5)}) == 1


def test_a_title_is_no_part_of_a_person_s_name() -> None:
    (found,) = mentions("Secretary of State Mike Pompeo")
    assert (found.text, found.kind) == ("Mike Pompeo", "person")


@pytest.mark.parametrize(
    "question",
    ["it he they there that " * 400, "the movement " * 150, "A b " * 500, "(" * 2000, "and " * 500],
)
def test_a_hostile_question_costs_little(question: str) -> None:
    history = after(*[("Who is Kim Yong-chol?", "Trump met Kim in Singapore. " * 100)] * 8)
    began = time.perf_counter()
    meant = standalone(question, history)
    assert time.perf_counter() - began < 0.5  # 2 ms for a usual one
    if len(question.split()) > LONGEST:
        assert meant == question


@pytest.mark.parametrize("question", ["Why?", "he", "(", "the", "And?", "What about?", "’s", "of"])
def test_odd_turns_never_fail(question: str) -> None:
    for earlier in ("Why?", "he", "(", "", "?", "the", "What about?", "Who is Kim?"):
        assert isinstance(standalone(question, after(earlier, (question, "[1]"))), str)
