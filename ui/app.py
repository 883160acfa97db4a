"""The web chat's layout and wiring: the only file that imports gradio.

Gradio shows the conversation, streams it and takes the question; the columns beside it are empty
places that the page's script fills. The script tells what it wants by a hidden field and two hidden
buttons. Pieces of HTML are messages, which are sanitised; `gr.HTML` evaluates a template in the
browser and would need `unsafe-eval` in the page's Content-Security-Policy.
"""

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
from fastapi import FastAPI

from ui import asking
from ui.asking import Desk
from ui.order import Order, read_order
from ui.service import Service
from ui.turns import Message

_WELCOME = (
    '<div class="welcome"><p class="lead">Ask about the articles.</p>'
    "<p>Every answer is made of sentences that stand in them. "
    "A number opens the article at the quoted place.</p></div>"
)
# Not part of any public API, and without Gradio's own signs of waiting.
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class _Parts(NamedTuple):
    """What of the page takes part in asking."""

    chat: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    order: gr.Textbox
    again: gr.Button
    open: gr.Button
    refresh: gr.Button


def chat_blocks(desk: Desk, service: Service) -> gr.Blocks:
    """The page: what the script fills at the left and right, the conversation in the middle."""
    blocks = gr.Blocks(
        title="corpus-qa", analytics_enabled=False, fill_width=True, fill_height=True
    )
    with blocks, gr.Row(elem_id="page"):
        gr.Column(elem_id="side")
        with gr.Column(elem_id="talk"):
            gr.Column(elem_id="top")
            gr.Column(elem_id="notice")
            chat = _chatbot()
            gr.Column(elem_id="scope")
            with gr.Row(elem_id="ask"):
                box = _question_box()
                send = gr.Button("Ask", elem_id="send", variant="primary")
                stop = gr.Button("Stop", elem_id="stop")
            with gr.Row(elem_id="orders"):
                order = gr.Textbox(elem_id="order", label="Order")
                again = gr.Button("Again", elem_id="again")
                opens = gr.Button("Open", elem_id="open")
                refresh = gr.Button("Refresh", elem_id="refresh")
        gr.Column(elem_id="source")
        parts = _Parts(chat, box, send, stop, order, again, opens, refresh)
        _wire(blocks, desk, service, parts)
    return blocks


def mount(server: FastAPI, desk: Desk, service: Service) -> None:
    """Serve the chat at the root of `server`."""
    blocks = chat_blocks(desk, service)
    limits = service.options.limits
    blocks.queue(default_concurrency_limit=limits.at_once, max_size=limits.waiting, api_open=False)
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


def _wire(blocks: gr.Blocks, desk: Desk, service: Service, parts: _Parts) -> None:
    def owner(request: gr.Request) -> str:
        # Without a cookie nothing is found again, but the tab has its conversation.
        return service.owner(request.cookies) or f"tab:{request.session_hash}"

    def ask(question: str, order: str, request: gr.Request) -> Iterator[tuple[Any, Any]]:
        read = read_order(order)
        whole = Order(read.conversation, read.filters, question=question)
        if not question.strip():
            yield gr.skip(), gr.skip()
            return
        emptied: Any = ""
        for messages, kept in asking.ask(desk, owner(request), whole):
            yield messages, emptied if kept else gr.skip()
            emptied = gr.skip()  # what is typed meanwhile stays

    def again(order: str, request: gr.Request) -> Iterator[list[Message]]:
        for messages, _ in asking.ask(desk, owner(request), read_order(order)):
            yield messages

    def shown(order: str, request: gr.Request) -> list[Message]:
        return asking.shown(desk, owner(request), read_order(order))

    def resumed(request: gr.Request) -> list[Message]:
        return asking.shown(desk, owner(request), Order(request.query_params.get("c", "")))

    limit: dict[str, Any] = {
        "concurrency_id": "answers",
        "concurrency_limit": service.options.limits.at_once,
    }
    # Who asks on before Gradio has quite ended the last answer is heard when it has; a question
    # sent twice is empty by then.
    asks: dict[str, Any] = {**_QUIET, **limit, "trigger_mode": "always_last"}
    asked = gr.on(
        [parts.box.submit, parts.send.click],
        ask,
        [parts.box, parts.order],
        [parts.chat, parts.box],
        **asks,
    )
    redone = parts.again.click(again, [parts.order], [parts.chat], **asks)
    blocks.load(resumed, None, [parts.chat], **_QUIET)
    # Opening another conversation ends what is being shown, and so does stopping it.
    for button in (parts.open, parts.stop):
        button.click(shown, [parts.order], [parts.chat], cancels=[asked, redone], **_QUIET)
    # After the server was away what is stored is shown again; a question just asked goes on.
    parts.refresh.click(shown, [parts.order], [parts.chat], **_QUIET)


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
