"""Nothing outside is waited for without an end: each program that is started and each socket has a limit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(
    path for room in ("config", "flows", "tasks", "transcripts") for path in (ROOT / room).rglob("*.py")
)
# Who starts programs, with which limit; all others ask them.
STARTERS = {
    "tasks/processes/child_process.py": "runs every program that ends, with the limit that it is given",
    "flows/serving/supervisor.py": "keeps services running, which have no end",
}
UNLIMITED = {
    "flows/cli/demo.py": "a person looks on",
    "flows/orchestration/temporary_server.py": "ends with the command that started it",
}
STARTING = {"subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call"} | {
    "subprocess.check_output", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"
} | {"os.system", "os.popen", "os.spawnv"}  # fmt: skip
CONNECTING = {
    *(f"httpx.{name}" for name in ("Client", "AsyncClient", "stream", "request")),
    *(f"httpx.{name}" for name in ("get", "post", "put", "patch", "delete", "head")),
    *("smtplib.SMTP", "smtplib.SMTP_SSL", "imaplib.IMAP4", "imaplib.IMAP4_SSL"),
    *("socket.create_connection", "urllib.request.urlopen", "urlopen"),
}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module, by the name that is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def given(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def test_programs_are_started_in_one_place() -> None:
    starters = {name_of(path) for path in SHIPPED for name, _ in calls(path) if name in STARTING}
    assert starters == set(STARTERS)


def test_each_program_that_is_started_has_a_time_limit() -> None:
    unlimited = {
        name_of(path)
        for path in SHIPPED
        for name, call in calls(path)
        if name in ("running", "finished") and is_none(given(call, "timeout_seconds"))
    }
    assert unlimited <= set(UNLIMITED)


def test_each_connection_has_a_time_limit() -> None:
    unlimited = [
        f"{name_of(path)}: {name}"
        for path in SHIPPED
        for name, call in calls(path)
        if name in CONNECTING and is_none(given(call, "timeout"))
    ]
    assert unlimited == []


@pytest.mark.parametrize("limit", ["connect_timeout", "read_timeout"])
def test_the_bucket_is_not_waited_for_without_an_end(limit: str) -> None:
    configs = [
        call for path in SHIPPED for name, call in calls(path) if name == "Config" and given(call, "retries")
    ]
    assert configs
    assert not any(is_none(given(each, limit)) for each in configs)


def test_yt_dlp_is_given_a_time_limit() -> None:
    assert '"socket_timeout"' in (ROOT / "tasks/fetching/yt_dlp_session.py").read_text(encoding="utf-8")
