"""Joins what was found by words with what was found by meaning.

The rule: where all words were found, those answers stand in front, in their order, and what is near in
meaning follows. Else both lists are joined by reciprocal rank (Cormack, Clarke & Buettcher 2009,
"Reciprocal Rank Fusion"): a record counts 1 / (60 + its rank) in each list that has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.search.search_answer import Answer, FoundRecord

RANK_OFFSET = 60


def fused(by_words: Answer, by_meaning: Sequence[FoundRecord], limit: int) -> Answer:
    """At most `limit` records; of one that both found, the passages of the list that ranks it higher."""
    exact = by_words.has_all_words and not by_words.corrections
    front = by_words.records if exact else ()
    seen = {each.id for each in front}
    others = () if exact else by_words.records
    joined = [each for each in _by_reciprocal_rank(others, by_meaning) if each.id not in seen]
    records = (*front, *joined)[:limit]
    return replace(by_words, records=records, record_count=max(by_words.record_count, len(records)))


def _by_reciprocal_rank(*lists: Sequence[FoundRecord]) -> Iterator[FoundRecord]:
    scores: dict[str, float] = {}
    best: dict[str, tuple[int, FoundRecord]] = {}
    for found in lists:
        for rank, each in enumerate(found):
            scores[each.id] = scores.get(each.id, 0.0) + 1 / (RANK_OFFSET + rank)
            if each.id not in best or rank < best[each.id][0]:
                best[each.id] = rank, each
    for record_id in sorted(scores, key=lambda each: -scores[each]):
        yield best[record_id][1]
