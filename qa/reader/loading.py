"""Loading a model of others: found, nothing fetched or printed, failures in one sentence."""

from pathlib import Path

from index.errors import ModelError
from index.foreign import quietly
from index.models import ModelFiles, locate
from qa.errors import ReaderError

OURS, THEIRS = "manifest.json", "config.json"


def located(name: str, *, online: bool) -> ModelFiles:
    """Find the model of a folder or a hub name, which is fetched only if `online`.

    Raises ReaderError where there is none.
    """
    folder = Path(name).expanduser()
    if folder.is_dir() and not (folder / THEIRS).is_file():
        raise ReaderError(
            f"The folder {folder} holds no reader: neither the {OURS} that "
            f"python -m qa.reader.export writes nor a model's {THEIRS} is there."
        )
    try:
        return locate(name, offline=not online)
    except ModelError as error:
        how = (
            "could not be fetched: check the name and the network"
            if online
            else "is neither a folder nor in this machine's model cache, and fetching it needs the "
            "network: allow that with CORPUS_QA_ONLINE=1"
        )
        raise ReaderError(
            f"The reader {name!r} {how}, or give a folder that holds a reader."
        ) from error


def prepare() -> None:
    """Silence transformers, as `index.foreign.quietly` does; raises ReaderError without it."""
    try:
        quietly()
    except ImportError as error:
        raise ReaderError(
            "This reader needs torch, transformers and sentence-transformers, which are not all "
            "installed: pip install sentence-transformers."
        ) from error
