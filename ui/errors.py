"""The errors of the screens themselves.

UIError
├── WrongUse             options that do not go together
├── ServeError           the web server cannot start as asked
└── Incomplete           the work was done but for a part, which was told already
"""


class UIError(Exception):
    """Any failure of the command line or the web server; `str(error)` is one sentence."""

    exit_code = 1


class WrongUse(UIError):
    """Options that do not go together."""

    exit_code = 2


class ServeError(UIError):
    """The web server cannot start as asked."""


class Incomplete(UIError):
    """The work was done but for a part, which was told already."""
