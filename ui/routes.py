"""What the page's own script asks for: past conversations, judgements, and what the corpus has."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from index.errors import IndexFailure
from ui.asking import Desk
from ui.conversations import export
from ui.errors import NotFoundError, UIError
from ui.service import Service
from ui.shapes import status_object
from ui.suggest import suggestions
from ui.turns import standing
from ui.words import sentence

_Answer = Callable[[Request, Callable[[str], object]], Awaitable[Response]]

_WRITTEN = {
    "markdown": ("text/markdown; charset=utf-8", "md", export.as_markdown),
    "json": ("application/json", "json", export.as_json),
}


def routes(desk: Desk, service: Service) -> APIRouter:
    """The routes under /chat, each for the owner that the request's cookies name.

    Errors are objects with one sentence: 401 where nobody is named, 404 for what is not there or
    another owner's, 422 for what makes no sense, 503 where the index or the store cannot be read.
    """
    router = APIRouter(prefix="/chat", include_in_schema=False)

    async def answer(request: Request, work: Callable[[str], object]) -> Response:
        owner = service.owner(request.cookies)
        if owner is None:
            return _failure(401, "Sign in first; this page's cookie is missing.")
        return await run_in_threadpool(_done, work, owner)

    @router.get("/me")
    async def me(request: Request) -> Response:
        uploads = service.uploads
        about = {
            "name": service.user(request.cookies),
            "accepts": list(uploads.accepts),
            "most_bytes": uploads.most_bytes,
        }
        return await answer(request, lambda owner: about)

    @router.get("/corpus")
    async def corpus(request: Request) -> Response:
        return await answer(request, lambda owner: status_object(desk.bot.status()))

    @router.get("/suggestions")
    async def suggested(request: Request) -> Response:
        return await answer(request, lambda owner: list(suggestions(desk.bot)))

    _conversations(router, desk, answer)
    _turns(router, desk, answer)
    return router


def _conversations(router: APIRouter, desk: Desk, answer: _Answer) -> None:
    kept = desk.conversations

    @router.get("/conversations")
    async def conversations(request: Request) -> Response:
        return await answer(request, lambda owner: [asdict(one) for one in kept.list(owner)])

    @router.patch("/conversations/{key}")
    async def rename(request: Request, key: str) -> Response:
        title = (await _object(request)).get("title")
        if not isinstance(title, str) or not title.strip():
            return _failure(422, "Give the conversation a title.")
        return await answer(request, lambda owner: kept.rename(owner, key, title))

    @router.delete("/conversations/{key}")
    async def delete(request: Request, key: str) -> Response:
        return await answer(request, lambda owner: kept.delete(owner, key))

    @router.get("/conversations/{key}/export")
    async def exported(request: Request, key: str, form: str = "markdown") -> Response:
        if form not in _WRITTEN:
            return _failure(422, "A conversation is exported as markdown or json.")
        return await answer(request, lambda owner: _exported(desk, owner, key, form))


def _turns(router: APIRouter, desk: Desk, answer: _Answer) -> None:
    @router.post("/turns/{turn}/judgement")
    async def judge(request: Request, turn: int) -> Response:
        given = await _object(request)
        thumb, comment = given.get("thumb", ""), given.get("comment", "")
        if thumb not in ("up", "down", None) or not isinstance(comment, str):
            return _failure(422, "A judgement is up, down, or none.")
        return await answer(
            request, lambda owner: desk.conversations.judge(owner, turn, thumb, comment)
        )


def _exported(desk: Desk, owner: str, key: str, form: str) -> Response:
    media, suffix, written = _WRITTEN[form]
    turns = desk.conversations.turns(owner, key)
    titles = [one.title for one in desk.conversations.list(owner, limit=10_000) if one.id == key]
    text = written("".join(titles), turns, lambda citation: standing(desk.bot, citation))
    headers = {"content-disposition": f'attachment; filename="conversation.{suffix}"'}
    return Response(text, media_type=media, headers=headers)


def _done(work: Callable[[str], object], owner: str) -> Response:
    try:
        found = work(owner)
    except NotFoundError as failure:
        return _failure(404, str(failure))
    except (UIError, IndexFailure) as failure:
        return _failure(503, str(failure))
    if isinstance(found, Response):
        return found
    return Response(status_code=204) if found is None else _json(found)


def _json(value: object, status: int = 200) -> Response:
    return JSONResponse(value, status, {"cache-control": "no-store"})


def _failure(status: int, reason: str) -> Response:
    return _json({"error": sentence(reason)}, status)


async def _object(request: Request) -> Mapping[str, Any]:
    """The object in the body; empty unless it is one and sent as JSON, which no form can do."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return {}
    try:
        value = await request.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
