from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.stems import stems, words

MIXED = st.text(
    st.sampled_from(
        "aB.U.S' ’5,3.%\u00ad\u0301\u0e01\u4e00\u3042 \n\t\x1c\x85\u2028_-th\u200bs\u180e\u3000"
    )
)


@settings(deadline=None)
@given(st.one_of(MIXED, st.text()))
@example("The U.S. 3,559 people's  don't\nTrump–Kim 東京都 x.y.z 12th 10mg")
@example("x" * 200 + " short")
def test_words_are_the_stems_without_their_places(text: str) -> None:
    assert words(text) == [stem for stem, _, _ in stems(text)]


def test_words_keep_their_order_and_their_repetitions() -> None:
    assert words("Talks, and talks in Hanoi") == ["talk", "talk", "hanoi"]
