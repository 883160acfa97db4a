"""Sentence spans: each case lists the sentences that its text must fall into."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import sentences
from index.types import Span


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


# One running text a line, its sentences divided by " ¦ ".
NEWS = """
U.S. officials met their counterparts in Oslo. ¦ The talks went on until dawn.
The second meeting is set for Feb. 27 and 28 in the harbour city. ¦ A third may follow.
Sen. Margaret Hale voted against it. ¦ Rep. Tom Ruiz voted for it.
Mr. Okafor thanked Mrs. Lindqvist and Dr. Amari. ¦ Ms. Petrova did not attend.
The hearing in Washington, D.C., lasted six hours. ¦ It resumes on Monday.
The hearing took place in Washington, D.C. ¦ The committee adjourned at noon.
Doors open at 9 a.m. local time on June 12 (9 p.m. June 11 ET). ¦ Tickets are free.
The polls close at 8 p.m. Eastern and counting starts at once.
The polls close at 8 p.m. Monday in most counties.
She landed at 5 p.m. ¦ Reporters were waiting at the gate.
Flight No. 5 was late. ¦ Flight No. 12 never left.
The answer was no. ¦ Nobody was surprised.
John F. Carver and J. R. Whitlock signed the letter. ¦ So did Mary B. Stone.
The novel by J.K. Harlow sold 3.5 million copies at $7.99 each. ¦ A sequel is due.
The index fell 0.4 percent, to 2,310.55. ¦ Bonds rose.
“It is a long road,” she said. ¦ “We will walk it.”
“It is a long road.” ¦ The minister then left the room.
“Is it over?” she asked. ¦ Nobody answered.
“Is it over?” Carver asked. ¦ Nobody answered.
“Is it over?” the minister asked reporters. ¦ “It is not!” he then said.
“Is it over?” ¦ He walked away without another word.
‘Getting to know you’ was the theme. ¦ The evening was short.
"It is very important to them". ¦ "So far, it has been positive". ¦ It is all a process.
He said the deal was “dead.” ¦ Aides disagreed.
He said the deal was "dead." ¦ Aides disagreed.
The paper (which nobody read) was withdrawn. ¦ (It was later published.) ¦ Sales were poor.
The bill's sponsor, Sen. Ann Poe (D-Mass.), spoke first. ¦ Others followed.
Rep. Lee Moss (D-Calif.) said no. ¦ Gov. Dan Frey said yes.
Gen. Kim flew to Seoul with Lt. Col. Park. ¦ Adm. Ito met them at the airport.
Acme Inc. said profits rose. ¦ Rival Bolt Corp. declined to comment.
Acme Inc. Chief Executive Rita Holm resigned. ¦ Her deputy takes over.
The buyer is Acme Inc. ¦ The price was not disclosed.
He lives in Springfield, Ill. ¦ She lives in Portland, Ore., with two dogs.
Martin Cole Jr. won the seat. ¦ His father, Martin Cole Sr., had held it.
The firm moved to the U.K. in 2009. ¦ It moved back to the U.S. in 2011.
The U.S. Senate passed the bill. ¦ The U.S. House did not.
The guarantees come from the U.S. ¦ It has not said what they are.
The U.N. Security Council met. ¦ The E.U. Commission sent an observer.
Prices rose, e.g. Brent crude by a third, i.e. the most since May.
The case, Hale v. Ruiz, was heard in March. ¦ Smith vs. Jones comes next.
She studied at St. Andrews near Mt. Royal. ¦ The clinic is on Main St. ¦ The school is next door.
The vote was 52 to 48... and then it was over.
It was close… ¦ Then the lights went out.
“Well... I think so,” he said.
What now? ¦ Nobody knows! ¦ Really?! ¦ Yes.
The deal, announced Jan. 6, was signed Sept. 30, 2021. ¦ It ended in Dec. 2022.
Prof. Lind of Uppsala University, Ph.D. advisor to many, died. ¦ She was 91.
He got a Ph.D. ¦ Then he joined Acme.
@POTUS and #DPRK were trending. ¦ The tweet was deleted.
Read it at https://example.com/a.b?c=d.e and on example.org. ¦ It is free.
Write to press@acme.co.uk. ¦ An answer takes a week.
The theory.The practice follows. ¦ It works in Node.js and on Booking.com.
The rule holds.[3] ¦ It was tested twice.[4][5] ¦ It held.
The claim is disputed.[citation needed] ¦ Others agree.
Version 2.0 of the plan failed. ¦ Version 3.1 passed.
1. Wash the rice. ¦ 2. Boil it.
The plan has 3 parts. ¦ 12 people wrote it. ¦ 2015 was a bad year.
The average is approx. 4 kg per head. ¦ It was 5 kg before.
See Fig. 3 and pp. 12 to 15. ¦ The data are in Vol. 2.
Officials incl. the mayor, the sheriff, etc., came. ¦ Lunch was served.
The menu had soup, bread, etc. ¦ Nobody ate.
Apple sold more phones. ¦ iPhone sales rose by a tenth. ¦ eBay fell.
The 30-year-old — a former coach — was hired. ¦ He starts on Jan. 3.
Only one of them, the I.R.A. faction, refused. ¦ The rest signed.
The winner is King Charles I. ¦ His crown is old.
My sister is taller than I. ¦ Everybody says so.
The vitamin is D. ¦ It is made in the skin.
It cost Rs. 500 in Mumbai. ¦ It cost $5 in L.A. and nothing in N.Y.
The Rev. and Mrs. Stone founded it. ¦ They left in 1890.
“We are ready,” Gen. Ito said. ¦ “Are you?”
The court said: “No.” ¦ The plaintiff said: “Why?”
He called it ‘a disgrace.’ ¦ Then he apologised.
They asked “who pays?” and got no reply. ¦ Who does?
The team, Yokohama F.C., won 2-1. ¦ Their rivals lost 0-3.
Temperatures hit 41.5 C. ¦ That is a record.
Sarah O'Neil, M.D., testified. ¦ Her colleague, R.N. Bailey, did not.
The memo of Aug. 9 named Mr. X. ¦ It did not name Ms. Y.
The fine is due by Nov. 1. ¦ After that it doubles.
The group (known as J.P.M.) sued. ¦ The bank settled.
The company, based in Lausanne, Switzerland (see map), closed. ¦ Jobs were lost.
Go! ¦ The crowd roared. ¦ “Go!” it roared again.
The ship sank at 3 a.m. ¦ All 40 sailors lived.
Nine of ten agree. ¦ “One does not,” he said. ¦ “That is fine.”
The year . ¦ Any pattern , e.g. this one , is seen .
Sgt. Abe Ford and Cpl. Jo Wu returned. ¦ Capt. Ray did not.
"""


@pytest.mark.parametrize("case", NEWS.strip().split("\n"))
def test_news_falls_into_its_sentences(case: str) -> None:
    case = case.replace("theory.The", "theory.¦The")  # the one place where a space was lost
    text = case.replace("¦The", "The").replace(" ¦ ", " ")
    assert split(text) == [part.strip() for part in case.split("¦")]


def test_other_scripts_end_sentences_with_their_own_marks() -> None:
    assert split("会谈在周四举行。双方都很满意！下一次呢？") == [
        "会谈在周四举行。",
        "双方都很满意！",
        "下一次呢？",
    ]
    assert split("هل انتهى الأمر؟ لا أحد يعرف. سنرى") == [
        "هل انتهى الأمر؟",
        "لا أحد يعرف.",
        "سنرى",
    ]
    assert split("बैठक समाप्त हुई। सब लोग चले गए॥ अंत") == ["बैठक समाप्त हुई।", "सब लोग चले गए॥", "अंत"]
    assert split("Встреча прошла. Все довольны.") == ["Встреча прошла.", "Все довольны."]


def test_a_line_without_a_full_stop_is_a_sentence() -> None:
    text = (
        "Storm reaches the coast\n\nIt struck at dawn. Roads closed.\n"
        "What we know\n- Two dead\n- Ten hurt"
    )
    assert split(text) == [
        "Storm reaches the coast",
        "It struck at dawn.",
        "Roads closed.",
        "What we know",
        "- Two dead",
        "- Ten hurt",
    ]


def test_one_paragraph_a_line_is_never_joined_to_the_next() -> None:
    text = (
        "Ministers plan a second summit\n"
        "The ministry said Monday that planning is underway for a second meeting of the two.\n"
        "She added that the ministry is “already in the process of coordinating that.”\n"
        "“Nothing is settled. But talks go on,” the adviser said in a speech earlier Monday."
    )
    assert split(text) == [
        "Ministers plan a second summit",
        "The ministry said Monday that planning is underway for a second meeting of the two.",
        "She added that the ministry is “already in the process of coordinating that.”",
        "“Nothing is settled.",
        "But talks go on,” the adviser said in a speech earlier Monday.",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_broken_in_mid_sentence_are_joined(newline: str) -> None:
    text = newline.join(
        [
            "Storm reaches the coast",
            "Thousands of people left their homes on Monday after officials of the",
            "U.S. National Weather Service warned that winds of up to 120 miles an",
            "hour would reach Galveston. Sgt. Ruiz of the county police, who led",
            "the evacuation, said the bridges were closed and thanked Mayor Hale.",
            "Nobody was hurt. Schools stay shut.",
            "",
            "A second storm is forming in the gulf.",
        ]
    )
    assert [" ".join(part.split()) for part in split(text)] == [
        "Storm reaches the coast",
        "Thousands of people left their homes on Monday after officials of the U.S. National"
        " Weather Service warned that winds of up to 120 miles an hour would reach Galveston.",
        "Sgt. Ruiz of the county police, who led the evacuation, said the bridges were closed"
        " and thanked Mayor Hale.",
        "Nobody was hurt.",
        "Schools stay shut.",
        "A second storm is forming in the gulf.",
    ]


def test_a_broken_line_ending_in_an_abbreviation_is_joined_when_it_is_full() -> None:
    text = (
        "The delegation that arrived on Thursday was led by the secretary and Mr.\n"
        "Okafor, who had negotiated for two days and who would travel on to the\n"
        "capital on Friday."
    )
    assert len(split(text)) == 1


def test_lists_and_tables_are_not_joined() -> None:
    assert split("salt\npepper\nsugar") == ["salt", "pepper", "sugar"]
    assert split("Bring:\nwarm clothes and a bottle of water for the whole day\n* a map") == [
        "Bring:",
        "warm clothes and a bottle of water for the whole day",
        "* a map",
    ]
    assert split("| a | b |\n| c | d |") == ["| a | b |", "| c | d |"]


def test_white_space_of_any_kind_stays_outside() -> None:
    text = "\ufeff\t One.\u00a0\u00a0Two\u00a0 words.\t\tThree.\r\n\u2003\u2028Four \n"
    assert split(text) == ["\ufeff\t One.", "Two\u00a0 words.", "Three.", "Four"]
    assert sentences("") == sentences(" \n\t\u00a0") == []


def test_a_range_counts_from_the_beginning_of_the_text() -> None:
    text = "One here. Two here. Three here."
    assert sentences(text, 10, 19) == [Span(10, 19)]
    assert sentences(text, 14) == [Span(14, 19), Span(20, 31)]
    assert sentences(text, 20, 999) == [Span(20, 31)]


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["Mr. ", "U.S. ", ". ", "?” ", "\n", "\r\n", "The ", "he said", "。", "3.5", "- ", " \n"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.integers(0, 40), st.integers(0, 200))
def test_spans_are_trimmed_ordered_and_leave_nothing_out(text: str, start: int, end: int) -> None:
    spans = sentences(text, start, end)
    covered = "".join(text[span.start : span.end] for span in spans)
    assert "".join(covered.split()) == "".join(text[start:end].split())
    last = start
    for span in spans:
        assert last <= span.start < span.end <= end
        part = text[span.start : span.end]
        assert part == part.strip()
        last = span.end


@pytest.mark.parametrize(
    "unit",
    [
        "Talks in the U.S. went on. ",
        "word ",
        ".",
        ". ",
        "x",
        "?” ",
        ".)",
        "a.Ba",
        "Mr. ",
        "[1]",
        "\n",
    ],
)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        begun = time.process_time()
        sentences(text)
        return time.process_time() - begun

    assert seconds(200_000) < 12 * max(seconds(50_000), 0.01)  # quadratic would be 16 times
