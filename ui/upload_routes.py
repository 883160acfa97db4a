"""Uploads over HTTP: add files, hear how far that is, list them, remove one."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from index.errors import IndexFailure
from ui.api_types import FAILURES, JobOut, ReportOut, UploadOut
from ui.errors import BusyError, NotFoundError, UIError
from ui.uploads import MOST_AT_ONCE, UploadReport, Uploads
from ui.words import sentence

T = TypeVar("T")

PATIENT_S = 50.0  # proxies give up on an answer after a minute
_FRESH = {"cache-control": "no-store"}
NOBODY = "Your browser's cookie is missing; load the page first."


def routes(uploads: Uploads, *, patient_s: float = PATIENT_S) -> APIRouter:
    """The routes under /api/uploads; whose files they are is in `request.state.owner`."""
    router = APIRouter(prefix="/api/uploads", tags=["uploads"], responses=FAILURES)

    @router.post(
        "",
        summary="Add files to the corpus",
        openapi_extra=_FORM,
        response_model=ReportOut,
        responses={202: {"model": JobOut, "description": "It takes long: ask for the status."}},
    )
    async def add(request: Request) -> Response:
        """Takes the parts named files; says what was added, and of the rest why it was not."""
        owner = request.state.owner
        if owner is None:
            return _failure(401, NOBODY)
        with ExitStack() as held:
            try:
                take_in = held.enter_context(uploads.job(owner))
                async with request.form(max_files=MOST_AT_ONCE, max_fields=10) as form:
                    parts = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
                    files = [(part.filename or "", await part.read()) for part in parts]
            except BusyError as busy:
                return _failure(503, str(busy), busy.after)
            if not files:
                return _failure(422, "No file came; send each as a part named files.")
            done = _work(lambda: take_in(files), held.pop_all())
        return await _outcome(done, patient_s, lambda: _state(uploads, owner))

    @router.get("/status", summary="How far one's latest upload is", response_model=JobOut)
    async def status(request: Request) -> Response:
        return JSONResponse(_state(uploads, request.state.owner or ""), headers=_FRESH)

    @router.get(
        "", summary="One's uploaded files, the newest first", response_model=list[UploadOut]
    )
    async def listed(request: Request) -> Response:
        def found(owner: str) -> Response:
            return JSONResponse([asdict(one) for one in uploads.list(owner)], headers=_FRESH)

        return await _for_owner(request, found)

    @router.delete("/{name:path}", summary="Remove one of one's files", status_code=204)
    async def remove(request: Request, name: str) -> Response:
        def removed(owner: str) -> Response:
            uploads.remove(owner, name)
            return Response(status_code=204)

        return await _for_owner(request, removed)

    return router


_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}


def _work(work: Callable[[], T], held: ExitStack) -> "asyncio.Future[T]":
    """Do the work in a thread that ends with the process, then let go of what is held."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
            future.exception()  # may be nobody's any more; it stands in the state
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failed = None, None
        try:
            with held:
                result = work()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            failed = error
        with suppress(RuntimeError):  # the server has stopped meanwhile
            loop.call_soon_threadsafe(tell, result, failed)

    # Not of a pool: a server that is told to stop does not wait for it. The index is never half
    # written, and the next sync takes in what lies there.
    threading.Thread(target=run, name="upload", daemon=True).start()
    return future


async def _outcome(
    done: "asyncio.Future[UploadReport]", patient_s: float, state: Callable[[], dict[str, Any]]
) -> Response:
    try:
        report = await asyncio.wait_for(asyncio.shield(done), patient_s)
    except TimeoutError:
        return JSONResponse(state(), 202, _FRESH)
    except BusyError as busy:
        return _failure(503, str(busy), busy.after)
    except UIError as failure:
        return _failure(503, str(failure))
    return JSONResponse(report_object(report), headers=_FRESH)


async def _for_owner(request: Request, work: Callable[[str], Response]) -> Response:
    owner = request.state.owner
    if owner is None:
        return _failure(401, NOBODY)
    try:
        return await run_in_threadpool(work, owner)
    except NotFoundError as failure:
        return _failure(404, str(failure))
    except BusyError as busy:
        return _failure(503, str(busy), busy.after)
    except (UIError, IndexFailure) as failure:
        return _failure(503, sentence(str(failure)))


def report_object(report: UploadReport) -> dict[str, Sequence[Any]]:
    """What an upload came to, as JSON."""
    return {
        "added": list(report.added),
        "failed": [{"name": name, "reason": reason} for name, reason in report.failed],
    }


def _state(uploads: Uploads, owner: str) -> dict[str, Any]:
    job = uploads.latest(owner)
    return {
        "state": job.state,
        "file": job.file,
        "done": job.done,
        "total": job.total,
        **report_object(job.report),
        "error": job.error,
    }


def _failure(status: int, reason: str, after: int = 0) -> Response:
    headers = _FRESH | ({"retry-after": str(after)} if after else {})
    return JSONResponse({"error": reason}, status, headers)
