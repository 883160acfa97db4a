"""The API: questions and searches as JSON, with the same objects as on the command line."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from index.errors import IndexFailure
from qa.chat import last
from qa.errors import QAError, QuestionError
from ui import api_page, upload_routes
from ui.api_types import FAILURES, AnswerOut, AskIn, PassageOut, SearchIn, StatusOut, worded
from ui.errors import BusyError, SlowError, UIError
from ui.service import Service
from ui.shapes import answer_object, passage_objects, status_object, written
from ui.words import sentence

T = TypeVar("T")


def routes(service: Service) -> APIRouter:
    """The routes under /api."""
    router = APIRouter(prefix="/api", responses=FAILURES)

    @router.post("/ask", summary="Answer a question", response_model=AnswerOut, tags=["questions"])
    async def ask(asked: AskIn) -> Response:
        """One answer with its citations; a corpus that does not hold it is no failure."""

        def work() -> object:
            events = service.asking.stream(
                asked.question, filters=asked.filters.filters(), history=asked.turns()
            )
            return answer_object(last(events))

        return json(await service.line.run(work))

    @router.post(
        "/search", summary="Find passages", response_model=list[PassageOut], tags=["questions"]
    )
    async def search(asked: SearchIn) -> Response:
        """The passages that are nearest to a question, best first."""

        def work() -> object:
            service.heard(asked.question)
            with service.line.place():
                found = service.bot.search(asked.question, asked.k, filters=asked.filters.filters())
            return passage_objects(found)

        return json(await service.line.run(work))

    @router.get("/status", summary="What is indexed", response_model=StatusOut, tags=["corpus"])
    def status() -> Response:
        return json(status_object(service.bot.status()))

    return router


def include(server: FastAPI, service: Service) -> None:
    """Add the API to a server: its routes, its description, and its errors as sentences."""
    described = [routes(service), upload_routes.routes(service.uploads)]
    for router in described:
        server.include_router(router)
    schema = get_openapi(
        title="corpus-qa",
        version="1",
        description="Ask questions of the articles; every answer cites exact spans of them.",
        routes=[route for router in described for route in router.routes],
    )
    page = api_page.page(schema)
    methods = _methods(schema)

    @server.get("/api/openapi.json", include_in_schema=False)
    def openapi() -> Response:
        return json(schema)

    @server.get("/api/docs", include_in_schema=False)
    def docs() -> Response:
        return HTMLResponse(page)

    @server.api_route(
        "/api/{path:path}",
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        include_in_schema=False,
    )
    def other(path: str) -> Response:
        allowed = methods.get(f"/api/{path}")
        if allowed:
            return failure(405, f"/api/{path} takes {allowed} alone.", {"allow": allowed})
        return failure(404, "There is no such address here; /api/docs lists those there are.")

    _tell_errors(server)


def _methods(schema: Mapping[str, Any]) -> dict[str, str]:
    return {
        path: ", ".join(method.upper() for method in operations)
        for path, operations in schema["paths"].items()
    }


def _tell_errors(server: FastAPI) -> None:
    """Let every failure be an object with one sentence."""

    @server.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        return failure(422, worded(error.errors()))

    @server.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return failure(error.status_code, sentence(str(error.detail)), error.headers)

    def told(kind: type[Exception], status: Callable[[Any], int]) -> None:
        async def tell(request: Request, error: Exception) -> Response:
            headers = {"retry-after": str(error.after)} if isinstance(error, BusyError) else None
            return failure(status(error), sentence(str(error)), headers)

        server.add_exception_handler(kind, tell)

    told(QuestionError, lambda error: 422)
    told(QAError, lambda error: 503 if error.retry else 500)
    told(IndexFailure, lambda error: 503)
    told(SlowError, lambda error: 504)
    told(BusyError, lambda error: 503)
    told(UIError, lambda error: 503)


def json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response that carries any text: half a character is escaped, as no encoding has it."""
    fresh = {"cache-control": "no-store", **(headers or {})}
    return Response(written(value, "utf-8"), status, fresh, "application/json")


def failure(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as every route tells it."""
    return json({"error": reason}, status, headers)
