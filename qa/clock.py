"""Seconds of the steps of an answer."""

import time


class Clock:
    """Seconds of named steps, and of all of them; time between `stop` and `start` is no step's."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self.start()

    def start(self) -> None:
        self._since = time.perf_counter()

    def stop(self, step: str) -> None:
        """End a step; the next one begins at once."""
        now = time.perf_counter()
        self._seconds[step] = now - self._since
        self._since = now

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each step and their sum as `total`, to a tenth of a millisecond."""
        rounded = {step: round(seconds, 4) for step, seconds in self._seconds.items()}
        return {**rounded, "total": round(sum(self._seconds.values()), 4)}
