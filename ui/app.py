"""The web chat's layout and wiring: the only file that imports gradio.

The pieces of HTML are `Markdown` components, which sanitise them; `gr.HTML` evaluates a template
in the browser and would need `unsafe-eval` in the page's Content-Security-Policy.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
from fastapi import FastAPI

from ui import handlers
from ui.handlers import Conversation, Message

if TYPE_CHECKING:
    from qa import Bot

AT_ONCE = 4  # questions answered side by side; more wait in the queue
WAITING = 64  # questions that may wait; the next one is told that the server is busy
TAB_IDLE_S = 24 * 3600.0  # a conversation is forgotten a day after its tab was closed

_NAME = '<h1 class="name">corpus-qa</h1>'
_LOCAL = '<p class="local">All on this machine.</p>'
_WELCOME = (
    '<div class="welcome"><p class="lead">Ask about the articles.</p>'
    "<p>Every answer is made of sentences that stand in them. "
    "A number opens the article at the quoted place.</p></div>"
)


def chat_blocks(bot: "Bot") -> gr.Blocks:
    """The page: the corpus at the left, the conversation, and the source of what is quoted."""
    blocks = gr.Blocks(
        title="corpus-qa", analytics_enabled=False, fill_width=True, fill_height=True
    )
    with blocks:
        conversation = gr.State(None, time_to_live=TAB_IDLE_S)
        with gr.Row(elem_id="page"):
            with gr.Column(elem_id="side"):
                _html(_NAME)
                size = _html("", elem_id="size")
                new = gr.Button("New conversation", elem_id="new", variant="primary")
                facts = _html("", elem_id="facts")
                _html(_LOCAL)
            with gr.Column(elem_id="talk"):
                chat = _chatbot()
                with gr.Row(elem_id="ask"):
                    box = _question_box()
                    send = gr.Button("Ask", elem_id="send", variant="primary")
            gr.Column(elem_id="source")
        _wire(bot, _Parts(conversation, chat, box, send, new))
        blocks.load(lambda: handlers.corpus(bot), None, [size, facts], **_QUIET)
    return blocks


def mount(server: FastAPI, bot: "Bot") -> None:
    """Serve the chat at the root of `server`."""
    blocks = chat_blocks(bot)
    blocks.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING, api_open=False)
    gr.mount_gradio_app(
        server,
        blocks,
        path="/",
        show_error=False,
        footer_links=[],
        run_history=False,
        max_file_size="1kb",
        ssr_mode=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
    )


# Not part of any public API, and without Gradio's own signs of waiting.
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class _Parts(NamedTuple):
    """What of the page takes part in asking."""

    conversation: gr.State
    chat: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    new: gr.Button


def _wire(bot: "Bot", parts: _Parts) -> None:
    def ask(
        question: str, current: Conversation | None
    ) -> Iterator[tuple[list[Message], Conversation, Any]]:
        current = current or handlers.begin(bot)
        emptied: Any = ""
        for messages in handlers.ask(current, question):
            yield messages, current, emptied
            emptied = gr.skip()  # what is typed meanwhile stays

    shown = [parts.chat, parts.conversation, parts.box]
    asked = gr.on(
        [parts.box.submit, parts.send.click],
        ask,
        [parts.box, parts.conversation],
        shown,
        trigger_mode="once",
        **_QUIET,
    )
    parts.new.click(lambda: ([], None, ""), None, shown, cancels=[asked], **_QUIET)


def _html(value: str, **options: Any) -> gr.Markdown:
    return gr.Markdown(value, sanitize_html=True, latex_delimiters=[], **options)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        show_label=False,
        container=False,
        layout="panel",
        height="100%",
        buttons=[],
        feedback_options=None,
        group_consecutive_messages=False,
        autoscroll=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        allow_file_downloads=False,
        placeholder=_WELCOME,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="Question",
        show_label=False,
        container=False,
        placeholder="Ask about the articles",
        lines=1,
        max_lines=6,
        autofocus=True,
    )
