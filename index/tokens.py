"""The tokens of texts: the ids that a model reads, and where in its text each of them lies."""

import os
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Offsets = Sequence[tuple[int, int]]
_Piece = tuple[bytes, bytes]  # the ids of its tokens, and their starts and ends in it

_REMEMBERED = 32_768  # pieces, 10 MB at most
_LONGEST = 64  # characters; what is longer is no word and hardly comes again
_BYTES = 8  # of an id, of a start or an end


class Tokens:
    """A tokenizer (JSON, whose truncation is the model's window) that remembers words.

    BERT's tokenizers split at every space before they do anything else, so what stands between two
    spaces has the same tokens in every text. Such a text is taken as the pieces between its spaces,
    most of which were seen before; other tokenizers are given each text as a whole. May be used by
    any number of threads at once. Raises ModelError where the tokenizer cannot be loaded.
    """

    def __init__(self, json: str) -> None:
        # Texts come one at a time: a pool of threads inside the tokenizer would only be in the way.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self._json = json
        self._cutting = load_tokenizer(json)
        self._all: Tokenizer | None = None
        self._known: dict[str, _Piece] | None = None
        if _splits_at_spaces(self._cutting):
            self._known = {}
            self._first, self._last = (np.int64(i).tobytes() for i in self._cutting.encode("").ids)
            self._room = (_window(self._cutting) - 2) * _BYTES
            self._all = self._cutting  # loaded once: the pieces are put together and cut here
            self._all.no_truncation()

    def ids(self, text: str) -> NDArray[np.int64]:
        """The ids (tokens,), special ones included; what is beyond the window is left out."""
        if self._known is None:
            # Of the tokenizer's calls only those for a batch let other threads run meanwhile.
            return np.array(self._cutting.encode_batch_fast([text])[0].ids, np.int64)
        inner = b"".join([ids for ids, _ in self._pieces(text.split(" "), self._known)])
        return np.frombuffer(self._first + inner[: self._room] + self._last, np.int64)

    def offsets(self, text: str) -> Offsets:
        """The offsets, in characters of `text`, of all its tokens without the special ones."""
        if self._known is None:
            return tuple(self._encoded(text).offsets)
        pieces = text.split(" ")
        inner = [offsets for _, offsets in self._pieces(pieces, self._known)]
        spans = np.frombuffer(b"".join(inner), np.int64).reshape(-1, 2)
        counts = [len(offsets) // (2 * _BYTES) for offsets in inner]
        spans = spans + np.repeat(_begins(pieces)[:-1], counts)[:, np.newaxis]
        return list(zip(*spans.T.tolist(), strict=True))

    def _pieces(self, pieces: Sequence[str], known: dict[str, _Piece]) -> list[_Piece]:
        found = [known.get(piece) for piece in pieces]
        missing = list({p for p, seen in zip(pieces, found, strict=True) if seen is None})
        new = dict(self._apart(missing)) if missing else {}
        if len(known) + len(new) > _REMEMBERED:
            self._known = known = {}  # other threads go on with the one that they hold
        known.update((piece, tokens) for piece, tokens in new.items() if len(piece) <= _LONGEST)
        return [seen or new[piece] for piece, seen in zip(pieces, found, strict=True)]

    def _apart(self, pieces: Sequence[str]) -> Iterator[tuple[str, _Piece]]:
        """Each piece with its tokens; one text is tokenised in half the time of its words."""
        encoding = self._encoded(" ".join(pieces))
        ids = np.array(encoding.ids, np.int64)
        spans = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        begins = _begins(pieces)
        cuts = np.searchsorted(spans[:, 0], begins)
        spans -= np.repeat(begins[:-1], np.diff(cuts))[:, np.newaxis]
        for piece, (first, last) in zip(pieces, pairwise(cuts.tolist()), strict=True):
            yield piece, (ids[first:last].tobytes(), spans[first:last].tobytes())

    def _encoded(self, text: str) -> "Encoding":
        if self._all is None:
            whole = load_tokenizer(self._json)
            whole.no_truncation()
            self._all = whole
        (encoding,) = self._all.encode_batch([text], add_special_tokens=False)
        return encoding


def load_tokenizer(json: str) -> "Tokenizer":
    """A tokenizer from the text of its tokenizer.json; raises ModelError."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(json)
    except Exception as error:  # the library raises nothing narrower
        raise ModelError(f"The model's tokenizer cannot be loaded: {error}.") from error


def _window(tokenizer: "Tokenizer") -> int:
    return int((tokenizer.truncation or {})["max_length"])


def _begins(pieces: Sequence[str]) -> NDArray[np.int64]:
    """Where each piece begins in the text of which they are the parts between spaces, and its end.

    The end counts one more space: nothing begins there.
    """
    return np.array([0, *accumulate(len(piece) + 1 for piece in pieces)], np.int64)


def _splits_at_spaces(tokenizer: "Tokenizer") -> bool:
    """Whether no token and no rule of a tokenizer goes over a space.

    That is known of BERT's word pieces: the normaliser works on single characters, and the text is
    then split at white space and punctuation. Special tokens are looked for in the text as it is.
    """
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    added = tokenizer.get_added_tokens_decoder().values()
    return (
        isinstance(tokenizer.model, WordPiece)
        and isinstance(tokenizer.normalizer, BertNormalizer)
        and isinstance(tokenizer.pre_tokenizer, BertPreTokenizer)
        and not any(t.lstrip or t.rstrip or t.single_word or " " in t.content for t in added)
        and len(tokenizer.encode("").ids) == 2  # one special token before the text and one behind
        and (tokenizer.truncation or {}).get("direction") == "right"
    )
