import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfWriter

from index.articles import Loaded, read_corpus
from index.types import Article

Outcome = Article | str


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF file of numbered objects, the first of which is its catalogue."""
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer\n<< /Root 1 0 R /Size %d %s >>\n" % (len(objects) + 1, trailer))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def pdf(*pages: str, info: str = "", xmp: str = "") -> bytes:
    """A PDF file with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % (b"/Metadata 99 0 R" if xmp else b""),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, line in enumerate(pages):
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> >> >>" % (5 + 2 * number),
            stream(f"BT /F 12 Tf 50 700 Td ({line}) Tj ET".encode("latin-1")),
        ]
    objects.append(f"<< {info} >>".encode("latin-1"))
    number = len(objects)
    if xmp:
        objects.append(stream(xmp.encode(), b"/Type /Metadata /Subtype /XML"))
        objects[0] = objects[0].replace(b"99 0 R", b"%d 0 R" % len(objects))
    return assembled(objects, b"/Info %d 0 R" % number)


def xmp(inner: str, attributes: str = "") -> str:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
        f" {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


def read(tmp_path: Path, raw: bytes) -> Outcome:
    path = tmp_path / "2001-01-01-name-of-the-file.pdf"
    path.write_bytes(raw)
    (outcome,) = list(read_corpus([path]))
    return outcome.article if isinstance(outcome, Loaded) else outcome.reason


def article(tmp_path: Path, raw: bytes) -> Article:
    found = read(tmp_path, raw)
    assert isinstance(found, Article), found
    return found


def test_the_text_of_the_pages_is_joined_by_a_blank_line(tmp_path: Path) -> None:
    found = article(tmp_path, pdf("The ministers met.", "", "They agreed."))
    assert found.text == "The ministers met.\n\nThey agreed."
    assert (found.title, found.published) == ("", None)


@pytest.mark.parametrize("title", ["Ministers meet in Rome", "Rome", "Untitled no more"])
def test_the_title_is_that_of_the_document_information(tmp_path: Path, title: str) -> None:
    assert article(tmp_path, pdf("Text.", info=f"/Title ({title})")).title == title


@pytest.mark.parametrize(
    "title",
    [
        "",
        "  ",
        "untitled",
        "Untitled Document",
        "Untitled-1",
        "Microsoft Word - rome.doc",
        "rome talks final.docx",
        "PowerPoint Presentation",
        "Document1",
        "Layout 1",
        "Scanned Document",
        "rome_talks-2",
        "https://paper.example/rome",
        "C:\\\\texts\\\\rome talks",
    ],
)
def test_a_title_made_by_a_tool_is_none(tmp_path: Path, title: str) -> None:
    assert article(tmp_path, pdf("Text.", info=f"/Title ({title})")).title == ""


def test_the_day_of_the_file_is_not_that_of_the_article(tmp_path: Path) -> None:
    info = "/CreationDate (D:20190227163500+01'00') /ModDate (D:20190227163500Z)"
    assert article(tmp_path, pdf("Text.", info=info)).published is None


@pytest.mark.parametrize(
    "statement",
    [
        xmp("<prism:publicationDate>2019-02-27</prism:publicationDate>"),
        xmp("", 'prism:publicationDate="2019-02-27T23:00:00-05:00"'),
        xmp("<dc:date><rdf:Seq><rdf:li>2019-02-27</rdf:li></rdf:Seq></dc:date>"),
        xmp(
            "<dc:date>2018-01-01</dc:date><prism:publicationDate>2019-02-27</prism:publicationDate>"
        ),
    ],
)
def test_the_metadata_may_state_the_day_of_publication(tmp_path: Path, statement: str) -> None:
    assert article(tmp_path, pdf("Text.", xmp=statement)).published == date(2019, 2, 27)


@pytest.mark.parametrize(
    "statement",
    [
        xmp("<dc:date>2019</dc:date>"),
        "<not xml",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    ],
)
def test_metadata_that_states_no_day_leaves_the_text(tmp_path: Path, statement: str) -> None:
    found = article(tmp_path, pdf("Text.", xmp=statement))
    assert (found.text, found.published) == ("Text.", None)


def encrypted(user: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("Text.")))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_encrypted_file_is_reported(tmp_path: Path) -> None:
    sentence = "is an encrypted PDF; save it without a password"
    assert read(tmp_path, encrypted("secret")) == sentence
    # With AES, which pypdf reads only with another library's help.
    aes = b"<< /Filter /Standard /V 4 /R 4 /Length 128 /P -4 /O <%s> /U <%s> /StmF /StdCF" % (
        b"00" * 32,
        b"00" * 32,
    )
    aes += b" /StrF /StdCF /CF << /StdCF << /CFM /AESV2 /Length 16 /AuthEvent /DocOpen >> >> >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>", aes]
    assert read(tmp_path, assembled(objects, b"/Encrypt 3 0 R /ID [<00> <00>]")) == sentence


def test_a_file_that_anyone_may_open_is_read_though_encrypted(tmp_path: Path) -> None:
    assert article(tmp_path, encrypted("")).text == "Text."


def test_a_file_without_text_is_reported(tmp_path: Path) -> None:
    sentence = "is a PDF without text, such as a scan; run text recognition on it"
    assert read(tmp_path, pdf("", "")) == sentence
    assert read(tmp_path, pdf()) == sentence


def test_a_broken_file_is_reported_in_one_line(tmp_path: Path) -> None:
    whole = pdf("The ministers met.", info="/Title (Rome)")
    broken = [
        b"",
        b"not a pdf",
        b"%PDF-1.4\n" + b"\0" * 1000,
        whole[:200],
        whole.replace(b"/Kids", b"/Kjds"),
        whole.replace(b"/Count 1", b"/Count x").replace(b"/Type /Pages", b"/Type /Pxges"),
    ]
    for raw in broken:
        found = read(tmp_path, raw)
        assert isinstance(found, str), raw
        assert found.startswith(("is not a PDF that can be read (", "is a PDF without text")), found
        assert found.isprintable()


def test_what_pypdf_thinks_of_a_file_does_not_reach_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    read(tmp_path, b"not a pdf")
    read(tmp_path, pdf("Text.").replace(b"startxref", b"startxrfe"))
    assert capfd.readouterr() == ("", "")
