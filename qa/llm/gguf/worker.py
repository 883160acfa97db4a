"""The process in which llama.cpp runs a model file: it tells its address, and ends with its parent.

Run as a script of its own: `worker.py FILE WINDOW THREADS`. llama.cpp cannot be interrupted while
it reads a prompt, and a process that ends meanwhile is aborted; this one is ended from outside.
"""

import json
import os
import sys
from pathlib import Path

BATCH = 64  # tokens of a prompt between two looks at whether anybody still waits for the answer


def main() -> None:
    """Serve the file on this machine alone until standard input ends."""
    told = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what llama.cpp prints is for nobody
    path, window, threads = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    import xllamacpp  # type: ignore[import-untyped]

    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx, settings.n_parallel = window, 1
    settings.n_batch = settings.n_ubatch = BATCH
    settings.warmup, settings.verbosity = False, 0
    if threads:
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
    try:
        server = xllamacpp.Server(settings)
    except RuntimeError:
        os._exit(1)
    os.write(told, json.dumps(server.listening_address).encode() + b"\n")
    sys.stdin.read()
    os._exit(0)  # llama.cpp may be at work and is not waited for


if __name__ == "__main__":
    main()
