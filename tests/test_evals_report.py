"""The report: everything escaped, nothing fetched, the lost cases with their reasons."""

import re
from html.parser import HTMLParser
from pathlib import Path

from rich.console import Console

from evals import Options, Summary, run
from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.fake import WordBot, build_word_bot
from evals.table import render
from qa.types import Turn

HOSTILE = "<script>alert(1)</script> & {{7*7}} <img src=x onerror=y> pays nine."
CASES = (
    Case("h", "Who <b>pays</b> what script alert?", "fact", (("ten <i>",),),
         (Gold("<a>", 0, len(HOSTILE)),), history=(Turn("Hm <u>?", "Yes."),)),
    Case("n", "Who wrote the <i>opera</i>?", "near-miss", note="<s>nobody</s>"),
    Case("w", "script alert pays nine?", "fact", (("nine",),), (Gold("<a>", 0, len(HOSTILE)),)),
)  # fmt: skip


def hostile_set() -> CaseSet:
    corpus = Corpus("one", (Document("<a>", HOSTILE),), CASES)
    return CaseSet("hostile", "Set <em>x</em>", "here", "none", "none", (corpus,))


class Seen(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def two_runs(tmp_path: Path) -> Summary:
    run(hostile_set(), out=tmp_path / "a", build=build_word_bot)
    return run(
        hostile_set(),
        out=tmp_path / "b",
        build=lambda paths, data: WordBot(build_word_bot(paths, data).articles, threshold=0.0),
        options=Options(compare=tmp_path / "a"),
    )


def test_nothing_that_an_article_or_a_question_says_becomes_markup(tmp_path: Path) -> None:
    page = two_runs(tmp_path).report.read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(page)
    assert not {"script", "img", "b", "em", "i", "u", "s"} & (set(seen.tags) - {"b"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;pays&lt;/b&gt;" in page
    assert "Set &lt;em&gt;x&lt;/em&gt;" in page
    assert not [name for name, _ in seen.attributes if name.startswith("on")]


def test_the_report_asks_nothing_of_any_other_place(tmp_path: Path) -> None:
    page = two_runs(tmp_path).report.read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(page)
    assert not {"link", "iframe", "object", "video", "audio", "form"} & set(seen.tags)
    links = [v for n, v in seen.attributes if n in ("href", "src", "xlink:href", "srcset", "data")]
    assert all(value.startswith("#") for value in links)
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]+)\)", page))
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_each_plot_has_ids_of_its_own(tmp_path: Path) -> None:
    page = two_runs(tmp_path).report.read_text(encoding="utf-8")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert page.count("<svg") == 4
    assert len(ids) == len(set(ids))
    targets = re.findall(r'(?:xlink:href="|url\()#([^")]+)', page)
    assert targets
    assert set(targets) <= set(ids)


def test_the_lost_cases_say_why_and_show_what_was_expected(tmp_path: Path) -> None:
    page = run(hostile_set(), out=tmp_path / "a", build=build_word_bot).report.read_text()
    assert "Lost cases" in page
    assert "the right sentence is cited, the expected words are not in the answer" in page
    assert "ten &lt;i&gt;" in page
    assert "Before it: Q: Hm &lt;u&gt;? / A: Yes." in page


def test_a_comparison_shows_verdicts_and_changed_cases(tmp_path: Path) -> None:
    page = two_runs(tmp_path).report.read_text(encoding="utf-8")
    assert "What changed" in page
    assert "Lost by the change: 1" in page
    assert "no difference shown" in page


def test_figures_of_citations_never_stand_without_those_of_answers(tmp_path: Path) -> None:
    summary = run(hostile_set(), out=tmp_path / "a", build=build_word_bot)
    page = summary.report.read_text(encoding="utf-8")
    with (tmp_path / "out.txt").open("w") as out:
        Console(file=out, width=160).print(render(summary))
    for text in (page, (tmp_path / "out.txt").read_text()):
        assert text.index("answers right") < text.index("citations that show it")
