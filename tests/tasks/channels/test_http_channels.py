"""Signal and the webhook, against a real HTTP server that behaves and misbehaves."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from botocore.exceptions import ClientError

from flows.delivery.deliver_once import Occasion, deliver, follow, prepare, update_entry
from tasks.archive.ledger_store import MeetingLedger
from tasks.channels import mailman
from tasks.channels.mailman import MailmanList
from tasks.channels.signal_messenger import SignalHandover
from tasks.channels.webhook import WebhookHandover, signature
from tasks.network import language_model
from tasks.network.language_model import LanguageModel
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_errors import translated
from tests.misbehaving_server import Exchange, serve
from tests.s3_server import free_port
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.mail.ledger import Delivery

SECRET = "whsec_" + base64.b64encode(b"sehr geheim, 24 Zeichen!").decode()
MESSAGE_ID = "mitschnitt.1@example.org"


@dataclass
class Receiver:
    """Keeps the requests that came; answers `status` and `answer`, or hangs up."""

    status: int = 200
    answer: Any = None
    hangs_up: bool = False
    waits_seconds: float = 0.0
    pause: str | None = None
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving(receiver: Receiver) -> Iterator[str]:
    """Serve on the loopback; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            sleep(receiver.waits_seconds)
            if receiver.hangs_up:
                self.connection.close()
                return
            self.send_response(receiver.status)
            if receiver.pause is not None:
                self.send_header("Retry-After", receiver.pause)
            self.end_headers()
            with suppress(OSError):  # nobody listens any more
                self.wfile.write(json.dumps(receiver.answer).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def webhook(url: str) -> WebhookHandover:
    return WebhookHandover(
        f"{url}/haken?token=geheim", SECRET, MESSAGE_ID, '{"title": "Bürgerräte"}'.encode()
    )


def signal(url: str) -> SignalHandover:
    return SignalHandover(url, "+4915100000000", "Z3J1cHBl", MESSAGE_ID, "Neue Aufzeichnung: Bürgerräte")


@pytest.mark.parametrize("make", [webhook, signal])
@pytest.mark.parametrize(
    ("receiver", "kind", "code"),
    [
        (Receiver(status=503), TemporaryError, "channel_delayed"),
        (Receiver(status=429), TemporaryError, "channel_delayed"),
        (Receiver(status=400), PermanentError, "channel_refused"),
        (Receiver(status=302), PermanentError, "channel_refused"),
    ],
)
def test_what_the_other_side_does_is_told_apart(
    make: Any, receiver: Receiver, kind: type[StepError], code: str
) -> None:
    begun: list[bool] = []
    receiver.requests.clear()
    with receiving(receiver) as url, pytest.raises(kind) as caught:
        make(url).hand_over(lambda: begun.append(True))
    assert caught.value.code == code
    assert begun == [True]
    assert len(receiver.requests) == 1
    assert "geheim" not in str(caught.value) + repr(make(url))


@pytest.mark.parametrize("make", [webhook, signal])
@pytest.mark.parametrize(("pause", "seconds"), [("120", 120.0), (None, None)])
def test_a_pause_that_the_other_side_asks_for_is_passed_on(
    make: Any, pause: str | None, seconds: float | None
) -> None:
    with receiving(Receiver(status=429, pause=pause)) as url, pytest.raises(TemporaryError) as caught:
        make(url).hand_over(lambda: None)
    assert caught.value.retry_after_seconds == seconds


def test_a_pause_that_a_language_model_asks_for_is_passed_on() -> None:
    with receiving(Receiver(status=429, pause="120")) as url, pytest.raises(TemporaryError) as caught:
        language_model.ask(LanguageModel(url, "probe", answer_seconds=5.0), "Regeln", "Aufgabe")
    assert caught.value.retry_after_seconds == 120.0


def test_a_pause_that_mailman_asks_for_is_passed_on() -> None:
    def busy(exchange: Exchange) -> None:
        exchange.reply(503, b"spaeter", Retry_After="120")

    with serve({"/3.1/system": busy}) as site, pytest.raises(TemporaryError) as caught:
        mailman.ask(MailmanList(site.url(""), "robot", "geheim", "liste.example.org"), "3.1/system")
    assert caught.value.retry_after_seconds == 120.0


def test_a_pause_that_a_store_asks_for_is_passed_on() -> None:
    answer: Any = {"HTTPStatusCode": 503, "HTTPHeaders": {"retry-after": "120"}}
    refusal = ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": answer}, "GetObject")
    with pytest.raises(TemporaryError) as caught, translated("s3://archiv"):
        raise refusal
    assert caught.value.retry_after_seconds == 120.0


FAILING = [Receiver(status=500), Receiver(status=502), Receiver(status=504), Receiver(hangs_up=True)]


@pytest.mark.parametrize("receiver", FAILING)
def test_what_signal_may_have_sent_before_it_failed_is_not_known(receiver: Receiver) -> None:
    with receiving(receiver) as url, pytest.raises(PermanentError, match="outcome_unknown"):
        signal(url).hand_over(lambda: None)


def test_a_signal_daemon_that_does_not_answer_leaves_the_outcome_open_and_is_asked_once(
    tmp_path: Path,
) -> None:
    receiver, home = Receiver(waits_seconds=1.0), MeetingLedger(FolderStorage(tmp_path), "2026-12-17")
    with receiving(receiver) as url:
        for _ in range(2):
            with pytest.raises(PermanentError, match="outcome_unknown"):
                deliver(home, replace(signal(url), answer_seconds=0.2), Occasion(1), timedelta(days=1))
    assert home.read().entries[0].state is Delivery.UNKNOWN
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("receiver", FAILING)
def test_the_webhook_is_called_again_under_the_same_id_so_that_the_receiver_knows_the_repeat(
    receiver: Receiver, tmp_path: Path
) -> None:
    home = MeetingLedger(FolderStorage(tmp_path), "2026-12-17")
    receiver.requests.clear()
    with receiving(receiver) as url:
        with pytest.raises(TemporaryError, match="channel_delayed"):
            deliver(home, webhook(url), Occasion(1), timedelta(days=1))
        well = replace(receiver, status=200, hangs_up=False)
    assert home.read().entries[0].state is Delivery.PREPARED
    with receiving(well) as url:
        for _ in range(2):
            follow(home, webhook(url), deliver(home, webhook(url), Occasion(1), timedelta(days=1)))
    calls = [(headers["webhook-id"], body) for _, headers, body in well.requests]
    assert len(calls) == 2, "one that failed, one that did not; after that none"
    assert len(set(calls)) == 1
    assert home.read().entries[0].state is Delivery.SENT


def test_a_webhook_whose_caller_died_is_called_again(tmp_path: Path) -> None:
    home, receiver = MeetingLedger(FolderStorage(tmp_path), "2026-12-17"), Receiver()
    with receiving(receiver) as url:
        update_entry(home, prepare(home, webhook(url), Occasion(1)), state=Delivery.SENDING, owner="")
        deliver(home, webhook(url), Occasion(1), timedelta(days=1))
    assert [headers["webhook-id"] for _, headers, _ in receiver.requests] == [MESSAGE_ID]


@pytest.mark.parametrize("make", [webhook, signal])
def test_a_server_that_is_away_surely_has_nothing(make: Any) -> None:
    with pytest.raises(TemporaryError, match="channel_unreachable"):
        make(f"http://127.0.0.1:{free_port()}").hand_over(lambda: None)


@pytest.mark.parametrize("make", [webhook, signal])
def test_nothing_goes_out_when_another_process_was_faster(make: Any) -> None:
    def another_was_faster() -> None:
        raise RecordBusyError(place="x")

    receiver = Receiver()
    with receiving(receiver) as url, pytest.raises(TemporaryError, match="record_busy"):
        make(url).hand_over(another_was_faster)
    assert receiver.requests == []


def test_the_webhooks_signature_proves_who_sent_what_and_when() -> None:
    receiver = Receiver()
    with receiving(receiver) as url:
        webhook(url).hand_over(lambda: None)
    ((path, headers, body),) = receiver.requests
    assert path == "/haken?token=geheim"
    assert headers["webhook-id"] == MESSAGE_ID
    signed = f"{MESSAGE_ID}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"sehr geheim, 24 Zeichen!", signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body) == {"title": "Bürgerräte"}


def test_the_signature_is_that_of_the_published_example() -> None:
    # The example of the specification's reference libraries.
    secret, content = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert (
        signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), content)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_signal_gets_the_text_for_the_group_once() -> None:
    receiver = Receiver(answer={"jsonrpc": "2.0", "id": MESSAGE_ID, "result": {"timestamp": 1763846400000}})
    with receiving(receiver) as url:
        assert "1763846400000" in signal(url).hand_over(lambda: None)
    ((path, _, body),) = receiver.requests
    assert path == "/api/v1/rpc"
    call = json.loads(body)
    assert call["method"] == "send"
    assert call["params"]["groupId"] == "Z3J1cHBl"
    assert call["params"]["message"] == "Neue Aufzeichnung: Bürgerräte"


def test_what_signal_refuses_is_said_in_its_words() -> None:
    answer = {"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "Group not found"}}
    with receiving(Receiver(answer=answer)) as url, pytest.raises(PermanentError) as caught:
        signal(url).hand_over(lambda: None)
    assert caught.value.code == "channel_refused"
    assert "Group not found" in str(caught.value)


@pytest.mark.parametrize("code", [-3, -4, -32603])
def test_an_error_of_signals_after_which_some_may_have_it_leaves_the_outcome_open(code: int) -> None:
    answer = {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "Failed to send message"}}
    with receiving(Receiver(answer=answer)) as url, pytest.raises(PermanentError, match="outcome_unknown"):
        signal(url).hand_over(lambda: None)


def test_an_answer_that_is_none_leaves_the_outcome_open() -> None:
    with receiving(Receiver(answer="<html>")) as url, pytest.raises(PermanentError, match="outcome_unknown"):
        signal(url).hand_over(lambda: None)
