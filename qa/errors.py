"""The errors of question answering.

QAError
├── QuestionError        the question cannot be asked as it stands
├── ReaderError          a reader model is missing, altered or of the wrong shape
├── LLMError             a language model cannot be opened, or did not answer
├── SettingsError        a configuration file cannot be used
└── ChatError            a saved chat cannot be written or restored

Failures of the index pass through as `index.errors.IndexFailure`.
"""


class QAError(Exception):
    """Any failure of question answering; `str(error)` is one sentence meant for a person."""

    retry = False


class QuestionError(QAError):
    """The question cannot be asked as it stands: empty, too long, or without a word."""


class ReaderError(QAError):
    """A reader model is missing, altered or of the wrong shape."""


class LLMError(QAError):
    """A language model cannot be opened, or did not answer.

    `retry` tells whether it may well answer when asked again, `after` how many seconds from now.
    """

    def __init__(self, sentence: str, *, retry: bool = False, after: float = 0.0) -> None:
        super().__init__(sentence)
        self.retry = retry
        self.after = after


class SettingsError(QAError):
    """A configuration file is missing, malformed, or holds a setting that there is not."""


class ChatError(QAError):
    """A saved chat cannot be written or restored."""
