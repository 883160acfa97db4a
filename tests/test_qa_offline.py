"""The default configuration from articles to answer, in a process without a network."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"


def test_the_whole_way_touches_no_network(tmp_path: Path) -> None:
    # A process of its own, so that imports are covered too: any socket but a local one kills it.
    program = textwrap.dedent(
        """
        import os, socket, sys

        def refuse(*args, **options):
            os.write(2, b"network touched\\n")
            os._exit(9)

        socket.getaddrinfo = socket.gethostbyname = refuse
        socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
        from qa import Bot

        with Bot.build(sys.argv[1], sys.argv[2]) as bot:
            print(bot.ask("Which hotel hosts the Singapore talks?").text)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(SEEDS), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Capella Hotel" in done.stdout
