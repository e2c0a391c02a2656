"""The page of a record as it is sent, before any script runs."""

import gzip
import re
from html import unescape

from flows.reading_room.compression import PackedText
from tests.reading_rooms import long_meeting, sample_meeting
from tests.sample_record import sample_chapters, sample_recording
from transcripts.archive import layout
from transcripts.model import Note, Transcript
from transcripts.pages.room.assets import assets
from transcripts.pages.room.reading_page import ReadingPage, reading_page
from transcripts.pages.room.room_pages import Site, render_around_text, render_text

SITE = Site("Netzwerk Bürgerräte", "https://lesen.example.org")
NAMES = frozenset({layout.VIDEO, layout.AUDIO, layout.POSTER, layout.VTT, layout.SRT, layout.TEXT})
MOST_BYTES = 400_000
MOST_SCRIPT_BYTES = 40_000
OF_ORGANISERS = ("agenda", "desk", "review", "upload")
OF_DOCUMENTS = ("paper",)  # loaded by the page of a document alone: test_document_reading counts them


def page_of(transcript: Transcript) -> ReadingPage:
    return reading_page(sample_recording(), transcript, sample_chapters(), NAMES)


def html_of(page: ReadingPage, jump_seconds: float | None = None) -> str:
    before, after = render_around_text(SITE, page, jump_seconds)
    return before + render_text(page) + after


def test_every_sentence_stands_in_the_page_under_its_address() -> None:
    html = html_of(page_of(sample_meeting()))
    for segment in sample_meeting().segments:
        found = re.search(rf'<span class="s" id="{segment.id}" data-t="[^"]+">([^<]*)</span>', html)
        assert found
        assert unescape(found[1]) == segment.text.strip()


def test_every_sentence_has_a_time_for_each_word() -> None:
    html = html_of(page_of(sample_meeting()))
    for times, text in re.findall(r'data-t="([^"]+)">([^<]*)</span>', html):
        assert len(times.split()) == len(text.split())


def test_no_id_is_given_twice_and_every_link_within_the_page_leads_somewhere() -> None:
    html = html_of(page_of(sample_meeting()))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_the_address_of_a_sentence_that_people_took_out_leads_to_what_follows() -> None:
    whole = sample_meeting()
    last = len(whole.segments) - 1
    left = tuple(
        each.model_copy(update={"text": "", "words": ()}) if place in (0, 4, 5, last) else each
        for place, each in enumerate(whole.segments)
    )
    html = html_of(page_of(whole.model_copy(update={"segments": left})))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    assert {each.id for each in whole.segments} <= set(ids)
    empty = [whole.segments[place].id for place in (4, 5)]
    following = whole.segments[6].id
    assert [each for each in ids if each in (*empty, following)] == [*empty, following]
    assert 'data-t=""' not in html


def test_every_sentence_has_a_link_for_those_without_scripts() -> None:
    html = html_of(page_of(sample_meeting()))
    linked = set(re.findall(r'href="#([^"]+)"', html))
    assert {segment.id for segment in sample_meeting().segments} <= linked


def test_a_time_in_the_address_leads_on_without_scripts() -> None:
    html = html_of(page_of(sample_meeting()), 72.0)
    assert 'src="media/video.mp4#t=72.0"' in html
    assert re.search(r'<noscript>.*href="#s\d+">Zur Stelle bei 00:01:12<', html)


def test_a_text_by_a_machine_is_called_so_and_its_doubts_are_named() -> None:
    doubtful = sample_meeting().model_copy(
        update={"notes": (Note(cause="loop", start_seconds=60, end_seconds=70),)}
    )
    html = html_of(page_of(doubtful))
    assert "Maschinell erstellt" in html
    assert "nicht von Hand geprüft" in html
    assert '<span class="remark"' in html


def test_what_the_record_has_can_be_taken_away() -> None:
    page = reading_page(sample_recording(), sample_meeting(), (), NAMES - {layout.VIDEO})
    assert [file.name for file in page.downloads] == [layout.AUDIO, layout.TEXT, layout.VTT, layout.SRT]


def test_a_recording_without_speech_says_so() -> None:
    html = html_of(page_of(Transcript()))
    assert "keine Sprache erkannt" in html
    assert "<dialog" not in html


def test_nothing_is_asked_of_a_policy_that_forbids_inline_styles_and_scripts() -> None:
    html = html_of(page_of(sample_meeting()))
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", html) == [""]


def test_three_hours_of_text_are_sent_in_less_than_400_kilobytes() -> None:
    page = page_of(long_meeting(3.0))
    before, after = render_around_text(SITE, page, None)
    packed = PackedText.of(render_text(page)).gzip_between(before, after)
    served = len(packed) + sum(len(gzip.compress(asset.content)) for asset in assets().values())
    assert served < MOST_BYTES


def test_scripts_and_styles_together_stay_small() -> None:
    others = OF_ORGANISERS + OF_DOCUMENTS
    of_readers = [asset for name, asset in assets().items() if not name.startswith(others)]
    assert sum(len(asset.content) for asset in of_readers) < MOST_SCRIPT_BYTES
    assert len(of_readers) < len(assets())


def test_who_reads_a_recording_loads_nothing_of_organisers_and_documents() -> None:
    others = "|".join(OF_ORGANISERS + OF_DOCUMENTS)
    assert not re.search(rf"/static/\w+/(?:{others})", html_of(page_of(sample_meeting())))
