"""A few killed senders and broken lines; `make soak-announce` does hundreds."""

from pathlib import Path

from tests.announce_soak import Soak, counted, mail_settings
from tests.smtp_line import line_to
from tests.tasks.channels.test_smtp import Mailbox, served

KILLS = 8


def test_whatever_dies_no_mail_comes_twice_and_none_is_lost_in_silence(
    prefect_server: str, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server, line_to(server.port, share=0.3) as line:
        soak = Soak(
            archive=tmp_path / "archive",
            line=line,
            settings=mail_settings(line.port),
            prefect_url=prefect_server,
            copies=lambda identity: [counted(mailbox.messages, identity)],
        )
        outcome = soak.run(KILLS)
    assert outcome.kills == KILLS
    assert outcome.doubled == outcome.silently_none == outcome.unsettled == []
    unknown = outcome.unknown_and_arrived + outcome.unknown_and_not_arrived
    assert outcome.sent + unknown == outcome.announcements
    assert outcome.sent > 0
