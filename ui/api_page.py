"""The page that describes the API: plain HTML made of its schema, nothing from elsewhere."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Schema = Mapping[str, Any]

_EXAMPLE = """curl --user NAME:PASSWORD --json '{"question": "Where do the talks begin?"}' \\
     http://127.0.0.1:7860/api/ask"""


def page(schema: Schema) -> str:
    """The whole page for an OpenAPI schema."""
    operations = "".join(
        _operation(path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )
    shapes = "".join(
        f'<h2 id="{escape(name)}">{escape(name)}</h2>' + _fields(shape)
        for name, shape in schema["components"]["schemas"].items()
        if not name.startswith(_FASTAPI)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API · corpus-qa</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="/ui/icon.svg">'
        '<link rel="stylesheet" href="/ui/plain.css"></head><body><main><h1>corpus-qa: API</h1>'
        f"<p>{escape(schema['info']['description'])} The same objects come from "
        "<code>corpus-qa ask --json</code> and <code>search --json</code>. Where people sign in, a "
        "program sends its name and password with each request; elsewhere it leaves them out. The "
        'description for machines is <a href="/api/openapi.json">/api/openapi.json</a>.</p>'
        f"<pre>{escape(_EXAMPLE)}</pre>{operations}{shapes}</main></body></html>"
    )


def _operation(path: str, method: str, operation: Schema) -> str:
    said = operation.get("description", "")
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p><strong>{escape(operation['summary'])}.</strong> {escape(said)}</p>"
        + _body(operation)
        + _responses(operation)
    )


def _body(operation: Schema) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return "".join(
        f"<p>Takes {_kind(found['schema'])} as <code>{escape(kind)}</code>.</p>"
        for kind, found in content.items()
    )


def _responses(operation: Schema) -> str:
    rows = []
    for status, response in operation["responses"].items():
        shape = response.get("content", {}).get("application/json", {}).get("schema", {})
        meaning = escape(_MEANINGS.get(status, response["description"]))
        rows.append((f"<code>{escape(status)}</code>", meaning, _kind(shape) if shape else ""))
    return _table(("Status", "Meaning", "Body"), sorted(rows))


def _fields(shape: Schema) -> str:
    """The fields of an object, one a row."""
    rows = [
        (
            f"<code>{escape(name)}</code>",
            _kind(field),
            "needed" if name in shape.get("required", ()) else _default(field),
        )
        for name, field in shape.get("properties", {}).items()
    ]
    said = f"<p>{escape(shape['description'])}</p>" if shape.get("description") else ""
    return said + _table(("Field", "Kind", ""), rows)


def _default(field: Schema) -> str:
    value = field.get("default")
    return f"<code>{escape(json.dumps(value))}</code> if left out" if value else "may be left out"


def _kind(shape: Schema) -> str:
    """What a value is, in a few words: "string", "list of CitationOut", "string or null"."""
    if "$ref" in shape:
        name = escape(str(shape["$ref"]).rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in shape:
        return " or ".join(_kind(part) for part in shape["anyOf"])
    if shape.get("type") == "array":
        return f"list of {_kind(shape['items'])}"
    if shape.get("format") == "binary":
        return "files"
    if "properties" in shape:
        return ", ".join(f"<code>{escape(name)}</code>" for name in shape["properties"])
    within = [f"{word} {shape[key]:,}" for key, word in _BOUNDS.items() if key in shape]
    kind = str(shape.get("format") or shape.get("type", "object"))
    return escape(", ".join([kind, *within]))


_BOUNDS = {"minimum": "from", "maximum": "to", "maxLength": "characters up to"}
_MEANINGS = {"200": "Done.", "204": "Done; there is nothing more to say."}
_FASTAPI = ("HTTPValidationError", "ValidationError")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
