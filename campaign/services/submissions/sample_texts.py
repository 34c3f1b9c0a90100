"""Texts of the papers about random samples: the share of valid signatures with its interval."""

from dataclasses import dataclass
from math import ceil, floor
from zoneinfo import ZoneInfo

from campaign.domain.common import formatting
from campaign.domain.submissions.sample import Share, share_of
from campaign.store.submissions.samples import Sample


@dataclass(frozen=True, slots=True)
class ShareText:
    """A share with its interval as percentages, the interval rounded outwards."""

    share: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class SampleText:
    """A sample with results, for the words of a paper."""

    seed: str
    day: str
    population: int
    drawn: int
    valid: int
    invalid: int
    unreachable: int
    checked: ShareText | None
    """Of those that could be checked; None where none could."""
    cautious: ShareText
    """With those that could not be reached counted as not valid."""


def share_text(share: Share) -> ShareText:
    """A share in words, "97.3%"."""
    low, high = floor(share.low * 1_000) / 10, ceil(share.high * 1_000) / 10
    return ShareText(f"{100 * share.share:.1f}%", f"{low:.1f}%", f"{high:.1f}%")


def sample_text(sample: Sample, zone: ZoneInfo) -> SampleText | None:
    """What is said of a sample; None while no results are noted."""
    results = sample.results
    if results is None:
        return None
    return SampleText(
        sample.seed, formatting.format_day(sample.created_at, zone), sample.population, sample.drawn, results.valid,
        results.invalid, results.unreachable,
        share_text(share_of(results.valid, results.checked)) if results.checked else None,
        share_text(share_of(results.valid, sample.drawn)),
    )  # fmt: skip
