"""The page of a record, read as text."""

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256

from tests.sample_record import sample_chapters, sample_page, sample_transcript
from transcripts.model import Chapter, Engine, Note, Segment, Summary, Transcript
from transcripts.pages.standalone_page import RecordPage, Section, engine_name, render_page, sections


def spoken(
    start_seconds: float, end_seconds: float, text: str = "Ein Satz.", speaker: str | None = None
) -> Segment:
    return Segment(start_seconds=start_seconds, end_seconds=end_seconds, text=text, speaker=speaker)


def grouped(*segments: Segment) -> list[list[Segment]]:
    (section,) = sections(Transcript(segments=segments), ())
    return [list(paragraph.sentences) for paragraph in section.paragraphs]


def with_segments(*segments: Segment) -> RecordPage:
    page = sample_page()
    return replace(page, transcript=page.transcript.model_copy(update={"segments": segments}))


def spoken_in(section: Section) -> list[str]:
    return [sentence.text for paragraph in section.paragraphs for sentence in paragraph.sentences]


def test_every_sentence_is_in_the_page_once_under_its_id() -> None:
    html = render_page(sample_page())
    for segment in sample_transcript().segments:
        span = f'id="{segment.id}" data-start="{segment.start_seconds}">{segment.text}</span>'
        assert html.count(span) == 1


def test_title_date_length_and_network_are_shown() -> None:
    html = render_page(sample_page())
    assert "<h1>Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden</h1>" in html
    assert '<time datetime="2026-11-19">19. November 2026</time>' in html
    assert "7 Min." in html
    assert '<p class="network">Netzwerk Bürgerräte</p>' in html


def test_a_page_without_a_network_name_names_none() -> None:
    assert 'class="network"' not in render_page(replace(sample_page(), network_name=None))


def test_every_chapter_is_listed_and_leads_to_its_text() -> None:
    html = render_page(sample_page())
    for chapter in sample_chapters():
        anchor = f"t={int(chapter.start_seconds)}"
        assert html.count(f'<section id="{anchor}">') == 1
        assert f'<li><a href="#{anchor}" data-start="{chapter.start_seconds}">' in html


def test_no_id_occurs_twice_even_when_chapters_share_a_second() -> None:
    chapters = (Chapter(start_seconds=55.1, title="A"), *sample_chapters()[1:])
    ids = re.findall(r' id="([^"]+)"', render_page(replace(sample_page(), chapters=chapters)))
    assert len(ids) == len(set(ids))


def test_every_link_within_the_page_has_its_place() -> None:
    html = render_page(sample_page())
    places = set(re.findall(r' id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= places


def test_what_was_said_before_the_first_chapter_stands_first_without_a_heading() -> None:
    transcript = Transcript(segments=(spoken(0, 4, "Vorher."), spoken(10, 14, "Nachher.")))
    before, after = sections(transcript, (Chapter(start_seconds=10, title="Anfang"),))
    assert (before.chapter, spoken_in(before)) == (None, ["Vorher."])
    assert spoken_in(after) == ["Nachher."]


def test_a_sentence_begun_just_before_a_chapter_belongs_to_it() -> None:
    transcript = Transcript(segments=(spoken(0, 9.7, "Vorher."), spoken(9.8, 14, "Gehört dazu.")))
    before, after = sections(
        transcript, (Chapter(start_seconds=0, title="A"), Chapter(start_seconds=10, title="B"))
    )
    assert (spoken_in(before), spoken_in(after)) == (["Vorher."], ["Gehört dazu."])


def test_a_pause_starts_a_new_paragraph() -> None:
    first, close, late = spoken(0, 2), spoken(3.5, 5), spoken(6.6, 8)
    assert grouped(first, close, late) == [[first, close], [late]]


def test_another_speaker_starts_a_new_paragraph() -> None:
    first, second = spoken(0, 2, speaker="Anna"), spoken(2, 4, speaker="Ben")
    assert grouped(first, second) == [[first], [second]]


def test_a_long_paragraph_ends_after_five_sentences() -> None:
    run = [spoken(number, number + 1) for number in range(12)]
    assert [len(paragraph) for paragraph in grouped(*run)] == [5, 5, 2]


def test_a_paragraph_does_not_end_within_a_sentence_for_its_length() -> None:
    run = [spoken(number, number + 1, "noch nicht fertig,") for number in range(8)]
    assert len(grouped(*run, spoken(8, 9, "fertig."), spoken(9, 10))) == 2


def test_a_speaker_is_named_when_the_voice_changes_only() -> None:
    html = render_page(sample_page(with_speakers=True))
    names = re.findall(r'<b class="speaker">(\w+):</b>', html)
    assert names[:3] == ["Moderation", "Moderation", "Gemeindeverwaltung"]  # two chapters open with the first
    assert "speaker" not in re.findall(r'class="(\w+)"', render_page(sample_page()))


def test_markup_in_what_was_said_or_titled_stays_text() -> None:
    attack = '<script>alert("x")</script>'
    page = with_segments(spoken(0, 2, attack, speaker=attack))
    recording = page.recording.model_copy(update={"title": attack})
    chapter = Chapter(start_seconds=0, title=attack)
    html = render_page(replace(page, recording=recording, chapters=(chapter,), network_name=attack))
    assert attack not in html
    assert html.count("<script>") == 1


def test_the_policy_allows_exactly_our_style_and_script() -> None:
    html = render_page(sample_page())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        inline = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert inline is not None
        assert b64encode(sha256(inline[1].encode()).digest()).decode() in policy[1]
    assert not re.search(r'\bon\w+="|\bstyle="', html)


def test_nothing_is_loaded_from_another_address() -> None:
    html = render_page(sample_page())
    addresses = re.findall(r'(?:href|src|poster)="([^"]+)"', html)
    outside = [address for address in addresses if re.match(r"(?!data:)[a-z]+:|//", address)]
    assert outside == []


def test_the_script_stays_small() -> None:
    script = re.search(r"<script>(.*?)</script>", render_page(sample_page()), re.DOTALL)
    assert script is not None
    assert 500 < len(script[1].encode()) < 4096


def test_captions_lie_within_the_page_when_their_text_is_known() -> None:
    page = sample_page()
    track = re.search(r'<track [^>]*src="data:text/vtt;charset=utf-8;base64,([^"]+)"', render_page(page))
    assert track is not None
    assert b64decode(track[1]).decode() == page.captions_vtt


def test_captions_are_linked_when_their_text_is_not_given() -> None:
    assert 'src="transcript/transcript.vtt"' in render_page(replace(sample_page(), captions_vtt=None))


def test_a_recording_without_picture_gets_an_audio_player() -> None:
    html = render_page(sample_page(has_video=False))
    assert '<audio controls preload="metadata" src="media/audio.m4a"' in html
    assert "<video" not in html
    assert "media/video.mp4" not in html
    assert "media/poster.jpg" not in html


def test_a_video_without_poster_names_none() -> None:
    assert "poster.jpg" not in render_page(replace(sample_page(), has_poster=False))


def test_all_files_of_the_record_are_offered() -> None:
    html = render_page(sample_page())
    for path in ("media/video.mp4", "media/audio.m4a", "transcript/transcript.txt"):
        assert f'<a href="{path}" download>' in html
    for kind in ("vtt", "srt"):
        assert f'<a href="transcript/transcript.{kind}" download>' in html


def test_the_page_says_how_its_text_was_made() -> None:
    html = render_page(sample_page())
    assert "maschinell erstellt (Whisper, Modell base) und nicht von Hand geprüft" in html


def test_an_unknown_recogniser_is_not_invented() -> None:
    page = sample_page()
    html = render_page(replace(page, transcript=page.transcript.model_copy(update={"engine": None})))
    assert "maschinell erstellt und nicht von Hand geprüft" in html


def test_a_recogniser_that_is_not_whisper_keeps_its_name() -> None:
    assert engine_name(Engine(name="Vosk", model="de-0.21")) == "Vosk, Modell de-0.21"


def test_a_recording_without_speech_says_so_and_offers_no_empty_text() -> None:
    html = render_page(with_segments())
    assert "In dieser Aufzeichnung wurde keine Sprache erkannt" in html
    assert "maschinell erstellt" not in html
    assert "transcript/transcript" not in html
    assert "<track" not in html
    assert 'id="t=55"' in html  # its chapters can still be linked to


def test_a_silent_chapter_says_so() -> None:
    html = render_page(with_segments(spoken(0.1, 4)))
    assert html.count("In diesem Kapitel wurde keine Sprache erkannt.") == 4


def test_a_page_without_chapters_still_holds_the_text() -> None:
    html = render_page(replace(sample_page(), chapters=()))
    assert "<nav" not in html
    assert 'id="s0001"' in html


def test_the_same_record_gives_the_same_bytes() -> None:
    assert render_page(sample_page()) == render_page(sample_page())


def with_notes(*notes: Note) -> RecordPage:
    page = with_segments(spoken(0, 2, "Guten Abend."), spoken(6, 8, "Wir beginnen."))
    return replace(page, transcript=page.transcript.model_copy(update={"notes": notes}))


def test_what_is_doubtful_is_said_behind_its_sentence() -> None:
    html = render_page(with_notes(Note(cause="speech_without_words", start_seconds=2.5, end_seconds=5)))
    text = re.sub(r"<[^>]+>|\s+", " ", html)
    remark = "[hier wird gesprochen, aber nichts wurde verstanden]"
    assert re.search(r"Guten Abend\.\s+" + re.escape(remark), text)
    assert text.index(remark) < text.index("Wir beginnen.")
    assert "steht ein Hinweis in [eckigen Klammern]" in text


def test_a_remark_before_the_first_sentence_and_one_made_twice_stand_once() -> None:
    early = Note(cause="improbable", start_seconds=0, end_seconds=0)
    html = render_page(with_notes(early, early.model_copy(update={"end_seconds": 1.0})))
    assert html.count("[hier ist der Text unsicher]") == 1


def test_a_page_without_doubts_speaks_of_none() -> None:
    assert "eckigen Klammern" not in render_page(with_notes())


def test_a_summary_stands_before_the_text_and_says_that_a_machine_worded_it() -> None:
    summary = Summary(text="Die Gemeinden losen <aus>. Es kostet wenig.", made_by="hausmodell-7b")
    page = sample_page()
    page = replace(page, recording=page.recording.model_copy(update={"summary": summary}))
    html = render_page(page)
    assert "<p>Die Gemeinden losen &lt;aus&gt;. Es kostet wenig.</p>" in html
    assert "hat ein Sprachmodell (hausmodell-7b) formuliert" in html
    assert html.index("Zusammenfassung") < html.index('id="s0001"')


def test_a_page_says_which_model_worded_titles_and_else_names_none() -> None:
    first, *others = sample_chapters()
    worded = first.model_copy(update={"made_by": "hausmodell-7b"})
    html = render_page(replace(sample_page(), chapters=(worded, *others)))
    assert "Überschriften von Kapiteln hat ein Sprachmodell (hausmodell-7b) formuliert." in html
    assert "Sprachmodell" not in render_page(sample_page())


def test_a_sentence_that_people_took_out_stays_as_an_address_and_starts_no_paragraph() -> None:
    taken_out = Segment(id="s0002", start_seconds=20, end_seconds=25, text="")
    first = Segment(id="s0001", start_seconds=0, end_seconds=5, text="Guten Abend.")
    assert grouped(first, taken_out) == [[first, taken_out]]
    assert 'id="s0002"' in render_page(with_segments(first, taken_out))
