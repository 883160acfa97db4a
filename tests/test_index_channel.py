import time

import pytest

from index.channel import Channel, Crew, Stopped


def test_items_come_out_in_order_until_the_channel_is_closed() -> None:
    channel = Channel[int](10)
    for number in range(3):
        channel.put(number)
    channel.close()
    assert list(channel) == [0, 1, 2]


def test_a_full_channel_makes_its_writer_wait() -> None:
    channel = Channel[str](5)
    done: list[str] = []

    def write() -> None:
        for item, weight in [("a", 3), ("b", 2), ("c", 1)]:
            channel.put(item, weight)
            done.append(item)
        channel.close()

    with Crew(channel) as crew:
        crew.start(write)
        time.sleep(0.1)
        assert done == ["a", "b"]
        assert list(channel) == ["a", "b", "c"]


def test_one_item_is_let_in_however_heavy() -> None:
    channel = Channel[str](5)
    channel.put("whale", 1000)
    channel.close()
    assert list(channel) == ["whale"]


def test_the_first_failure_stops_everyone_and_is_raised() -> None:
    channel, other = Channel[int](1), Channel[int](1)

    def read() -> None:
        for _ in channel:
            raise ValueError("the cause")

    def wait() -> None:
        list(other)

    def work() -> None:
        with Crew(channel, other) as crew:
            crew.start(read)
            crew.start(wait)
            while True:
                channel.put(1)

    with pytest.raises(ValueError, match="the cause"):
        work()
    with pytest.raises(Stopped):
        other.put(1)


def test_a_failure_in_the_block_stops_the_threads() -> None:
    channel = Channel[int](1)

    def wait() -> None:
        list(channel)

    crew = Crew(channel)
    crew.__enter__()
    crew.start(wait)
    crew.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    with pytest.raises(Stopped):
        channel.put(1)
