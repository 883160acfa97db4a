"""Why a case was lost, in words that need no knowledge of the metrics."""

from evals.answers import contains
from evals.retrieval import DEPTH
from evals.rows import Row


def why_lost(row: Row) -> str:
    """Say in one sentence why the case was lost; empty where it was won or not judged."""
    if row.error:
        return f"It failed: {row.error}"
    if row.right or not row.judged:
        return ""
    if not row.answerable:
        return "It gave an answer although the corpus does not hold one."
    if not row.answered:
        return f"It refused to answer, and {_searched(row)}."
    if row.scores.get("wrong_named"):
        return "The answer names something that is known to be wrong."
    return f"{_lacking(row)}; {_cause(row)}."


def _lacking(row: Row) -> str:
    lacking = [part[0] for part in row.accepted if not contains(row.text, part)]
    if not lacking or len(lacking[0]) > 120:
        return "The answer says too little of what was expected"
    return f"The answer does not name {'; '.join(repr(name) for name in lacking)}"


def _cause(row: Row) -> str:
    if row.scores.get("citation_recall", 0.0) >= 1.0:
        return "the right sentence is cited, the expected words are not in the answer"
    if row.scores.get("citation_recall", 0.0) > 0.0:
        return "only some of the sentences that answer are cited"
    return f"other sentences were cited, and {_searched(row)}"


def _searched(row: Row) -> str:
    if "mrr" not in row.scores:
        return "where the search had the right passage is not known"
    if row.rank:
        return f"the search had a right passage at rank {row.rank}"
    return f"the search had no right passage among its first {DEPTH}"
