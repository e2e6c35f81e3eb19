"""Random numbers that are a function of (seed, stream, index) and of nothing else.

Counter-based: any row of any stream can be drawn alone, so the city is the same for any number of processes, any order
and any chunk. Source of the mixing: splitmix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_Bits = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MOST_EVENTS = 60


def _mix(bits: _Bits) -> _Bits:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: _Bits = bits ^ (bits >> np.uint64(31))
    return mixed


@dataclass(frozen=True, slots=True)
class Dice:
    """The source of all chance in one city.

    Every method takes the name of a stream and the indices to draw for; the same three give the same number for ever.
    """

    seed: int

    def bits(self, stream: str, index: Ints) -> _Bits:
        """Return 64 random bits for each index."""
        with np.errstate(over="ignore"):
            seed = np.array([zlib.crc32(stream.encode())], np.uint64) * _GOLDEN + np.uint64(self.seed % 2**64)
            key = _mix(seed)[0]
            return _mix(_mix(np.asarray(index).astype(np.uint64) * _GOLDEN + key) + key)

    def uniform(self, stream: str, index: Ints) -> Floats:
        """Return numbers from 0 (included) to 1 (excluded)."""
        drawn: Floats = (self.bits(stream, index) >> np.uint64(11)).astype(np.float64) * (1.0 / (1 << 53))
        return drawn

    def chance(self, stream: str, index: Ints, probability: float | Floats) -> Flags:
        """Return whether something with this probability happens."""
        happens: Flags = self.uniform(stream, index) < probability
        return happens

    def below(self, stream: str, index: Ints, limit: int | Ints) -> Ints:
        """Return whole numbers from 0 (included) to ``limit`` (excluded)."""
        drawn: Ints = (self.uniform(stream, index) * limit).astype(np.int64)
        return drawn

    def pick(self, stream: str, index: Ints, weights: Sequence[float]) -> Ints:
        """Return places in a list whose entries have these weights."""
        bounds = np.cumsum(np.asarray(weights, float))
        places = np.searchsorted(bounds / bounds[-1], self.uniform(stream, index), side="right")
        return np.minimum(places, len(bounds) - 1).astype(np.int64)

    def normal(self, stream: str, index: Ints) -> Floats:
        """Return standard normal numbers (Box and Muller)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(f"{stream}:r", index)))
        drawn: Floats = radius * np.cos(2.0 * np.pi * self.uniform(f"{stream}:a", index))
        return drawn

    def poisson(self, stream: str, index: Ints, mean: Floats) -> Ints:
        """Return counts of rare events, by inversion; at most 60."""
        left = self.uniform(stream, index)
        probability = np.exp(-mean)
        cumulated = probability.copy()
        counts = np.zeros(len(left), np.int64)
        pending: npt.NDArray[Any] = np.flatnonzero(left > cumulated)
        for number in range(1, _MOST_EVENTS):
            if not len(pending):
                break
            probability[pending] *= mean[pending] / number
            cumulated[pending] += probability[pending]
            counts[pending] = number
            pending = pending[left[pending] > cumulated[pending]]
        return counts
