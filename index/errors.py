"""The errors of the index, each with a sentence that says what was wrong and what to do.

IndexFailure
├── CorpusError          what was given as a corpus cannot be used
│   └── ArticleError     one article cannot be read; the others can
├── ModelError           an embedding model is missing, altered or of the wrong kind
├── ClusterError         the cluster that was to embed cannot be used
└── StoreError           the data folder cannot be used
    ├── NoIndex          nothing has been indexed there yet
    ├── LockedError      another process is writing
    ├── MismatchError    built with another model, chunking or format
    └── DamagedError     a generation's files disagree with each other
"""


class IndexFailure(Exception):
    """Any failure of the index; `str(error)` is one sentence meant for a person."""


class CorpusError(IndexFailure):
    """What was given as a corpus cannot be used as a whole."""


class ArticleError(CorpusError):
    """One article cannot be read."""


class ModelError(IndexFailure):
    """An embedding model is missing, altered or of the wrong kind."""


class ClusterError(IndexFailure):
    """The cluster that was to embed cannot be used."""


class StoreError(IndexFailure):
    """The data folder cannot be used."""


class NoIndex(StoreError):
    """Nothing has been indexed in the data folder yet."""


class LockedError(StoreError):
    """Another process is writing to the data folder."""


class MismatchError(StoreError):
    """The index was built with another model, chunking or format than is asked for now."""


class DamagedError(StoreError):
    """The files of a generation disagree with each other or cannot be read."""
