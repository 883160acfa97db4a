"""The errors of question answering.

QAError
├── QuestionError        the question cannot be asked as it stands
└── ReaderError          a reader model is missing, altered or of the wrong shape

Failures of the index pass through as `index.errors.IndexFailure`.
"""


class QAError(Exception):
    """Any failure of question answering; `str(error)` is one sentence meant for a person."""

    retry = False


class QuestionError(QAError):
    """The question cannot be asked as it stands: empty, too long, or without a word."""


class ReaderError(QAError):
    """A reader model is missing, altered or of the wrong shape."""
