"""Foreign text as HTML that is nothing but text, in HTML, in Markdown and in templates.

The chat shows its messages as Markdown and HTML and sanitises them. What is made here needs
neither: each ASCII punctuation mark of a foreign text becomes a numeric entity, which both
languages show as that mark and read as nothing else.
"""

import string

_INERT = {
    **{ord(mark): f"&#{ord(mark)};" for mark in string.punctuation},
    # Controls, lone surrogates and the two overrides of direction are shown as what they are:
    # something that is no text. Embedded directions stay, inside an element that contains them.
    **{code: "\ufffd" for code in range(0x20) if chr(code) not in "\t\n\r"},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000), 0x202D, 0x202E), "\ufffd"),
}


def inert(text: str) -> str:
    """The text as HTML that is also inert in Markdown and in templates."""
    return text.translate(_INERT)


def line(text: str) -> str:
    """The text as inert HTML in one line, its direction contained."""
    return f"<bdi>{inert(' '.join(text.split()))}</bdi>"
