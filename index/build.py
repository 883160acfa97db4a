"""Making the index agree with the corpus: what is new goes in, what is gone goes out."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

from index.articles import Failed
from index.basis import Basis, check_settings, find_basis
from index.boilerplate import content_sentences
from index.changes import Comparison
from index.chroma import loading_ahead
from index.chunks import chunks, distinct, indexed_title
from index.embed import Embedder
from index.errors import CorpusError, ModelError
from index.formats.files import place
from index.generations import drafting, folder_of, prune, publish
from index.lock import writing
from index.manifest import FORMAT, Manifest, Settings
from index.meter import Meter, Progress, estimate
from index.pipeline import Change, Cut, Split, Stores, store
from index.store_errors import translated
from index.stores import examined, open_stores
from index.types import Article
from index.vector_cache import VectorCache
from index.where import destination, is_elsewhere

__all__ = ["ChunkSettings", "Progress", "Report", "sync"]

RULES = 1
"""Raised when articles are read or cut differently: an index of older rules is made anew."""

_MOST_CHURN = 0.3


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How articles are cut: the most tokens of a chunk, None for all that the model reads; the
    sentences that neighbours share; and the tokens to aim at, None for as many as fit."""

    window: int | None = None
    overlap: int = 1
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did, by ids of articles.

    `kept` are in the index as they were, because their file cannot be read in full now.
    `articles` and `chunks` are how many the whole index holds, `embedded` how many vectors were
    computed. `generation` is the new live generation, or None where nothing was published.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    failed: tuple[Failed, ...]
    articles: int
    chunks: int
    embedded: int
    seconds: float
    generation: str | None


def sync(  # noqa: PLR0913 - one call is the whole face of building
    roots: Sequence[Path],
    data: Path,
    *,
    embedder: Embedder,
    settings: ChunkSettings | None = None,
    progress: Progress | None = None,
    allow_empty: bool = False,
    rebuild: bool = False,
    chroma: str | None = None,
) -> Report:
    """Make the index in `data` hold what is under each root, and publish it as a new generation.

    Articles that came from elsewhere stay. What cannot be read is reported and stays as it was
    indexed before. Nothing is embedded twice, and without a difference nothing is published.
    `rebuild` writes everything anew, also from a damaged index. `chroma` is where the vectors go:
    the URL of a Chroma server, "off" for the data folder, None for where they are. Whatever fails,
    the live generation is as it was. Raises CorpusError, LockedError, MismatchError, DamagedError,
    StoreError, ModelError for chunks larger than the model reads, and what the embedder raises.
    """
    started = time.perf_counter()
    if not allow_empty:
        for root in roots:
            place(root)  # nothing is made in the data folder for a corpus that is not there
    chosen = settings or ChunkSettings()
    run = _Run(
        roots=tuple(os.path.abspath(root) for root in roots),
        data=data,
        embedder=embedder,
        settings=_settings(embedder, chosen),
        allow_empty=allow_empty,
        rebuild=rebuild,
        chroma=chroma,
    )
    with translated(data), ExitStack() as held:
        data.mkdir(parents=True, exist_ok=True)
        held.enter_context(writing(data))
        basis = find_basis(data, held, rebuild=rebuild)
        prune(data, basis.name)
        if basis.manifest and not rebuild:
            check_settings(basis.manifest, run.settings, data)
        # Counting lists every folder once more, so that is done only where somebody looks on.
        meter = Meter(progress, estimate(run.roots) if progress else None)
        outcome = _sync(run, basis, meter)
    return replace(outcome, seconds=time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class _Run:
    roots: tuple[str, ...]
    data: Path
    embedder: Embedder
    settings: Settings
    allow_empty: bool
    rebuild: bool
    chroma: str | None


def _sync(run: _Run, basis: Basis, meter: Meter) -> Report:
    made = basis.manifest.settings if basis.manifest else None
    ruled_out = made is not None and made.rules != RULES
    live = folder_of(run.data, basis.name) if basis.name else None
    moves = live is not None and is_elsewhere(live, run.chroma)
    anew = moves or run.rebuild or ruled_out or basis.library is None or _is_worn(basis.manifest)
    lost = [root for root in basis.lost if os.path.exists(root)]
    comparison = Comparison(
        [*run.roots, *lost],
        basis.library,
        trust=not run.rebuild and not ruled_out,
        allow_empty=run.allow_empty,
        stood=None if anew else meter.stood,
    )
    comparison.failed += [_missing(root) for root in basis.lost if root not in lost]
    changes = comparison.changes()
    first = next(changes, None)
    if first is None and not comparison.unchanged and not comparison.kept and not run.rebuild:
        raise CorpusError(_no_text(run.roots, comparison.failed))
    if first is None and basis.library is None:
        raise CorpusError(_no_text(run.roots, comparison.failed))
    if first is None and not run.rebuild and not ruled_out and not moves:
        return _report(comparison, basis.manifest, embedded=0, published=False)
    changes = chain([] if first is None else [first], changes)
    return _publish(run, basis, comparison, changes=changes, anew=anew, meter=meter)


def _is_worn(manifest: Manifest | None) -> bool:
    """Tell whether so much was replaced that the vectors are better written afresh.

    The slots of removed vectors are never used again (chromadb 1.5.9): files grow, recall sinks.
    """
    return manifest is None or manifest.churn > _MOST_CHURN * max(1, manifest.chunks)


def _publish(
    run: _Run,
    basis: Basis,
    comparison: Comparison,
    *,
    changes: Iterator[Change],
    anew: bool,
    meter: Meter,
) -> Report:
    if anew:
        changes = chain(changes, comparison.untouched())
    copy_of = None if anew else basis.name
    live = folder_of(run.data, basis.name) if basis.name else None
    # A graph of its own needs chromadb, a delta beside an older one does not.
    ahead = loading_ahead() if anew else nullcontext()
    with ahead, drafting(run.data, copy_of=copy_of) as folder, ExitStack() as held:
        stores = open_stores(
            folder,
            held,
            copy_of=live if copy_of else None,
            dimension=run.embedder.dimension,
            chroma=destination(live, run.chroma),
        )
        churn, embedded = _fill(stores, run, comparison, changes=changes, meter=meter)
        held.close()
        if not anew and basis.manifest:
            churn += basis.manifest.churn
        manifest = examined(folder, run.settings, churn)
        publish(run.data, folder, manifest)
    prune(run.data, folder.name)
    return _report(comparison, manifest, embedded=embedded, published=True)


def _fill(
    stores: Stores, run: _Run, comparison: Comparison, *, changes: Iterator[Change], meter: Meter
) -> tuple[int, int]:
    """Write the changes into a draft; return how many chunks went and how many were embedded."""
    with closing(VectorCache(run.data / "embeddings.sqlite", run.embedder)) as cache:
        split = _splitter(run, meter)
        churn = store(_ended(changes, meter), stores, cache, split=split, tick=meter.tick)
        for path, stamp in comparison.stamps.items():
            stores.library.stamp(path, stamp)
        stores.library.commit({"format": FORMAT, **asdict(run.settings)})
        return churn, cache.computed


def _splitter(run: _Run, meter: Meter) -> Split:
    settings, tokens = run.settings, run.embedder.tokens

    def split(article: Article) -> Cut:
        title = indexed_title(article.title, tokens=tokens, window=settings.window)
        spans = content_sentences(article.text, article.title)
        pieces = chunks(
            article,
            spans,
            tokens=tokens,
            window=settings.window,
            overlap=settings.overlap,
            target=settings.target,
        )
        pieces = distinct(pieces, article.text)
        meter.cut(len(pieces))
        return Cut(title, spans, pieces)

    return split


def _ended(changes: Iterator[Change], meter: Meter) -> Iterator[Change]:
    yield from changes
    meter.end()


def _settings(embedder: Embedder, chosen: ChunkSettings) -> Settings:
    if chosen.window and chosen.window > embedder.window:  # the rest would be in no vector
        raise ModelError(
            f"{embedder.name} reads {embedder.window} tokens at a time, so a chunk cannot have "
            f"{chosen.window}: ask for at most {embedder.window}"
        )
    return Settings(
        fingerprint=embedder.fingerprint,
        model=embedder.name,
        dimension=embedder.dimension,
        window=chosen.window or embedder.window,
        overlap=chosen.overlap,
        target=chosen.target,
        rules=RULES,
    )


def _report(
    comparison: Comparison, manifest: Manifest | None, *, embedded: int, published: bool
) -> Report:
    return Report(
        added=tuple(comparison.added),
        changed=tuple(comparison.changed),
        removed=tuple(comparison.removed),
        unchanged=tuple(comparison.unchanged),
        kept=tuple(comparison.kept),
        failed=tuple(comparison.failed),
        articles=manifest.articles if manifest else 0,
        chunks=manifest.chunks if manifest else 0,
        embedded=embedded,
        seconds=0.0,
        generation=manifest.name if manifest and published else None,
    )


def _missing(root: str) -> Failed:
    return Failed(root, "was indexed before and does not exist any more", root, root)


def _no_text(roots: Sequence[str], failed: Sequence[Failed]) -> str:
    where = ", ".join(roots)
    if not roots:
        return "nothing can be read of what was indexed: name the files and folders to index"
    if not failed:
        return f"there is no article in {where}: name a folder or file that has some"
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return f"no article in {where} can be read: {failed[0].name} {failed[0].reason}{more}"
