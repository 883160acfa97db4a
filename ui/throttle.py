"""How often one may guess: after a few failures each further one must wait twice as long."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

FREE = 5  # failures before the first wait: people mistype
_MOST = 10_000  # keys remembered; the one that failed longest ago is forgotten first
_FORGET_S = 24 * 3600.0


class Throttle:
    """Counts failures by key; `longest` seconds is the most that anyone has to wait."""

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest = longest
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()  # times, and the last

    def attempt(self, key: str) -> float:
        """Count an attempt as failed and return 0, or the seconds that it must wait, uncounted.

        It is counted before its outcome is known, so that guesses at the same moment count too;
        `take_back` or `forgive` is called where it was right.
        """
        now = self._clock()
        with self._lock:
            times, last = self._failed.get(key, (0, now))
            if now - last > _FORGET_S:
                times = 0
            if times >= FREE:
                wait = min(2.0 ** (times - FREE), self._longest) - (now - last)
                if wait > 0:
                    return wait
            self._failed[key] = (min(times + 1, 1000), now)
            self._failed.move_to_end(key)
            while len(self._failed) > _MOST:
                self._failed.popitem(last=False)
            return 0.0

    def forgive(self, key: str) -> None:
        """Forget the failures of a key, as if it had never failed."""
        with self._lock:
            self._failed.pop(key, None)

    def take_back(self, key: str) -> None:
        """Count the last attempt of a key as no failure; the failures before it stand."""
        with self._lock:
            times, last = self._failed.get(key, (0, 0.0))
            if times:
                self._failed[key] = (times - 1, last)
