"""Examples made by rule, and the epochs they are mixed into."""

import gzip
import json
import random
from pathlib import Path

from qa.reader.made import cropped, mentions, negated, opposed, swapped, without_answer
from qa.reader.mix import Epochs, Mix
from qa.reader.rows import Example, read_examples

PASSAGE = (
    "Mary Stone was mayor of Leeds from 1901. She opened the first library in the town. "
    "John Reed was mayor of York from 1907 and closed two schools there."
)


def example(question: str, answer: str, passage: str = PASSAGE) -> Example:
    start = passage.index(answer)
    return Example(
        src="set",
        kind="human",
        article="Mayors",
        title="Mayors",
        question=question,
        passage=passage,
        spans=((start, start + len(answer)),),
    )


def test_mentions_are_typed_and_question_words_are_not_names() -> None:
    assert mentions("Who was mayor of Leeds in 1901?") == [("name", "Leeds"), ("year", "1901")]


def test_a_swap_takes_a_mention_of_the_same_type_and_drops_the_answer() -> None:
    asked = example("Who was mayor of Leeds?", "Mary Stone")
    made = [swapped(asked, [("name", "Hull")], random.Random(n)) for n in range(20)]
    questions = {twin.question for twin in made if twin}
    assert "Who was mayor of York?" in questions
    assert questions <= {
        f"Who was mayor of {name}?" for name in ("York", "Mary Stone", "John Reed", "Hull")
    }
    assert all(twin.spans == () and twin.kind == "swap" for twin in made if twin)


def test_a_swap_needs_something_to_swap() -> None:
    assert swapped(example("who opened it?", "She"), [], random.Random(0)) is None


def test_a_negation_follows_the_auxiliary() -> None:
    asked = example("Who was mayor of Leeds?", "Mary Stone")
    made = {twin.question for n in range(20) if (twin := negated(asked, random.Random(n)))}
    assert made == {
        "Who was not mayor of Leeds?",
        "Who was never mayor of Leeds?",
        "Who wasn't mayor of Leeds?",
    }


def test_an_antonym_replaces_one_word() -> None:
    asked = example("Who opened the first library?", "She")
    made = {twin.question for n in range(20) if (twin := opposed(asked, random.Random(n)))}
    assert made == {"Who closed the first library?", "Who opened the last library?"}


def test_a_cut_passage_holds_no_word_of_the_answer() -> None:
    twin = without_answer(example("Who was mayor of Leeds?", "Mary Stone"))
    assert twin is not None
    assert twin.passage.startswith("She opened")
    assert twin.spans == ()


def test_a_passage_that_repeats_the_answer_is_not_cut() -> None:
    repeated = PASSAGE + " Mary Stone died in 1930."
    assert without_answer(example("Who was mayor of Leeds?", "Mary Stone", repeated)) is None


def test_a_crop_keeps_the_answer_at_its_new_place() -> None:
    asked = example("Who was mayor of York?", "John Reed")
    for seed in range(20):
        twin = cropped(asked, 60, random.Random(seed))
        ((start, end),) = twin.spans
        assert twin.passage[start:end] == "John Reed"
        assert twin.passage in PASSAGE


def rows() -> list[Example]:
    made = [
        example("Who was mayor of Leeds?", "Mary Stone"),
        example("Who closed two?", "John Reed"),
    ]
    other = "The mayor of Hull was Ann Low, and the mayor of Leeds was often in Hull in 1911."
    return [*made, example("Who was mayor of Hull?", "Ann Low", other)]


def epoch(examples: list[Example], mix: Mix, seed: int) -> list[Example]:
    return [made for portion in Epochs(examples, mix, seed=seed).epoch(0) for made in portion]


def test_an_epoch_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    mix = Mix(repeats={"set": 2.5}, swap=1.0)
    one, again, other = (epoch(rows(), mix, seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert sum(e.kind == "human" for e in one) == 7


def test_every_span_of_an_epoch_is_inside_its_passage() -> None:
    for made in epoch(rows(), Mix(repeats={"set": 9.0}), 3):
        assert all(0 <= start < end <= len(made.passage) for start, end in made.spans)


def test_a_neighbour_shares_the_subject_and_lacks_the_answer() -> None:
    searched = [
        Example(**{**{f: getattr(e, f) for f in Example.__slots__}, "src": "qed"}) for e in rows()
    ]
    drawn = epoch(searched, Mix(repeats={"qed": 3.0}, neighbour=1.0), 1)
    near = [e for e in drawn if e.kind == "neighbour"]
    assert near
    assert all(e.spans == () for e in near)
    assert not any("Ann Low" in e.passage for e in near if e.question == "Who was mayor of Hull?")


def write(path: Path, *lines: object) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def test_a_ranking_row_becomes_a_passage_with_its_evidence_marked(tmp_path: Path) -> None:
    span = {"src": "s", "title": "A_b", "question": "q", "passage": "x y", "answers": []}
    write(tmp_path / "spans.jsonl.gz", span)
    candidates = ["Later.", "It was Ann. ", "Later."]
    ranking = {"src": "r", "question": "who?", "candidates": candidates, "labels": [0, 1, 0]}
    write(tmp_path / "ranking.jsonl.gz", ranking, {**ranking, "src": "fm2"})
    plain, ranked = read_examples(tmp_path)
    assert (plain.title, plain.spans) == ("A b", ())
    assert ranked.passage == "Later. It was Ann."
    assert [ranked.passage[a:b] for a, b in ranked.spans] == ["It was Ann."]
    assert ranked.evidence
