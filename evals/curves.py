"""Confidence against being right: risk and coverage, calibration, ranking of the answerable."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Column = Sequence[float] | Floats
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence falls into one tenth: how many, how sure, how often right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def risk_coverage(confidence: Column, right: Column) -> tuple[Floats, Floats]:
    """Coverage k/n and the risk among the k surest cases, for k from 1 to n.

    `right` is 1 where the answer is right, else 0; a refused case should come with a confidence
    below all answered ones and `right` 0, as no answer was given that could be right. Cases of
    equal confidence share their errors evenly, so that their order does not matter.
    Source: El-Yaniv & Wiener 2010.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    wrong = 1.0 - np.asarray(right, dtype=np.float64)
    if not len(sure):
        return np.empty(0), np.empty(0)
    _, level, sizes = np.unique(-sure, return_inverse=True, return_counts=True)
    errors = np.bincount(level, weights=wrong) / sizes
    ranks = np.arange(1, len(sure) + 1)
    return ranks / len(sure), np.cumsum(np.repeat(errors, sizes)) / ranks


def risk_area(confidence: Column, right: Column) -> float:
    """The area under the risk-coverage curve: the mean risk over all coverages, 0 best to 1."""
    _, risk = risk_coverage(confidence, right)
    return float(risk.mean()) if len(risk) else float("nan")


def coverage_at_risk(confidence: Column, right: Column, risk: float) -> float:
    """The largest share of cases that can be answered with at most this risk, 0 to 1."""
    coverage, risks = risk_coverage(confidence, right)
    within = coverage[risks <= risk + 1e-12]
    return float(within.max()) if len(within) else 0.0


def reliability(confidence: Column, right: Column) -> list[Bin]:
    """The ten bins of equal width that hold something; 1.0 belongs to the last."""
    sure, hit = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    place = np.clip((sure * BINS).astype(int), 0, BINS - 1)
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=int((place == number).sum()),
            confidence=float(sure[place == number].mean()),
            accuracy=float(hit[place == number].mean()),
        )
        for number in np.unique(place).tolist()
    ]


def calibration_error(confidence: Column, right: Column) -> float:
    """The expected calibration error: |confidence - accuracy| over ten bins, weighted by size.

    Source: Guo et al. 2017. NaN where there is no case.
    """
    if not len(confidence):
        return float("nan")
    gaps = (b.count * abs(b.confidence - b.accuracy) for b in reliability(confidence, right))
    return sum(gaps) / len(confidence)


def separation(confidence: Column, positive: Column) -> float:
    """The chance that a positive case has the higher confidence (ROC AUC); ties count half.

    NaN where one of the two kinds is missing. Source: Mann & Whitney 1947, by ranks.
    """
    sure, good = np.asarray(confidence, dtype=np.float64), np.asarray(positive) > 0
    n_good, n_bad = int(good.sum()), int((~good).sum())
    if not n_good or not n_bad:
        return float("nan")
    _, level, sizes = np.unique(sure, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[level]
    return float((ranks[good].sum() - n_good * (n_good + 1) / 2) / (n_good * n_bad))
