"""Everything that reads what people type, or what comes from outside, does so in time linear in its length.

A sentence is read by the tagger and for titles; what a meeting takes is the sum of its sentences.
"""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement
from zoneinfo import ZoneInfo

import pytest

from flows.desk.review_forms import number_in
from flows.reading_room.byte_ranges import requested_range
from flows.reading_room.member_address import member_address
from flows.reading_room.site_address import OwnAddress, is_possible_path, wanted_path
from flows.reporting.log_lines import without_secrets
from tasks.fetching.captions_named import caption_links
from tasks.fetching.dash_manifests import dash_segments, smooth_segments
from tasks.fetching.fetch_errors import translate
from tasks.fetching.missing_parts import key_urls
from tasks.fetching.recording_lookup import title_of
from tasks.fetching.resume_checks import plan_of_playlist
from tests.time_per_character import Reader, slowness
from tests.worst_inputs import ANYTHING, Run, different_words, runs
from transcripts.access.sessions import device_name
from transcripts.agendas.agenda_markup import markup_as_text
from transcripts.agendas.agenda_reading import clean_item, parse_agenda
from transcripts.archive.download_names import download_name
from transcripts.archive.layout import slug
from transcripts.captions.caption_words import spoken_words
from transcripts.captions.makers import is_by_machine
from transcripts.captions.placing import place
from transcripts.captions.reading import CaptionsError, read_captions
from transcripts.chapters.chapter_formats import read_chapters_text
from transcripts.chapters.chapter_titles import ChapterText, make_titles
from transcripts.chapters.language_model_prompts import accepted_summary, accepted_title
from transcripts.chapters.moderator_phrases import is_bare_thanks, openings
from transcripts.chapters.of_source import clean_title, source_chapters
from transcripts.composed_text import composed
from transcripts.corrections.correction_log import Correction, SentenceEdit
from transcripts.corrections.editing import LONGEST_TEXT, Sought, edit_sentence
from transcripts.corrections.glossary_suggestions import suggestions
from transcripts.corrections.overlay import Overlaid
from transcripts.corrections.word_changes import changes_between
from transcripts.documents.details_guess import FileFacts, guessed_details
from transcripts.documents.document_text import DocumentText, PageText, Paragraph
from transcripts.documents.hyphenation import joined, known_words
from transcripts.documents.personal_data import findings_in
from transcripts.errors.error_kinds import StepError
from transcripts.german.nouns import tag, tagger
from transcripts.german.topic_words import content_stems, kinship
from transcripts.mail.meeting_schedule import parse_meetings
from transcripts.media.media_values import WHOLE, SourceChapter
from transcripts.media.source_texts import GivenCue
from transcripts.model import LONGEST_LINE, Chapter, Segment, Slide, Transcript, Word
from transcripts.pages.desk.recording_form import LONGEST, FormError, Typed, read_form
from transcripts.pages.room.record_topics import topics_of
from transcripts.records.slides import titled_by_slides
from transcripts.search.query import parse_query
from transcripts.search.word_folding import find_words
from transcripts.sources.bigbluebutton_files import (
    plain_text,
    read_caption_languages,
    read_deskshare,
    read_metadata,
    read_shapes,
    read_slide_texts,
)
from transcripts.sources.bigbluebutton_links import playback_link
from transcripts.sources.closed_links import closed_link
from transcripts.sources.content_disposition import disposition_file_name
from transcripts.sources.creation_time import day_made
from transcripts.sources.dav_listing import is_dav_error, read_answer
from transcripts.sources.file_names import read_file_name
from transcripts.sources.generic_titles import says_nothing
from transcripts.sources.link_wrappers import straight
from transcripts.sources.listed_files import (
    ListedFile,
    recordings_among,
    shown_name,
)
from transcripts.sources.login_pages import barrier_of, is_login_address, listed_links, passcode_form
from transcripts.sources.mail_text import clean_text
from transcripts.sources.network_addresses import is_public_address
from transcripts.sources.passcode_in_text import passcode_in_words
from transcripts.sources.pasted_text import LONGEST_PASTED, read_pasted
from transcripts.sources.recording_choice import unpacked
from transcripts.sources.retry_after import retry_after_seconds
from transcripts.sources.share_address import cloud_share, seafile_share
from transcripts.sources.source_url import parse_source_url, redact
from transcripts.sources.upload_rules import captions_language, shown_file_name
from transcripts.speech.glossary import parse_glossary, relevant_terms
from transcripts.speech.recognition_checks import doubts, without_credits, without_invented_doubles
from transcripts.speech.sentences import split_sentences

LINE = 249
NOW = datetime(2026, 11, 19, tzinfo=UTC)
(TURN,) = openings(["Kommen wir zum Punkt zwei: Haushalt."])
SOURCE = "https://video.example.org/?pwd="
# Pieces that only some parsers take for something.
SPECIAL = (
    *("https://a/?pwd=a&", "pwd=a&", "%2526pwd=", "a/", "xn--", "ü", "?pwd=%", ";a=1"),
    *("=3D", "=\n", "&amp;", "<https://a\n", "https://a.de/=\n", "https://a.de/b\n", "a.de/b ", "Passwort: "),
    *('a = "b"\n', "a.a.", "[[", "{a=", "a=1\n", "# ", "#\n", "x;y,"),
    *("a a b ", "b a ", "a. b. ", "untertitel zdf ", "kommen wir zum ersten punkt ", "wir kommen zu "),
    *("/s/abc", "<form ", "<form>", "<input a=", "<input type=password>", "<a href='a'>", "a='b' ", "&amp;"),
    *("<a>", "<d:a xmlns:d='DAV:'>", "&a;", "<!DOCTYPE a>", "filename*=a'", "2026-11-", "%41"),
    *('{"p":{"slide-1":"', "<a>", "<g><image in='1' href='a'/></g>", "<event start_timestamp='1'/>", "1 "),
    *('"a" ', "-a ", "a* ", "„", "“ ", "»", "Bürger:innen ", "00:00:01.5 - a\n"),
)


def multistatus(text: str) -> bytes:
    """A listing in which `text` is the place of a file."""
    response = f"<response><href>{escape(text)}</href></response>"
    return f"<multistatus xmlns='DAV:'>{response}</multistatus>".encode("utf-8", "replace")


def spoken_in(text: str) -> list[str]:
    """The words of the text; none is longer than a transcript takes."""
    return [
        word[start : start + LONGEST_LINE]
        for word in composed(text).split()
        for start in range(0, len(word), LONGEST_LINE)
    ]


def words_of(text: str) -> tuple[Word, ...]:
    return tuple(
        Word(text=each, start_seconds=at, end_seconds=at + 1) for at, each in enumerate(spoken_in(text))
    )


def words_at_one_moment(text: str) -> tuple[Word, ...]:
    """Times as a recogniser gives them that has lost its place: only the last word ends."""
    lost = [Word(text=each, start_seconds=0, end_seconds=0) for each in spoken_in(text)]
    return (*lost, Word(text="a", start_seconds=0, end_seconds=100))


def sentence_of(text: str) -> Segment:
    words = words_of(text)
    heard = " ".join(each.text for each in words)
    return Segment(id="s0001", start_seconds=0, end_seconds=10, text=heard, words=words)


def corrected(text: str) -> tuple[Segment, str]:
    """A sentence as it was heard, and as somebody wrote it."""
    half = len(text) // 2
    return sentence_of(f"{text[:half]} y"), " ".join([*spoken_in(text[half:]), "x"])


def corrected_sentence(text: str) -> Segment:
    heard, written = corrected(text)
    return heard.model_copy(update={"text": written})


def overlaid(text: str) -> tuple[Overlaid, str]:
    heard, written = corrected(text)
    return Overlaid(heard.text, Transcript(duration_seconds=10, segments=(heard,)), ()), written


def form(text: str) -> object:
    typed = Typed(**dict.fromkeys(LONGEST, text))
    return read_form(typed, date(2026, 11, 19))


def edited(given: tuple[Overlaid, str]) -> object:
    now, written = given
    return edit_sentence(now, "s0001", now.title, written)


def correction(text: str) -> list[Correction]:
    heard, written = corrected(text)
    edit = SentenceEdit(
        sentence=heard.id, before=heard.text, after=written, changes=changes_between(heard, written)
    )
    return [Correction(number=1, made_at=NOW, made_by="Mira", edits=(edit,))]


def drawing(text: str) -> bytes:
    """A list of slides in which a text stands for elements, and for a name and times in them."""
    quoted = text.replace('"', "").replace("<", "").replace("&", "")
    return f'<svg><image in="{quoted}" href="{quoted}"/>{text}</svg>'.encode()


def slides_of(text: str) -> tuple[Slide, ...]:
    return (Slide(start_seconds=0, text=text), Slide(start_seconds=5, text=text.replace(" ", "\n")))


def dash(text: str) -> Element:
    """A manifest with a line of its timeline for each word."""
    manifest = Element("MPD")
    adaptation = SubElement(SubElement(manifest, "Period"), "AdaptationSet")
    timeline = SubElement(SubElement(adaptation, "SegmentTemplate", timescale=text[:9]), "SegmentTimeline")
    for word in text.split():
        SubElement(timeline, "S", d="1", r=word)
    SubElement(adaptation, "Representation")
    return manifest


def smooth(text: str) -> Element:
    manifest = Element("SmoothStreamingMedia")
    stream = SubElement(manifest, "StreamIndex")
    for word in text.split():
        SubElement(stream, "c", r=word)
    return manifest


def captions_read(text: str) -> object:
    """As a source's file; what is refused was read all the same."""
    try:
        return read_captions(text.encode())
    except CaptionsError:
        return None


def captions_and_heard(text: str) -> tuple[list[GivenCue], tuple[Word, ...]]:
    """A cue for each ten words, and what was heard of them."""
    words = text.split()
    cues = [
        GivenCue(start_seconds=at, end_seconds=at + 10, text=" ".join(words[at : at + 10]))
        for at in range(0, len(words), 10)
    ]
    return cues, words_of(text)


def chapters_of_source(text: str) -> object:
    found = [SourceChapter(start_seconds=at, title=each) for at, each in enumerate(text.split())]
    return source_chapters(found, WHOLE, len(found))


def document_of(text: str) -> DocumentText:
    """A page with a paragraph of it."""
    paragraph = Paragraph(id="p0001", text=text)
    return DocumentText(pages=(PageText(number=1, paragraphs=(paragraph,)),))


PARSERS = {
    "address of a playback": Reader(playback_link),
    "path of a playback": Reader(lambda text: playback_link(f"https://a/playback/presentation/2.3/{text}")),
    "query of a playback": Reader(
        lambda text: playback_link(f"https://a/playback/presentation/playback.html?meetingId={text}")
    ),
    "metadata of a playback": Reader(
        lambda text: read_metadata(f"<recording><state>{text}</state></recording>".encode())
    ),
    "slides of a playback": Reader(lambda text: read_shapes(drawing(text))),
    "elements of a playback": Reader(lambda text: read_shapes(b"<svg>" + text.encode())),
    "screens of a playback": Reader(lambda text: read_deskshare(f"<recording>{text}".encode())),
    "texts of slides": Reader(lambda text: read_slide_texts(text.encode())),
    "text of a slide": Reader(plain_text),
    "titles of slides": Reader(
        lambda slides: titled_by_slides([Chapter(start_seconds=1, title="a")], slides), slides_of
    ),
    "captions of a source": Reader(captions_read),
    "a line of captions": Reader(lambda text: captions_read(f"00:00.0 --> 00:01.0\n{text}")),
    "times of captions": Reader(lambda text: captions_read(f"00:00.0 --> {text}\na")),
    "name of captions": Reader(lambda text: captions_language("a.mp4", f"a.{text}.vtt")),
    # Words that repeat are compared in pairs, within bounds: linear, if slower than reading.
    "captions, placed": Reader(
        lambda given: place(given[0], given[1], WHOLE, 10_000_000.0), captions_and_heard, most_seconds=0.2
    ),
    "chapter of a source": Reader(clean_title),
    "chapters of a source": Reader(chapters_of_source),
    "who made captions": Reader(is_by_machine),
    "captions that yt-dlp names": Reader(
        lambda text: caption_links({"subtitles": {text: [{"url": text, "name": text}]}})
    ),
    "captions of a playback": Reader(lambda text: read_caption_languages(text.encode())),
    "agenda": Reader(parse_agenda),
    "agenda item": Reader(clean_item),
    "agenda as HTML": Reader(markup_as_text),
    "agenda within HTML": Reader(lambda text: parse_agenda(f"<p>{text}</p>")),
    "document, what it tells of itself": Reader(
        lambda text: guessed_details(document_of(text), FileFacts(), f"{text[:300]}.pdf")
    ),
    "document, what is private in it": Reader(lambda text: findings_in(document_of(text))),
    "lines of a document": Reader(lambda text: joined(text.split(" "), known_words([text]))),
    "form": Reader(form),
    "chapters by hand": Reader(read_chapters_text),
    "glossary": Reader(parse_glossary),
    "glossary, chosen from": Reader(lambda text: relevant_terms(text.split(), text)),
    "meetings": Reader(lambda text: parse_meetings(text, ZoneInfo("Europe/Berlin"))),
    "question": Reader(parse_query),
    "words to find": Reader(lambda text: list(find_words(text))),
    "source": Reader(parse_source_url),
    "pasted text": Reader(clean_text),
    "name of a file": Reader(lambda text: read_file_name(f"2026{text}", ZoneInfo("Europe/Berlin"))),
    "header that names a file": Reader(lambda text: disposition_file_name(f"a; filename={text}")),
    "moment of making": Reader(lambda text: day_made(text, text, ZoneInfo("Europe/Berlin"))),
    "title that says nothing": Reader(says_nothing),
    "keys of a playlist": Reader(lambda text: key_urls("https://a/b.m3u8", f"#EXT-X-KEY:{text}")),
    "pasted address": Reader(lambda text: read_pasted(text[-LONGEST_PASTED:])),
    "address behind an address": Reader(lambda text: straight(f"https://www.google.com/url?q={text}")),
    "link of a meeting program": Reader(lambda text: closed_link(f"https://a.webex.com/{text}")),
    "passcode in words": Reader(passcode_in_words),
    "source's host": Reader(lambda text: parse_source_url(f"https://{text}/")),
    "source's parameters": Reader(lambda text: parse_source_url(SOURCE + text)),
    "redacted text": Reader(lambda text: redact(text, f"{SOURCE}geheim")),
    "error of a source": Reader(lambda text: translate(ValueError(text), f"{SOURCE}geheim", "work")),
    "pause that a server asks for": Reader(lambda text: retry_after_seconds(text, NOW)),
    "playlist": Reader(plan_of_playlist),
    "share's address": Reader(lambda text: (cloud_share(text), seafile_share(text))),
    "share's path": Reader(lambda text: cloud_share(f"https://a.example/{text}")),
    "share's query": Reader(lambda text: cloud_share(f"https://a.example/s/abcdef?files={text}")),
    "listing of a share": Reader(lambda text: read_answer(text.encode("utf-8", "replace"), "/", "")),
    "listing of a share, its places": Reader(lambda text: read_answer(multistatus(text), "/", "")),
    "error of a share": Reader(lambda text: is_dav_error(text.encode("utf-8", "replace"))),
    "page": Reader(barrier_of),
    "page's form": Reader(lambda text: barrier_of(f"<form>{text}<input type=password>{text}")),
    "login's address": Reader(lambda text: is_login_address(f"https://a.example/{text}")),
    "page's passcode": Reader(
        lambda text: passcode_form(f"<form>{text}<input type=password name=a>", "https://a/")
    ),
    "page's links": Reader(lambda text: listed_links(f"<title>Index of /</title>{text}", "https://a/")),
    "name of a listed file": Reader(shown_name),
    "files of a folder": Reader(lambda text: recordings_among([ListedFile(text), ListedFile(f"{text}.mp4")])),
    "kept choices": Reader(unpacked),
    "DASH manifest": Reader(dash_segments, dash),
    "Smooth Streaming manifest": Reader(smooth_segments, smooth),
    "member's address": Reader(member_address),
    "file name": Reader(shown_file_name),
    "title in an address": Reader(slug),
    "title in a file name": Reader(lambda text: download_name(date(2026, 11, 19), text, "a.mp4")),
    "range of bytes": Reader(lambda text: requested_range(f"bytes={text}", None, "tag", 10)),
    "path to go to": Reader(wanted_path),
    "path that is asked for": Reader(is_possible_path),
    "name of a browser": Reader(device_name),
    "host": Reader(OwnAddress("https://example.org").is_own_host),
    "number of a correction": Reader(number_in),
    "replacement": Reader(Sought("a a a a a a b", "x", any_case=True).replaced),
    "replacement of much": Reader(Sought("a " * 99 + "b", "x", within_words=True).replaced),
    "corrected sentence": Reader(edited, overlaid),
    "changes of a sentence": Reader(lambda given: changes_between(*given), corrected),
    "captions": Reader(lambda segment: spoken_words(segment, 42), sentence_of),
    "captions of a corrected sentence": Reader(lambda segment: spoken_words(segment, 42), corrected_sentence),
    "sentences": Reader(split_sentences, words_of),
    "sentences without times": Reader(split_sentences, words_at_one_moment),
    "nouns": Reader(tag),
    "titles": Reader(lambda text: make_titles([ChapterText((text,), TURN, share=1.0)])),
    "credits": Reader(without_credits, words_of),
    "doubles": Reader(without_invented_doubles, words_at_one_moment),
    "doubts": Reader(lambda words: doubts(words, (), "de"), words_of),
    "suggestions for the glossary": Reader(lambda log: suggestions([log], ["a"]), correction),
    "title that a source gives": Reader(lambda text: title_of({"title": text, "extractor_key": "Generic"})),
    "address on the network": Reader(is_public_address),
    "logged line": Reader(without_secrets),
    "turns to topics": Reader(lambda text: openings([text, text])),
    "thanks": Reader(is_bare_thanks),
    "topics of a title": Reader(lambda text: topics_of({"record": [text]})),
    "stems": Reader(content_stems),
    "kinship of words": Reader(lambda text: kinship(f"ab{text}", f"ab{text[::-1]}")),
    "model's title": Reader(lambda text: accepted_title(text, "Das wurde gesagt.")),
    "model's summary": Reader(lambda text: accepted_summary(text, [text[::-1]])),
}


@cache
def remembering_functions() -> tuple[Any, ...]:
    """What remembers the texts it was last given; what is loaded once is not among it."""
    modules = [each for name, each in sys.modules.items() if name.startswith("transcripts.")]
    found = {id(each): each for module in modules for each in vars(module).values()}
    remembering = [each for each in found.values() if hasattr(each, "cache_parameters")]
    return (
        *(each for each in remembering if each.cache_parameters()["maxsize"] is not None),
        tagger().analyze_forward,
        tagger().analyze_viterbi,
    )


def forget() -> None:
    """Forget all texts, so that each is read as if for the first time."""
    for function in remembering_functions():
        function.cache_clear()


def read_or_refused(reader: Reader) -> Reader:
    """The parser, which has forgotten what it once read, and for which a refusal is an answer, too."""

    def given(text: str) -> Any:
        forget()
        return reader.given(text)

    def read(given: Any) -> None:
        try:
            reader.read(given)
        except (StepError, FormError, ValueError):
            return

    return replace(reader, read=read, given=given)


@pytest.mark.parametrize("name", PARSERS)
def test_every_parser_is_linear_in_the_text(name: str) -> None:
    whole = [*runs((*ANYTHING, *SPECIAL), beginnings=("",)), *different_words()]
    reader = read_or_refused(PARSERS[name])
    reader.seconds("Anna Huber begrüßt alle.")  # models are loaded once
    assert reader.complaints([*whole, *(run.folded(LINE) for run in whole)]) == []


def test_a_line_of_the_agenda_that_once_took_thirteen_seconds_takes_none() -> None:
    for line in ("Begrüßung" + 800 * " " + "und Ablauf", 8_000 * "1:"):
        assert Reader(clean_item).seconds(line, times=3) < 0.05 * slowness()
        assert read_or_refused(Reader(parse_agenda)).seconds(line, times=3) < 0.05 * slowness()


def test_the_longest_correction_is_made_at_once() -> None:
    reader = Reader(edited, overlaid)
    for piece in ("a b ", "b a a ", "Haus "):
        assert reader.seconds(Run("", piece, "").text(2 * LONGEST_TEXT - 10), times=3) < 0.05 * slowness()
