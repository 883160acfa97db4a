import math
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from index.errors import DamagedError, StoreError
from index.terms import Terms, TermsRow, stems
from index.types import Filters

SUMMIT = "Trump and Kim met at the Capella Hotel on Sentosa island in Singapore on June 12."
HOUSE = "The House panel asked Kushner for documents about the Moscow trip."
RAIN = "Rain fell on the island for three days."


def row(name: str, text: str, *, title: str = "", source: str = "", published: int = 0) -> TermsRow:
    return TermsRow(name, name.split("-")[0], title, text, source, published)


def made(folder: Path, rows: list[TermsRow]) -> Terms:
    terms = Terms.create(folder)
    terms.apply(add=rows, remove=[])
    return terms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "news"


@pytest.fixture
def news(folder: Path) -> Terms:
    rows = [
        row("a-0", SUMMIT, title="Summit", source="Reuters", published=20180610),
        row("b-0", HOUSE, title="Inquiry", source="The Hill", published=20190227),
        row("c-0", RAIN, title="Weather"),
    ]
    return made(folder, rows)


def ids(hits: list[tuple[str, float]]) -> list[str]:
    return [chunk_id for chunk_id, _ in hits]


# What a word is.


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Trump’s", "Trump's"),
        ("Trump’s", "trump"),
        ("U.S.", "US"),
        ("U.S", "U.S.-led"),
        ("U.N.", "UN"),
        ("Kim Yong-chol", "Kim Yong Chol"),
        ("Zoë", "ZOE\u0308"),
        ("Gdańsk", "gdansk"),
        ("Łódź", "Lodz"),
        ("3,559", "3559"),
        ("1,234,567.5", "1234567.5"),
        ("June 12th", "June 12"),
        ("the 1990s", "1990"),
        ("10mg", "10 mg"),
        ("$5.4bn", "5.4 bn"),
        ("ﬁnance", "finance"),
        ("ＮＡＴＯ", "NATO"),
        ("Tru\u200bmp", "Trump"),
        ("co\u00adoperate", "cooperate"),
        ("sanctions", "sanctioned"),
        ("O’Brien", "O'Brien's"),
    ],
)
def test_two_spellings_of_a_word_have_the_same_stems(written: str, same: str) -> None:
    first = [stem for stem, _, _ in stems(written)]
    second = [stem for stem, _, _ in stems(same)]
    assert first
    assert first[: len(second)] == second[: len(first)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who is he, and what was it?", []),
        ("Don't they say that he's with us?", ["say"]),
        ("The US joined us.", ["us", "join"]),
        ("WHO said who?", ["who", "said"]),
        ("H1N1, CO2 and p53", ["h1n1", "co2", "p53"]),
        ("12,3456", ["12", "3456"]),
        ("10.1.2 and 2018.", ["10.1.2", "2018"]),
        ("snake_case J.K. Rowling, a.b", ["snake", "case", "jk", "rowl", "ab"]),
        ("北京大学 在", ["北京", "京大", "大学", "在"]),
        ("2018年6月", ["2018", "年", "6", "月"]),
        ("ｶﾞ", ["ガ"]),
        ("북한은", ["북한", "한은"]),
        ("Приве́т", ["привет"]),
        ("x" * 64 + " " + "y" * 65, ["x" * 64]),
        ("\u200b \ufeff \u0301 \ud800 🇺🇸 ?! \x00", []),
        ("", []),
    ],
)
def test_the_stems_of_a_text(text: str, expected: list[str]) -> None:
    assert [stem for stem, _, _ in stems(text)] == expected


def test_offsets_are_those_of_the_word_as_written() -> None:
    text = "The U.S. said Kim’s $5.4bn, 12th and Tru\u200bmp: 北京市"
    assert [text[start:end] for _, start, end in stems(text)] == [
        *("U.S.", "said", "Kim’s", "5.4", "bn", "12", "Tru\u200bmp", "北京", "京市")
    ]


@pytest.mark.parametrize("piece", ["a", "a.", "a'", "1,", "1,222", "1.", "中", "\u0301a", "é"])
def test_the_analysis_takes_time_in_proportion_to_the_text(piece: str) -> None:
    started = time.process_time()
    stems(piece * 200_000)
    assert time.process_time() - started < 5  # a quadratic step would take minutes


def test_threads_stem_alike() -> None:
    text = " ".join(f"word{i}ing universities{i}" for i in range(3000))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(stems, [text] * 8))
    assert all(result == results[0] for result in results)


# What is found.


def test_a_question_finds_its_chunk_first(news: Terms) -> None:
    hits = news.search("Which hotel hosts the Singapore talks?", 3)
    assert hits[0][0] == "a-0"
    assert news.search("Who asked Kushner for documents?", 3)[0][0] == "b-0"


def test_scores_are_bm25_by_hand(tmp_path: Path) -> None:
    # Three chunks of 4, 2 and 3 words; "hotel" is in two of them, twice in the first.
    rows = [row("a", "hotel hotel island sea"), row("b", "hotel rain"), row("c", "rain fell hard")]
    terms = made(tmp_path / "t", rows)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))

    def score(tf: int, length: int) -> float:
        return idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 3))

    hits = terms.search("hotel", 5)
    assert ids(hits) == ["a", "b"]
    assert [s for _, s in hits] == pytest.approx([score(2, 4), score(1, 2)], abs=1e-4)


def test_a_word_that_every_chunk_has_scores_above_nought(tmp_path: Path) -> None:
    terms = made(tmp_path / "t", [row(f"a{i:05d}", "hotel") for i in range(30_000)])
    hits = terms.search("hotel", 3)
    assert ids(hits) == ["a00000", "a00001", "a00002"]
    # ln(1 + 0.5 / 30000.5), and one word in a chunk of average length has a factor of 1.
    assert [score for _, score in hits] == pytest.approx([1.6666e-5] * 3, rel=0.01)


def test_the_title_counts_as_text(news: Terms) -> None:
    assert ids(news.search("weather", 3)) == ["c-0"]


def test_nothing_is_found_without_a_shared_word(news: Terms, folder: Path) -> None:
    for question in ("", "who is the", "quantum chromodynamics", "???", "\x00\x07", "🇺🇸"):
        assert news.search(question, 3) == []
    assert news.search("hotel", 0) == []
    assert Terms.create(folder.parent / "empty").search("hotel", 3) == []


def test_what_the_engine_indexed_is_what_stems_says(news: Terms) -> None:
    known = math.log(1 + (3 - 3 + 0.5) / (3 + 0.5))
    words = {stem for stem, _, _ in stems(f"{SUMMIT} {HOUSE} {RAIN} Summit Inquiry Weather")}
    absent = news.weights("zeppelin")["zeppelin"]
    weights = news.weights(" ".join(words))
    assert weights
    assert all(known < weight < absent for weight in weights.values())


def test_a_stem_is_known_if_a_chunk_has_it(news: Terms) -> None:
    assert news.known("hotel")
    assert not news.known("zeppelin")
    news.apply(add=[], remove=["a"])
    assert not news.known("hotel")


def test_weights_are_idfs_in_the_order_of_the_question(news: Terms) -> None:
    weights = news.weights("Was there a zeppelin over the island in Singapore, an island?")
    assert weights == {
        "zeppelin": pytest.approx(math.log(1 + 3.5 / 0.5)),
        "over": pytest.approx(math.log(1 + 3.5 / 0.5)),
        "island": pytest.approx(math.log(1 + 1.5 / 2.5)),
        "singapor": pytest.approx(math.log(1 + 2.5 / 1.5)),
    }


@pytest.mark.parametrize(
    "question",
    [
        '"capella hotel" AND NOT singapore',
        "words:capella OR article:*",
        "capella* hotel~2 ^3 [a TO z] {x} (((",
        'capella"); DROP TABLE words; --',
        "capella \\ + - && || ! / : ?",
        "<script>capella</script> {{hotel}} ${x}",
        "capella\x00hotel\r\n\t\u200b\u202e",
        "+capella -hotel",
    ],
)
def test_a_question_is_data_never_syntax(news: Terms, question: str) -> None:
    assert ids(news.search(question, 3))[0] == "a-0"
    assert news.weights(question)


def test_a_question_of_100_000_characters_is_answered(news: Terms) -> None:
    many = " ".join(f"word{i}" for i in range(9000)) + " capella"
    started = time.process_time()
    assert ids(news.search(many, 3)) == ["a-0"]
    assert ids(news.search("capella " * 12_500, 3)) == ["a-0"]
    assert ids(news.search("x" * 100_000 + " capella", 3)) == ["a-0"]
    assert time.process_time() - started < 5


def test_scripts_without_spaces_match_by_pairs_of_characters(tmp_path: Path) -> None:
    rows = [
        row("zh", "特朗普在新加坡会见金正恩。"),
        row("th", "สวัสดีชาวโลก"),
        row("ru", "Встреча в Сингапуре"),
    ]
    terms = made(tmp_path / "t", rows)
    assert ids(terms.search("新加坡", 3)) == ["zh"]
    assert ids(terms.search("ชาวโลก", 3)) == ["th"]
    assert ids(terms.search("СИНГАПУРЕ", 3)) == ["ru"]


def test_a_hostile_text_is_indexed_as_words(tmp_path: Path) -> None:
    line = "<script>alert(1)</script> [x](javascript:y) {{7*7}} zero\u200bwidth \ud800 "
    rows = [row("a", line + "z" * 1_000_000 + " hotel", title="<b>T</b>", source="s" * 70_000)]
    terms = made(tmp_path / "t", rows)
    assert ids(terms.search("zerowidth", 3)) == ["a"]
    assert ids(terms.search("hotel", 3, filters=Filters(sources=("s" * 70_000,)))) == ["a"]


# Filters.


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"a-0", "c-0"}),
        (Filters(sources=("Reuters",)), {"a-0"}),
        (Filters(sources=("Reuters", "The Hill")), {"a-0"}),
        (Filters(sources=("reuters",)), set()),
        (Filters(sources=("Reuters OR *",)), set()),
        (Filters(sources=("",)), {"c-0"}),
        (Filters(since=date(2018, 6, 10)), {"a-0"}),
        (Filters(until=date(2018, 6, 10)), {"a-0"}),
        (Filters(since=date(2018, 6, 11)), set()),
        (Filters(until=date(2018, 6, 9)), set()),
        (Filters(since=date(2019, 1, 1), until=date(2018, 1, 1)), set()),
        (Filters(date(2018, 1, 1), date(2018, 12, 31), ("Reuters",)), {"a-0"}),
        (Filters(date(2018, 1, 1), date(2018, 12, 31), ("The Hill",)), set()),
    ],
)
def test_filters_let_through_only_what_they_name(
    news: Terms, filters: Filters, expected: set[str]
) -> None:
    assert set(ids(news.search("island", 9, filters=filters))) == expected


def test_a_filter_changes_no_score(news: Terms) -> None:
    free = dict(news.search("island hotel", 9))
    kept = news.search("island hotel", 9, filters=Filters(since=date(2018, 1, 1)))
    assert kept == [("a-0", free["a-0"])]


def test_a_filter_never_lets_others_through_however_few_match(tmp_path: Path) -> None:
    rows = [
        row(f"a{i:03d}", "hotel " * (1 + i % 7), source=f"s{i % 50}", published=20180101 + i % 28)
        for i in range(500)
    ]
    terms = made(tmp_path / "t", rows)
    hits = terms.search("hotel", 400, filters=Filters(sources=("s7",)))
    assert sorted(ids(hits)) == [f"a{i:03d}" for i in range(7, 500, 50)]
    day = Filters(since=date(2018, 1, 5), until=date(2018, 1, 5))
    assert sorted(ids(terms.search("hotel", 400, filters=day))) == [
        f"a{i:03d}" for i in range(4, 500, 28)
    ]


# Order.


def test_ties_stand_in_the_order_of_their_ids_wherever_they_were_added(tmp_path: Path) -> None:
    names = [f"c{(i * 37) % 300:03d}" for i in range(300)]
    terms = made(tmp_path / "t", [row(name, "the same words") for name in names[:150]])
    terms.apply(add=[row(name, "the same words") for name in names[150:]], remove=[])
    assert ids(terms.search("same words", 5)) == [f"c{i:03d}" for i in range(5)]
    assert ids(terms.search("same words", 299)) == [f"c{i:03d}" for i in range(299)]


def test_results_are_the_same_from_build_to_build_and_question_to_question(tmp_path: Path) -> None:
    rows = [row(f"a{i}", f"hotel {'island ' * (i % 5)}word{i % 11} x{i}") for i in range(400)]
    first = made(tmp_path / "1", rows)
    second = made(tmp_path / "2", rows)
    question = "hotel island word3 word7"
    assert first.search(question, 50) == second.search(question, 50) == first.search(question, 50)


# Change.


def test_what_is_removed_is_found_no_more_and_counts_no_more(news: Terms, tmp_path: Path) -> None:
    news.apply(add=[], remove=["a", "unknown"])
    fresh = made(tmp_path / "fresh", [row("b-0", HOUSE, title="Inquiry"), row("c-0", RAIN)])
    assert news.count() == 2
    assert ids(news.search("island hotel", 5)) == ["c-0"]
    assert news.weights("island hotel kushner") == fresh.weights("island hotel kushner")


def test_an_index_that_was_changed_ranks_and_scores_as_a_new_one(tmp_path: Path) -> None:
    def text(i: int) -> str:
        return f"hotel word{i % 7} word{i % 13} x{i} " + "filler " * (i % 9)

    changed = made(tmp_path / "1", [row(f"a{i}", text(i)) for i in range(300)])
    gone = [f"a{i}" for i in range(0, 300, 10)]
    changed.apply(add=[row("a0", "island")], remove=gone)
    left = [row(f"a{i}", text(i)) for i in range(300) if i % 10]
    fresh = made(tmp_path / "2", [*left, row("a0", "island")])
    question = "hotel word3 word5 x17 island"
    assert changed.weights(question) == fresh.weights(question)
    found, expected = changed.search(question, 20), fresh.search(question, 20)
    assert ids(found) == ids(expected)
    # Idfs are exact; only the mean length still counts what was removed.
    for (_, score), (_, same) in zip(found, expected, strict=True):
        assert score == pytest.approx(same, rel=0.01)


def test_an_article_in_both_lists_is_replaced(news: Terms) -> None:
    news.apply(add=[row("a-0", "Rain in Geneva."), row("a-1", "Snow in Geneva.")], remove=["a"])
    assert news.count() == 4
    assert ids(news.search("geneva", 5)) == ["a-0", "a-1"]
    assert ids(news.search("capella", 5)) == []


def test_a_change_that_fails_leaves_the_folder_as_it_was(news: Terms, folder: Path) -> None:
    def rows() -> Iterator[TermsRow]:
        yield row("d-0", "A hotel in Geneva.")
        raise ValueError("the disk of the articles is gone")

    before = news.search("island hotel geneva", 5)
    with pytest.raises(ValueError, match="disk of the articles"):
        news.apply(add=rows(), remove=["a"])
    for terms in (news, Terms.open(folder)):
        assert terms.search("island hotel geneva", 5) == before
    news.apply(add=[row("d-0", "A hotel in Geneva.")], remove=[])
    assert ids(news.search("geneva", 5)) == ["d-0"]


# The folder.


def test_what_was_applied_is_there_when_opened_again(news: Terms, folder: Path) -> None:
    question = "island hotel"
    expected = news.search(question, 5)
    news.close()
    again = Terms.open(folder)
    assert again.search(question, 5) == expected
    assert again.count() == 3


def _search_many(folder: str, start: float) -> list[list[tuple[str, float]]]:
    time.sleep(max(0.0, start - time.time()))
    terms = Terms.open(Path(folder))
    return [terms.search("island hotel", 5) for _ in range(50)]


def test_two_processes_read_one_folder_at_once(news: Terms, folder: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        jobs = [(str(folder), time.time() + 1.5)] * 2
        results = pool.starmap(_search_many, jobs)
    expected = news.search("island hotel", 5)
    assert all(hits == expected for found in results for hits in found)


def test_threads_may_ask_one_index_at_once(news: Terms) -> None:
    expected = news.search("island hotel", 5)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: news.search("island hotel", 5), range(200)))
    assert all(hits == expected for hits in found)


def test_a_missing_index_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match=r"missing or damaged .*corpus-qa index --rebuild"):
        Terms.open(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        Terms.open(tmp_path / "empty")


@pytest.mark.parametrize("suffix", [".json", ".term", ".idx", ".store", ".fast", ".fieldnorm"])
@pytest.mark.parametrize("left", [0.0, 0.5])
def test_a_truncated_file_is_damage_not_an_answer(
    news: Terms, folder: Path, suffix: str, left: float
) -> None:
    news.close()
    file = next(f for f in folder.iterdir() if f.suffix == suffix and f.name[0] != ".")
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * left)])
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        Terms.open(folder).search("island", 3)


def test_an_index_is_not_made_over_another(news: Terms, folder: Path) -> None:
    with pytest.raises(StoreError, match="already holds"):
        Terms.create(folder)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"the word index in .*file.* cannot be written"):
        Terms.create(tmp_path / "file" / "terms")
