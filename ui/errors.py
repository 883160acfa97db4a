"""The errors of the screens themselves.

UIError
├── WrongUse             options that do not go together
├── ServeError           the web server cannot start as asked
├── ConversationError    past conversations cannot be read or kept
├── NotFoundError        there is no such thing, or none that one may see
├── Incomplete           the work was done but for a part, which was told already
├── AccountsError        an accounts file, or what is to stand in one, is not as it must be
├── BusyError            too much is under way already; the same can be tried again
├── SlowError            an answer took longer than it may
└── UploadError          files cannot be taken in, or an uploaded file cannot be removed
"""


class UIError(Exception):
    """Any failure of the command line or the web server; `str(error)` is one sentence."""

    exit_code = 1


class WrongUse(UIError):
    """Options that do not go together."""

    exit_code = 2


class ServeError(UIError):
    """The web server cannot start as asked."""


class ConversationError(UIError):
    """Past conversations cannot be read or kept."""


class NotFoundError(UIError):
    """There is no such thing, or it is somebody else's: the two are not told apart."""


class Incomplete(UIError):
    """The work was done but for a part, which was told already."""


class AccountsError(UIError):
    """An accounts file, or what is to stand in one, is not as it must be."""


class BusyError(UIError):
    """Too much is under way already; the same can be tried again in `after` seconds."""

    after = 5


class SlowError(UIError):
    """An answer took longer than it may."""


class UploadError(UIError):
    """Files cannot be taken in, or an uploaded file cannot be removed."""
