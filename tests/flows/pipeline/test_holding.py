"""What is doubtful is held, whatever was wished; a person releases it, and nothing holds it again."""

import json
from dataclasses import replace
from pathlib import Path

from tests.flows.workplace import Workplace, recording_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import serve_folder
from transcripts.hold_reasons import TITLE_GUESSED, HoldReason
from transcripts.model import Stage
from transcripts.wording.hold_wording import explain_hold

ORGANISERS = {
    "MITSCHNITT_ANNOUNCEMENT__ORGANISERS": "orga@example.org",
    "MITSCHNITT_ANNOUNCEMENT__FROM": "Netzwerk <netzwerk@example.org>",
}
TIDY = """
from flows.composition import resources
from flows.upkeep.work_folder_cleanup import tidy_work_folder
from tasks.clock import utc_now
tidy_work_folder(resources().settings, resources().storage, utc_now())
"""
GUESSED = explain_hold(HoldReason(code=TITLE_GUESSED))


def keeps(workplace: Workplace, original: Path) -> bool:
    """Whether the original is kept on this machine."""
    kept = (workplace.folder / "work/recordings").glob("*/source/*")
    return original.read_bytes() in [each.read_bytes() for each in kept]


def test_a_guessed_title_is_held_mended_and_released_and_neither_held_nor_announced_again(
    workplace: Workplace, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    clip = meeting_clip(served / "GMT20261119-180000_Recording.mp4", 0, 12)
    there = replace(workplace, environment=workplace.environment | ORGANISERS)
    with serve_folder(served) as site:
        url = site.url(clip.name)
        first = there.run("process", url, "--date", "2026-11-19", "--json")
        assert first.status == 0, first.err
        assert [each["code"] for each in first.json["hold_reasons"]] == [TITLE_GUESSED]
        (record,) = there.records()
        assert recording_of(record).stage is Stage.HELD
        (mail,) = there.mails
        assert mail["To"] == "orga@example.org"
        text = mail.get_body(("plain",))
        assert text is not None
        assert GUESSED in " ".join(text.get_content().split())
        assert GUESSED in there.run("status").out
        assert keeps(there, clip)

        again = there.run("process", url)
        assert "Vor der Freigabe bitte ansehen" in again.out
        assert GUESSED in again.out
        assert recording_of(record).stage is Stage.HELD
        assert len(there.mails) == 1

        mended = there.run("corrections", record.name, "--by", "Alma", "--title", "Losverfahren in Köln")
        assert mended.status == 0, mended.err
        assert recording_of(record).open_reasons == ()
        assert there.run("announce", record.name, "--send").status == 0
        assert recording_of(record).stage is Stage.ANNOUNCED
        (announced,) = [each for each in there.mails if "Losverfahren in Köln" in str(each["Subject"])]
        assert "GMT" not in str(announced["Subject"])

        settings = {"MITSCHNITT_ANNOUNCEMENT__RELEASE": "held"}
        last = replace(there, environment=there.environment | settings).run("process", url, "--hold")
    assert last.status == 0, last.err
    assert recording_of(record).stage is Stage.ANNOUNCED
    assert len(there.mails) == 2
    assert there.run_python(TIDY).status == 0
    assert not keeps(there, clip), "it was released"


def test_what_waits_for_its_release_is_made_anew_from_its_original_with_other_options(
    workplace: Workplace, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    clip = meeting_clip(served / "clip.mp4", 0, 30)
    with serve_folder(served) as site:
        url = site.url("clip.mp4")
        assert workplace.run("process", url, "--hold").status == 0
        (record,) = workplace.records()
        assert TITLE_GUESSED in {each.code for each in recording_of(record).hold_reasons}
        fetched = len(site.asked("/clip.mp4"))
        answer = workplace.process(url, "--again", "--cut-start", "0:10", "--json")
        assert answer.status == 0, answer.err
        assert len(site.asked("/clip.mp4")) == fetched, "the original is at hand"
    assert workplace.records() == [record], "its address stays"
    now = recording_of(record)
    assert (now.stage, now.hold_reasons, now.title) == (Stage.HELD, (), "Treffen der Bürgerräte")
    assert abs(now.duration_seconds - 20.25) <= 0.5
    assert json.loads((record / "manifest.json").read_bytes())["version"] == 2
    assert workplace.run_python(TIDY).status == 0
    assert keeps(workplace, clip), "it still waits"
    assert workplace.mails == []
