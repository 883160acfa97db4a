"""Public sets -> corpora and cases, on files of a few lines in their own form."""

import gzip
import json
from pathlib import Path

import pytest

from evals.cases import Gold
from evals.corpus import Document, written
from evals.errors import SetError
from evals.sets import NAMES, open_set
from evals.sets.squad import load_mixed
from qa.types import Turn


def put(path: Path, *records: object, plain: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(json.dumps(record) for record in records)
    path.write_bytes(
        lines.encode() if plain or path.suffix != ".gz" else gzip.compress(lines.encode())
    )


def squad(tmp_path: Path) -> None:
    def paragraph(number: int) -> dict[str, object]:
        text = f"Engine {number} turns."
        return {
            "context": text,
            "qas": [
                {"id": f"y{number}", "question": " What turns? ", "is_impossible": False,
                 "answers": [{"text": "Engine", "answer_start": 0},
                             {"text": "Engine", "answer_start": 0},
                             {"text": f"Engine {number}", "answer_start": 0}]},
                {"id": f"n{number}", "question": "Who?", "is_impossible": True, "answers": [],
                 "plausible_answers": [{"text": "Engine", "answer_start": 0}]},
            ],
        }  # fmt: skip

    page = {"title": "Steam_engine", "paragraphs": [paragraph(0), paragraph(1)]}
    put(tmp_path / "squad2" / "squad2_half.json", {"version": "2", "data": [page]})


def test_squad_makes_each_paragraph_an_article(tmp_path: Path) -> None:
    squad(tmp_path)
    found = open_set("squad", tmp_path)
    (corpus,) = found.corpora
    assert corpus.documents[1] == Document("Steam_engine-001", "Engine 1 turns.", "Steam engine")
    answerable, impossible = corpus.cases[2:]
    assert answerable.parts == (("Engine", "Engine 1"),)
    assert answerable.question == "What turns?"
    assert answerable.evidence == (Gold("Steam_engine-001", 0, 6), Gold("Steam_engine-001", 0, 8))
    assert answerable.group == impossible.group == "Steam_engine-001"
    assert (impossible.kind, impossible.answerable) == ("near-miss", False)


def test_squad_removed_asks_each_question_with_and_without_its_paragraph(tmp_path: Path) -> None:
    squad(tmp_path)
    even, odd = open_set("squad-removed", tmp_path).corpora
    assert list(even.texts) == ["Steam_engine-000"]
    assert list(odd.texts) == ["Steam_engine-001"]
    assert [case.id for case in even.cases] == ["y0-kept", "y1-removed"]
    assert [case.id for case in odd.cases] == ["y0-removed", "y1-kept"]
    for corpus in (even, odd):
        for case in corpus.cases:
            assert case.answerable is case.id.endswith("kept")
            assert all(gold.article in corpus.texts for gold in case.evidence)


def test_squad_mixed_asks_impossible_questions_where_their_paragraph_is(tmp_path: Path) -> None:
    squad(tmp_path)
    even, odd = load_mixed(tmp_path).corpora
    assert [case.id for case in even.cases] == ["y0-kept", "n0-kept", "y1-removed"]
    assert [case.id for case in odd.cases] == ["y0-removed", "y1-kept", "n1-kept"]
    assert [case.kind for case in even.cases] == ["fact", "near-miss", "unanswerable"]


def scifact(tmp_path: Path) -> None:
    folder = tmp_path / "scifact"
    put(
        folder / "corpus.jsonl.gz",
        {"_id": "7", "title": "T", "text": "Abstract."},
        {"_id": "8", "title": "", "text": "Other."},
    )
    put(folder / "queries_validation.jsonl",
        {"_id": "1", "text": "A claim."}, {"_id": "2", "text": "Not judged."})  # fmt: skip
    (folder / "qrels_validation.tsv").write_text("query-id\tcorpus-id\tscore\n1\t7\t1\n1\t8\t0\n")


def test_beir_judges_whole_articles_and_asks_nothing(tmp_path: Path) -> None:
    scifact(tmp_path)
    found = open_set("scifact", tmp_path)
    assert (found.asks, found.unit) == (False, "article")
    (case,) = found.cases
    assert (case.id, case.evidence) == ("1", (Gold("7", 0, 9),))


def test_ramdocs_wants_every_gold_answer_and_no_wrong_one(tmp_path: Path) -> None:
    documents = [
        {"text": "It has 5 people.", "type": "correct", "answer": "5"},
        {"text": "It has 9 people.", "type": "misinfo", "answer": "9"},
        {"text": "Menu Log in", "type": "noise", "answer": "unknown"},
        {"text": "It has 7.", "type": "correct", "answer": "7"},
    ]
    put(tmp_path / "ramdocs" / "ramdocs_half.jsonl",
        {"question": "How many?", "documents": documents, "gold_answers": ["5", "7"],
         "wrong_answers": ["9", "5"]})  # fmt: skip
    found = open_set("ramdocs", tmp_path)
    (case,) = found.cases
    assert (case.kind, case.parts, case.wrong) == ("list", (("5",), ("7",)), ("9",))
    assert case.evidence == (Gold("ramdocs-000-0", 0, 16, 0), Gold("ramdocs-000-3", 0, 9, 1))
    assert len(found.corpora[0].documents) == 4


def test_clapnq_takes_the_chosen_sentences_as_evidence(tmp_path: Path) -> None:
    passage = {"title": "T", "text": "One . Two . Three ."}
    put(
        tmp_path / "clapnq" / "clapnq_dev_answerable_half.jsonl",
        {
            "id": "1",
            "input": "q",
            "passages": [passage],
            "output": [{"answer": "Two.", "selected_sentences": ["Two .", "Not there ."]}],
        },
    )
    put(tmp_path / "clapnq" / "clapnq_dev_unanswerable_half.jsonl",
        {"id": "2", "input": "r", "passages": [passage],
         "output": [{"answer": "", "selected_sentences": []}]})  # fmt: skip
    found = open_set("clapnq", tmp_path)
    first, second = found.cases
    assert (first.evidence, first.long) == ((Gold("clapnq-000", 6, 11),), True)
    assert not second.answerable
    assert len(found.corpora[0].documents) == 1  # the same passage is one article


def mtrag(tmp_path: Path) -> None:
    def turn(number: int, label: str) -> dict[str, object]:
        said = [("user", "Who?"), ("agent", "Kim."), ("user", "When? ")]
        return {
            "conversation_id": "0a", "task_id": f"0a<::>{number}", "answerability": [label],
            "contexts": [{"document_id": "d", "text": "In May.", "title": "T"},
                         {"document_id": "e", "text": " \n"}],
            "input": [{"speaker": speaker, "text": text} for speaker, text in said],
            "targets": [{"text": " In May. "}],
        }  # fmt: skip

    labels = ("ANSWERABLE", "UNANSWERABLE", "PARTIAL", "UNDERSPECIFIED")
    put(tmp_path / "mtrag" / "mtrag_un_reference.jsonl",
        *(turn(number, label) for number, label in enumerate(labels)))  # fmt: skip
    for domain in ("clapnq", "cloud", "fiqa", "govt"):
        name = f"{domain}<::>2"
        folder = tmp_path / "mtrag"
        put(
            folder / f"{domain}_questions.jsonl",
            {"_id": name, "text": "|user|: Who is Kim?\n|user|: Where?"},
        )
        put(folder / f"{domain}_rewrite.jsonl",
            {"_id": name, "text": "|user|: Where is Kim?"})  # fmt: skip


def test_mtrag_asks_turns_with_what_was_said_before(tmp_path: Path) -> None:
    mtrag(tmp_path)
    found = open_set("mtrag", tmp_path)
    assert [case.kind for case in found.cases] == ["follow-up", "unanswerable", "underspecified"]
    first = found.cases[0]
    assert (first.question, first.history) == ("When?", (Turn("Who?", "Kim."),))
    assert first.parts == (("In May.",),)
    assert list(found.corpora[0].texts) == ["d"]  # a passage without text is left out


def test_mtrag_rewrites_are_judged_by_nothing_else(tmp_path: Path) -> None:
    mtrag(tmp_path)
    found = open_set("mtrag-rewrite", tmp_path)
    assert len(found.cases) == 4
    case = found.cases[0]
    assert (case.question, case.rewrite) == ("Where?", "Where is Kim?")
    assert case.history == (Turn("Who is Kim?", ""),)
    assert not case.judged


@pytest.mark.parametrize("name", [name for name in NAMES if name != "seeds"])
def test_a_missing_file_is_one_sentence_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(SetError, match="is missing; give the folder") as caught:
        open_set(name, tmp_path)
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(SetError, match="--data DIR"):
        open_set(name, None)


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    scifact(tmp_path)
    (tmp_path / "scifact" / "qrels_validation.tsv").write_text("h\n1\t9\t1\n")
    with pytest.raises(SetError, match=r"qrels_validation\.tsv is not of the expected form"):
        open_set("scifact", tmp_path)
    (tmp_path / "scifact" / "corpus.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(SetError, match=r"corpus\.jsonl\.gz cannot be read"):
        open_set("scifact", tmp_path)
    put(tmp_path / "squad2" / "squad2_half.json", {"data": [{"paragraphs": []}]})
    with pytest.raises(SetError, match="it lacks 'title'"):
        open_set("squad", tmp_path)
    put(tmp_path / "ramdocs" / "ramdocs_half.jsonl", [])
    with pytest.raises(SetError, match=r"ramdocs_half\.jsonl:1 must hold an object"):
        open_set("ramdocs", tmp_path)


def test_an_unknown_set_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SetError, match=r"no set 'squat'; known: seeds, squad"):
        open_set("squat", tmp_path)


def test_documents_are_written_word_for_word(tmp_path: Path) -> None:
    squad(tmp_path)
    (corpus,) = open_set("squad", tmp_path).corpora
    (path,) = written(corpus, tmp_path / "articles")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {row["id"]: row["text"] for row in rows} == corpus.texts


def test_a_file_of_ones_own_is_asked_of_a_folder_of_articles(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("A title\n\nThe talks begin at nine.\n")
    case = {
        "id": "1", "question": "When?", "kind": "when", "answers": ["nine"],
        "evidence": [{"article": "a.txt", "quote": "begin at nine"}],
    }  # fmt: skip
    put(tmp_path / "mine.jsonl", case)
    found = open_set(str(tmp_path / "mine.jsonl"), tmp_path / "articles")
    assert found.name == "mine"
    assert found.cases[0].evidence == (Gold("a.txt", 19, 32),)
    with pytest.raises(SetError, match="does not exist"):
        open_set(str(tmp_path / "mine.jsonl"), tmp_path / "none")
