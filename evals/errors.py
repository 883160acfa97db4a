"""The errors of an evaluation, each with a sentence that says what was wrong and what to do.

EvalError
├── CaseError       a file of cases cannot be used as it stands
├── SetError        a question set is unknown, or its folder lacks a file
├── ResultsError    a results folder cannot be written, resumed or compared
└── FloorError      the file of floors cannot be used

A figure below its floor is no error: `evals.gate.check` returns it.
"""


class EvalError(Exception):
    """Any failure of an evaluation; `str(error)` is one sentence meant for a person."""


class CaseError(EvalError):
    """A file of cases cannot be used as it stands."""


class SetError(EvalError):
    """A question set is unknown, or its folder lacks a file or holds a broken one."""


class ResultsError(EvalError):
    """A results folder cannot be written, resumed or compared."""


class FloorError(EvalError):
    """The file of floors cannot be used."""
