"""What a language model's library raises, as one sentence that tells no key and what to do."""

from collections.abc import Iterator

from qa.errors import LLMError

_LATER = 60.0  # seconds; no question waits longer for a rate limit to pass


def failure(error: BaseException, name: str) -> LLMError:
    """Return the error as a sentence about the model `name`.

    The words of the error are never shown: services repeat keys and prompts in them.
    """
    if isinstance(error, LLMError):
        return error
    status = _status(error)
    if status:
        return _refused(status, name, _retry_after(error))
    kinds = {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}
    if isinstance(error, ImportError):
        return LLMError(f"{name} needs a package that is not installed: pip install corpus-qa[llm]")
    if any("Timeout" in kind for kind in kinds):
        return LLMError(f"{name} did not answer in time.")
    if kinds & {"ConnectError", "ConnectionRefusedError", "gaierror"}:
        return LLMError(f"{name} cannot be reached; is its server running?")
    if kinds & {"ConnectionError", "TransportError", "APIConnectionError"}:
        return LLMError(f"The connection to {name} broke.", retry=True)
    if kinds & {
        "JSONDecodeError",
        "ValidationError",
        "ResponseError",
        "APIResponseValidationError",
    }:
        return LLMError(f"{name} answered with something that is no answer.")
    return LLMError(f"{name} failed ({type(error).__name__}).")


def _refused(status: int, name: str, after: float) -> LLMError:
    if status in {401, 403}:
        return LLMError(f"{name} did not accept the key (HTTP {status}).")
    if status == 404:
        return LLMError(f"There is no {name} at that address (HTTP 404).")
    if status == 429:
        return LLMError(
            f"{name} takes no more questions for now (HTTP 429).", retry=True, after=after
        )
    if status >= 500 or status == 408:
        return LLMError(f"{name} failed (HTTP {status}).", retry=True, after=after)
    return LLMError(f"{name} did not accept the question (HTTP {status}).")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(5):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    for link in _chain(error):
        for holder in (link, getattr(link, "response", None)):
            status = getattr(holder, "status_code", None)
            if isinstance(status, int) and 400 <= status < 600:
                return status
    return 0


def _retry_after(error: BaseException) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return min(max(float(headers.get("retry-after", 0)), 0.0), _LATER)
    except (TypeError, ValueError, AttributeError):
        return 0.0
