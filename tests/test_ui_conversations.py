"""Past conversations: found again, each its owner's alone, and whole whatever happens."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.types import Chunk, Filters, Passage
from qa.types import Answer, Citation, Turn
from ui.conversations import Conversations, Limits, StoredTurn, history
from ui.conversations.database import Database
from ui.conversations.schema import STEPS
from ui.errors import ConversationError, NotFoundError

ANN, BOB = "user:ann", "browser:0123"
QUOTE = Citation(
    1, "a.txt", "f" * 64, "Talks", "CNN", date(2018, 6, 5), "/c/a.txt", 3, 12, "the quote"
)
ANSWER = Answer(
    question="Which hotel?",
    standalone="Which hotel?",
    answered=True,
    text="the quote [1]",
    short="quote",
    citations=(QUOTE,),
    confidence=0.5,
    timings={"total": 0.25},
)
NEAR = Passage(Chunk("", "a.txt", 0, 3, 8), "a.txt", "Talks", "", None, "quote", 1.5)
REFUSAL = replace(ANSWER, answered=False, citations=(), short="", nearest=(NEAR,), missing=("x",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def kept(path: Path) -> Conversations:
    return Conversations.open(path)


def begun(kept: Conversations, owner: str = ANN, *questions: str) -> tuple[str, list[int]]:
    key = kept.create(owner)
    asked = [kept.asked(owner, key, question, None, "000001") for question in questions]
    return key, asked


def questions(turns: list[StoredTurn]) -> list[str]:
    return [turn.question for turn in turns]


def test_nothing_is_opened_before_it_is_needed(path: Path) -> None:
    kept = Conversations.open(path)
    assert not path.exists()
    assert kept.list(ANN) == []
    assert path.exists()


def test_a_conversation_is_found_again_after_a_restart_with_its_citations(path: Path) -> None:
    first = Conversations.open(path)
    key = first.create(ANN)
    filters = Filters(date(2018, 1, 1), None, ("CNN", "The Hill"))
    turn = first.asked(ANN, key, "Which hotel?", filters, "000007")
    first.answered(ANN, turn, ANSWER)
    other = first.asked(ANN, key, "Which island?", None, "000008")
    first.answered(ANN, other, replace(REFUSAL, standalone="Which island?"))
    first.close()
    answered, refused = Conversations.open(path).turns(ANN, key)
    assert answered.answer == ANSWER
    assert answered.answer.timings == {"total": 0.25}
    assert (answered.filters, answered.generation) == (filters, "000007")
    assert (refused.answer, refused.filters, refused.generation) == (
        replace(REFUSAL, standalone="Which island?"),
        None,
        "000008",
    )
    assert history([answered, refused]) == (
        Turn("Which hotel?", "the quote [1]"),
        Turn("Which island?", "the quote [1]"),
    )


def test_a_question_without_an_answer_is_there_and_no_part_of_the_history(
    kept: Conversations,
) -> None:
    key, _ = begun(kept, ANN, "Which hotel?")
    (turn,) = kept.turns(ANN, key)
    assert (turn.question, turn.answer) == ("Which hotel?", None)
    assert history([turn]) == ()


def test_what_was_understood_is_remembered_where_rules_would_not_find_it(
    kept: Conversations,
) -> None:
    key = kept.create(ANN)
    for question, understood in (
        ("When did Ann Bell visit Oslo?", "When did Ann Bell visit Oslo?"),
        ("And Rome?", "When did Ann Bell visit the city of Rome?"),
    ):
        turn = kept.asked(ANN, key, question, None, "000001")
        kept.answered(ANN, turn, replace(ANSWER, question=question, standalone=understood))
    assert [turn.question for turn in history(kept.turns(ANN, key))] == [
        "When did Ann Bell visit Oslo?",
        "When did Ann Bell visit the city of Rome?",
    ]


def test_the_list_begins_with_what_was_asked_last(kept: Conversations) -> None:
    one, _ = begun(kept, ANN, "One?")
    two, _ = begun(kept, ANN, "Two?")
    begun(kept, BOB, "Another's?")
    assert [found.id for found in kept.list(ANN)] == [two, one]
    kept.asked(ANN, one, "More?", None, "000001")
    found = kept.list(ANN)
    assert [(each.title, each.turns) for each in found] == [("One?", 2), ("Two?", 1)]
    assert found[0].updated >= found[1].updated
    assert [each.id for each in kept.list(ANN, limit=1)] == [one]


def test_a_title_is_the_first_question_until_one_is_given(kept: Conversations) -> None:
    long = "Which hotel hosts the talks that the two leaders are said to have planned in Singapore?"
    key, (first,) = begun(kept, ANN, long)
    title = kept.list(ANN)[0].title
    assert title == f"{long[:80].rsplit(' ', 1)[0]} …"
    kept.cut(ANN, key, first)
    kept.asked(ANN, key, "Which island?", None, "000001")
    assert kept.list(ANN)[0].title == "Which island?"
    kept.rename(ANN, key, "  My\ntalks ")
    kept.asked(ANN, key, "When?", None, "000001")
    assert kept.list(ANN)[0].title == "My talks"
    kept.rename(ANN, key, " ")
    assert kept.list(ANN)[0].title == "Which island?"


CALLS: dict[str, Callable[[Conversations, str, str, int], object]] = {
    "turns": lambda kept, owner, key, turn: kept.turns(owner, key),
    "rename": lambda kept, owner, key, turn: kept.rename(owner, key, "mine"),
    "delete": lambda kept, owner, key, turn: kept.delete(owner, key),
    "asked": lambda kept, owner, key, turn: kept.asked(owner, key, "Whose?", None, "000001"),
    "answered": lambda kept, owner, key, turn: kept.answered(owner, turn, ANSWER),
    "cut": lambda kept, owner, key, turn: kept.cut(owner, key, turn),
    "judge": lambda kept, owner, key, turn: kept.judge(owner, turn, "down"),
}


@pytest.mark.parametrize("call", CALLS)
def test_another_owners_conversation_is_not_there(kept: Conversations, call: str) -> None:
    key, (turn,) = begun(kept, ANN, "Mine?")
    own, (own_turn,) = begun(kept, BOB, "Bob's?")
    before = kept.turns(ANN, key)
    with pytest.raises(NotFoundError, match=r"^There is no such \w+ .*\.$"):
        CALLS[call](kept, BOB, key, turn)
    if call == "cut":
        with pytest.raises(NotFoundError):
            kept.cut(BOB, own, turn)
    assert kept.turns(ANN, key) == before
    assert [found.title for found in kept.list(ANN)] == ["Mine?"]
    assert [turn.id for turn in kept.turns(BOB, own)] == [own_turn]


@pytest.mark.parametrize("call", CALLS)
def test_what_a_page_may_send_as_an_id_is_not_there_either(kept: Conversations, call: str) -> None:
    begun(kept, ANN, "Mine?")
    for key, turn in (("", 0), ("\udc80", -(2**70)), ("' OR 1", 2**70)):
        with pytest.raises(NotFoundError):
            CALLS[call](kept, ANN, key, turn)


def test_to_ask_again_cuts_the_turn_and_all_after_it(kept: Conversations) -> None:
    key, (_, second, _) = begun(kept, ANN, "One?", "Two?", "Three?")
    kept.cut(ANN, key, second)
    assert questions(kept.turns(ANN, key)) == ["One?"]
    again = kept.asked(ANN, key, "Two, then?", None, "000001")
    kept.answered(ANN, again, ANSWER)
    assert questions(kept.turns(ANN, key)) == ["One?", "Two, then?"]


def test_an_answer_that_comes_after_its_turn_was_cut_goes_nowhere(kept: Conversations) -> None:
    key, (turn,) = begun(kept, ANN, "One?")
    kept.cut(ANN, key, turn)
    again = kept.asked(ANN, key, "One again?", None, "000001")
    assert again != turn
    with pytest.raises(NotFoundError):
        kept.answered(ANN, turn, ANSWER)
    assert kept.turns(ANN, key)[0].answer is None


def test_a_judgement_is_kept_though_the_question_is_asked_again(kept: Conversations) -> None:
    key, (turn,) = begun(kept, ANN, "One?")
    kept.answered(ANN, turn, ANSWER)
    kept.judge(ANN, turn, "down", " wrong hotel ")
    assert (kept.turns(ANN, key)[0].thumb, kept.turns(ANN, key)[0].comment) == (
        "down",
        "wrong hotel",
    )
    kept.cut(ANN, key, turn)
    assert kept.turns(ANN, key) == []
    (judged,) = kept.feedback()
    assert (judged.conversation, judged.turn.answer) == (key, ANSWER)
    assert (judged.turn.thumb, judged.turn.comment) == ("down", "wrong hotel")
    with pytest.raises(NotFoundError):
        kept.judge(ANN, turn, "up")


def test_a_judgement_can_be_changed_and_taken_back(kept: Conversations) -> None:
    _, (turn, other) = begun(kept, ANN, "One?", "Two?")
    kept.judge(ANN, turn, "down", "no")
    kept.judge(ANN, other, "up")
    kept.judge(ANN, turn, "up", "yes, after all")
    assert [(j.turn.thumb, j.turn.comment) for j in kept.feedback()] == [
        ("up", "yes, after all"),
        ("up", ""),
    ]
    kept.judge(ANN, turn, None, "never mind")
    assert [judged.turn.id for judged in kept.feedback()] == [other]


def test_a_comment_has_a_bound_that_is_told(kept: Conversations) -> None:
    _, (turn,) = begun(kept, ANN, "One?")
    with pytest.raises(ConversationError, match="has 4,001 characters: write at most 4,000"):
        kept.judge(ANN, turn, "up", "x" * 4_001)


def test_what_is_deleted_is_gone_from_the_disk(kept: Conversations, path: Path) -> None:
    begun(kept, ANN, "Stays?")
    key, (turn,) = begun(kept, ANN, "Something rather private?")
    kept.judge(ANN, turn, "up", "very private indeed")
    kept.delete(ANN, key)
    assert [found.title for found in kept.list(ANN)] == ["Stays?"]
    assert list(kept.feedback()) == []
    with pytest.raises(NotFoundError):
        kept.answered(ANN, turn, ANSWER)
    on_disk = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"private" not in on_disk
    assert b"Stays?" in on_disk


def test_the_oldest_make_room_beyond_the_limits(path: Path) -> None:
    kept = Conversations.open(path, limits=Limits(conversations=2, turns=3))
    keys = [begun(kept, ANN, f"{number}?")[0] for number in range(2)]
    kept.asked(ANN, keys[0], "again?", None, "000001")
    begun(kept, BOB, "Bob's?")
    begun(kept, ANN, "new?")
    assert [found.title for found in kept.list(ANN)] == ["new?", "0?"]
    for number in range(3):
        kept.asked(ANN, keys[0], f"more {number}?", None, "000001")
    assert questions(kept.turns(ANN, keys[0])) == ["more 0?", "more 1?", "more 2?"]
    assert len(kept.list(BOB)) == 1


ODD = "a\udcff \u202e b\x00c <script> {{x}} \U0001f600"


def test_a_long_conversation_keeps_its_title_and_what_was_judged(path: Path) -> None:
    kept = Conversations.open(path, limits=Limits(turns=2))
    key, (first,) = begun(kept, ANN, "First?")
    kept.judge(ANN, first, "up")
    for number in range(3):
        kept.asked(ANN, key, f"More {number}?", None, "000001")
    assert questions(kept.turns(ANN, key)) == ["More 1?", "More 2?"]
    assert kept.list(ANN)[0].title == "First?"
    assert [judged.turn.question for judged in kept.feedback()] == ["First?"]


def test_nobody_else_on_the_machine_can_read_the_file(kept: Conversations, path: Path) -> None:
    begun(kept, ANN, "One?")
    assert {file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {0}


def test_text_of_any_kind_is_kept(kept: Conversations) -> None:
    key = kept.create(ANN, ODD)
    turn = kept.asked(ANN, key, ODD, Filters(sources=(ODD,)), "000001")
    kept.answered(ANN, turn, replace(ANSWER, text=ODD))
    kept.judge(ANN, turn, "down", ODD)
    (found,) = kept.turns(ANN, key)
    assert found.question == found.comment == ODD.replace("\udcff", "?")
    assert found.filters == Filters(sources=(ODD,))
    assert found.answer == replace(ANSWER, text=ODD)


def test_an_answer_that_cannot_be_read_hides_nothing_else(kept: Conversations, path: Path) -> None:
    key, (one, two) = begun(kept, ANN, "One?", "Two?")
    kept.answered(ANN, one, ANSWER)
    kept.answered(ANN, two, ANSWER)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE turns SET answer = '{}', filters = 'x' WHERE id = ?", (one,))
    db.close()
    assert [turn.answer for turn in kept.turns(ANN, key)] == [None, ANSWER]


def test_threads_lose_nothing_and_mix_nothing(kept: Conversations) -> None:
    failed: list[BaseException] = []

    def talk(number: int) -> None:
        try:
            key, turns = begun(kept, f"user:{number}", *(f"{number}.{i}?" for i in range(10)))
            for turn in turns:
                kept.answered(f"user:{number}", turn, replace(ANSWER, short=f"{number}"))
            found = kept.turns(f"user:{number}", key)
            assert questions(found) == [f"{number}.{i}?" for i in range(10)]
            assert {turn.answer.short for turn in found if turn.answer} == {f"{number}"}
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            failed.append(error)

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


WRITER = """
import sys
from pathlib import Path
from ui.conversations import Conversations
kept = Conversations.open(Path(sys.argv[1]))
key = kept.create("user:all")
for number in range(20):
    kept.asked("user:all", key, f"{sys.argv[2]}.{number}?", None, "000001")
"""


def test_processes_begin_one_file_and_lose_nothing(kept: Conversations, path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(number)])
        for number in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = [kept.turns("user:all", each.id) for each in kept.list("user:all")]
    assert sorted(len(turns) for turns in found) == [20, 20, 20]
    assert len(list(path.parent.glob("*.sqlite*"))) == 3  # the file, its log and the log's index


TOLD = """
import sys
from pathlib import Path
from ui.conversations import Conversations
kept = Conversations.open(Path(sys.argv[1]))
key = kept.create("user:all")
while True:
    print(kept.asked("user:all", key, "Still there?", None, "000001"), flush=True)
"""


def test_a_process_that_is_killed_loses_nothing_that_it_said_was_kept(path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", TOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    told = [int(writer.stdout.readline()) for _ in range(20)]
    writer.kill()
    told += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    writer.wait(60)
    kept = Conversations.open(path)
    (found,) = kept.list("user:all")
    assert [turn.id for turn in kept.turns("user:all", found.id)][: len(told)] == told
    kept.asked("user:all", found.id, "Still here.", None, "000001")


def test_who_waits_too_long_for_another_process_is_told(path: Path) -> None:
    kept = Conversations(Database(path, busy_s=0.05), Limits())
    key, _ = begun(kept, ANN, "One?")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ConversationError, match=r"has been writing to .* for 0\.05 seconds"):
        kept.asked(ANN, key, "Two?", None, "000001")
    assert questions(kept.turns(ANN, key)) == ["One?"]
    other.execute("ROLLBACK")
    other.close()
    kept.asked(ANN, key, "Two?", None, "000001")
    assert questions(kept.turns(ANN, key)) == ["One?", "Two?"]


def test_a_full_disk_is_told_and_loses_nothing(path: Path) -> None:
    database = Database(path)
    kept = Conversations(database, Limits())
    key, _ = begun(kept, ANN, "One?")
    pages = database.rows("PRAGMA page_count")[0][0]
    database.rows(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(ConversationError, match="is full, so nothing more can be kept: free some"):
        kept.asked(ANN, key, "x" * 50_000, None, "000001")
    assert questions(kept.turns(ANN, key)) == ["One?"]
    database.rows("PRAGMA max_page_count = 1000000")
    kept.asked(ANN, key, "Two?", None, "000001")
    assert questions(kept.turns(ANN, key)) == ["One?", "Two?"]


def overwrite(path: Path, start: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * length)


def read_all(kept: Conversations) -> None:
    for found in kept.list(ANN):
        kept.turns(ANN, found.id)


@pytest.mark.parametrize(
    ("start", "length", "opened"), [(0, 100, False), (4096, 30_000, False), (4096, 30_000, True)]
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    path: Path, start: int, length: int, opened: bool
) -> None:
    kept = Conversations.open(path)
    begun(kept, ANN, *(f"{number} {'x' * 500}" for number in range(60)))
    kept.close()
    if opened:
        kept.list("nobody")
    overwrite(path, start, length)
    damaged = path.read_bytes()
    aside = path.with_name("conversations.sqlite.damaged-1")
    with pytest.raises(ConversationError) as caught:
        read_all(kept)
    assert f"the file is kept as {aside}, and from now on" in str(caught.value)
    assert aside.read_bytes() == damaged
    key, _ = begun(kept, ANN, "Anew?")
    assert questions(kept.turns(ANN, key)) == ["Anew?"]
    assert path.exists()


def test_files_that_are_set_aside_never_replace_each_other(path: Path) -> None:
    kept = Conversations.open(path)
    for number in range(1, 4):
        path.write_bytes(b"no database " * 100 * number)
        with pytest.raises(ConversationError, match=rf"damaged-{number}, and"):
            kept.list(ANN)
    assert len(list(path.parent.glob("*.damaged-?"))) == 3


def test_a_process_that_finds_the_damage_later_spares_the_new_file(path: Path) -> None:
    first, second = Conversations.open(path), Conversations.open(path)
    begun(first, ANN, *(f"{number} {'x' * 500}" for number in range(60)))
    first.close()  # which moves everything from the log into the file
    second.list(BOB)
    overwrite(path, 0, 30_000)
    with pytest.raises(ConversationError, match="damaged-1"):
        first.list(ANN)
    begun(first, ANN, "Anew?")
    assert [found.title for found in second.list(ANN)] == ["Anew?"]
    assert not path.with_name("conversations.sqlite.damaged-2").exists()


def test_a_file_of_a_newer_version_or_of_something_else_is_left_alone(path: Path) -> None:
    kept = Conversations.open(path)
    begun(kept, ANN, "One?")
    kept.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(ConversationError, match=r"newer version of corpus-qa .* begin anew"):
        kept.list(ANN)
    assert path.read_bytes() == before
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE cats (name)")
    db.close()
    with pytest.raises(ConversationError, match="is a database of something else: move it away"):
        kept.list(ANN)
    assert list(path.parent.iterdir()) == [path]


def test_a_file_of_an_older_version_is_brought_up_to_date_with_all_it_holds(path: Path) -> None:
    old = Conversations.open(path)
    key, (turn,) = begun(old, ANN, "One?")
    old.answered(ANN, turn, ANSWER)
    steps = (*STEPS, "ALTER TABLE turns ADD COLUMN language TEXT NOT NULL DEFAULT 'en'")
    newer = Database(path, steps=steps)
    assert newer.rows("SELECT language FROM turns") == [("en",)]
    assert newer.rows("PRAGMA user_version") == [(len(steps),)]
    assert Conversations(newer, Limits()).turns(ANN, key)[0].answer == ANSWER


def test_a_step_that_fails_leaves_the_older_version_as_it_was(path: Path) -> None:
    key, _ = begun(Conversations.open(path), ANN, "One?")
    half = "ALTER TABLE turns ADD COLUMN a TEXT; ALTER TABLE no_such ADD COLUMN b TEXT"
    broken = Database(path, steps=(*STEPS, half))
    with pytest.raises(ConversationError, match="no such table: no_such"):
        broken.rows("SELECT 1")
    broken.close()
    assert questions(Conversations.open(path).turns(ANN, key)) == ["One?"]


def test_a_file_that_was_removed_is_begun_anew_and_a_folder_is_not(path: Path) -> None:
    kept = Conversations.open(path)
    begun(kept, ANN, "One?")
    for file in path.parent.iterdir():
        file.unlink()
    assert kept.list(ANN) == []
    begun(kept, ANN, "Two?")
    gone = path.parent.with_name("gone")
    path.parent.rename(gone)
    with pytest.raises(ConversationError, match=r"cannot be kept in .* \(No such file or dir"):
        kept.list(ANN)
    assert not path.parent.exists()
    gone.rename(path.parent)
    assert [found.title for found in kept.list(ANN)] == ["Two?"]


def test_a_place_that_cannot_be_written_to_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConversationError, match=r"\(Is a directory\): see that"):
        Conversations.open(path).list(ANN)
