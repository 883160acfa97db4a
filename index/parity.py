"""How near an exported model is to its original, on texts of many kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.models import DEFAULT_MODEL, ModelFiles

# What sentence-transformers 6.2 computes for TEXTS with the default model, as float16 (64, 384):
# its weights are pinned, so its vectors are known, and a first run need not load torch for 10 s to
# compute them again. A test compares them with sentence-transformers itself.
_KNOWN = {DEFAULT_MODEL: Path(__file__).with_name("parity.npy")}


@dataclass(frozen=True, slots=True)
class Parity:
    """The mean and the least cosine between exported and original vectors of the same texts."""

    mean: float
    least: float


def parity(embed: Callable[[str], NDArray[np.float32]], original: NDArray[np.float32]) -> Parity:
    """Compare `embed` of each of TEXTS with the original's vectors (64, dimension), unit length."""
    vectors = np.array([embed(text) for text in TEXTS])
    cosines = np.einsum("td,td->t", vectors, original)
    return Parity(float(cosines.mean()), float(cosines.min()))


def original_vectors(files: ModelFiles) -> NDArray[np.float32]:
    """What the original makes of TEXTS as documents: (64, dimension), float32, of unit length.

    Raises ModelError where it must be computed and torch or the model cannot be loaded.
    """
    known = _KNOWN.get(files.name)
    if files.pinned and known is not None:
        vectors = np.load(known).astype(np.float32)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit
    from index.original import TorchEmbedder

    return TorchEmbedder(files).embed(TEXTS)


_REPORT = (
    "The harbour board met on Tuesday to hear why the new ferry terminal has cost nearly twice "
    "what was promised. Engineers blamed the soft ground under the eastern quay, where forty-two "
    "piles had to be driven eleven metres deeper than the drawings showed. The chairwoman said "
    "that the first crossing would still leave before Easter, although two of the four berths "
    "would not be ready by then. Passengers who had bought season tickets may ask for their money "
    "back until the end of the month. Three members voted against the revised budget."
)
_STUDY = (
    "In a randomised trial of 1,204 adults with mild hypertension, walking for thirty minutes on "
    "five days of the week lowered systolic pressure by 4.1 mmHg (95% CI 2.9 to 5.3) after six "
    "months, against 0.6 mmHg in the group that only received leaflets. The effect was larger "
    "among people older than sixty, and did not depend on sex or on body mass index at the start."
)

TEXTS = (
    "",
    "Yes.",
    "42",
    "?!",
    "tea",
    "Who won?",
    "Where is the ferry terminal?",
    "When does the first crossing leave, and from which berth?",
    "how much did it cost in the end",
    "WHY WAS THE BRIDGE CLOSED?",
    "What did the chairwoman say about season tickets after the meeting on Tuesday?",
    "Is walking better than leaflets for people over sixty with high blood pressure?",
    "The bridge was closed.",
    "The bridge wasn't closed; it fell.",
    "Rain, then sun.",
    "He said: “We shan't sell.” She disagreed.",
    "Prices rose by 3.7% in March, to €1,249.50 a tonne.",
    "Call 555-0142 before 17:30 (GMT+2), or write to desk@example.org.",
    "https://example.org/archive/2019/03/27/ferry?page=2#notes",
    "v2.13.0rc1 >= v2.9; see § 4.2(b)(iii) and Fig. 7",
    "1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987",
    "E = mc², a² + b² = c², ∑xᵢ/n ≈ 0.25 ± 0.03",
    "def area(r):\n    return 3.14159 * r ** 2",
    "SELECT name FROM ports WHERE depth > 11 ORDER BY name;",
    '{"title": "Ferry", "berths": 4, "open": false}',
    "| berth | depth |\n|---|---|\n| east | 11 m |",
    "<p>The <b>eastern</b> quay</p>",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "no no no no no no no no no no no no no no no no no no no no",
    "Pneumonoultramicroscopicsilicovolcanoconiosis is a long word.",
    "Teh feryr termnal opning was delaied agian.",
    "FERRY TERMINAL TO OPEN LATE, COST DOUBLES",
    "🚢 + 🌧️ = 😞",
    "naïve café, Zürich, São Paulo, Łódź, Ångström",
    "Der Hafen wird erst nach Ostern eröffnet, sagte die Vorsitzende.",
    "Le terminal coûtera presque deux fois plus cher que prévu.",
    "El puerto abrirá más tarde de lo prometido.",
    "Il molo orientale poggia su un terreno molto morbido.",
    "De veerboot vertrekt vóór Pasen.",
    "Liman inşaatı beklenenden uzun sürdü.",
    "Паром отправится до Пасхи.",
    "Το πλοίο θα φύγει πριν από το Πάσχα.",
    "لن يفتح الميناء قبل الربيع",
    "הנמל ייפתח רק אחרי החג",
    "港口将在复活节后开放。",
    "フェリーは復活祭の前に出航します。",
    "여객선은 부활절 전에 출항한다.",
    "नौका ईस्टर से पहले रवाना होगी।",
    "ท่าเรือจะเปิดช้ากว่ากำหนด",
    "New ferry terminal\nThe harbour board met on Tuesday.",
    "Court upholds fine\nThe company must pay within ninety days, the judges ruled on Friday.",
    "Weather\nWind from the north-west, gusts to 70 km/h, snow above 900 m.",
    "Cup final: Rovers 2, United 2 (Rovers win 4-3 on penalties).",
    "The central bank left its main rate at 4.25 per cent, as every economist had expected.",
    "Gen. A. B. Smith (ret.), 81, of St. Louis, Mo., died Jan. 3 at 5 p.m., his family said.",
    "Researchers found microplastics in nine of ten samples of sea ice taken north of Svalbard.",
    "The minister resigned. No reason was given. Her deputy takes over on Monday.",
    "Copyright the publisher. All rights reserved. Sign up for our newsletter.",
    "The recipe asks for 250 g of flour, two eggs, a pinch of salt and a litre of cold milk.",
    "Nothing in this lease shall be read as a waiver of the landlord's right to enter.",
    _REPORT,
    _STUDY,
    f"{_STUDY} {_REPORT}",
    f"{_REPORT} {_STUDY} {_REPORT} {_STUDY}",
)
