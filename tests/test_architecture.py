"""The rooms of the house: who may import whom, and how large a thought may grow. See docs/architecture.md."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

from tests.package_table import MAY_IMPORT

ROOT = Path(__file__).parents[1]
HOUSE = ("config", "transcripts", "tasks", "flows")
# What runs the house in trials: bench and tests lend each other material, and no room knows of them.
TRIALS = ("bench", "tests")
MAY_IMPORT_ROOMS = {
    "config": {"config"},
    "transcripts": {"transcripts"},
    "tasks": {"tasks", "transcripts"},
    "flows": {"flows", "tasks", "transcripts", "config"},
}
# Modules at a room's root belong to all of it: at least so many of its packages import each.
PACKAGES_OF_A_ROOT_MODULE = 5
# Packages so small that they are one thing, or rooms that have no packages.
ROOMS_WITHOUT_PACKAGES = {"config"}
LONGEST_MODULE = 400
TABLES_OF_WORDS = {"transcripts/wording/error_wording.py"}
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 7
# What the reading of records must run without.
HEAVY = {"prefect", "faster_whisper", "ctranslate2", "ffmpeg", "imageio_ffmpeg", "av", "yt_dlp", "boto3"}
# Threads that are no loops, with the reason why nobody needs to watch them.
OWN_THREADS = {
    "tasks/processes/supervised_loop.py": "the loop itself",
    "tasks/processes/child_process.py": "ends a program whose time is over",
    "tasks/media/ffmpeg.py": "ends a conversion that comes no further, which fails then",
    "flows/orchestration/forced_exit.py": "ends the process that was told to end, and did not",
    "flows/orchestration/temporary_server.py": "waits for the end of its starter, and ends the process",
    "flows/doctor/examination.py": "asks servers side by side; what a thread raises comes with its answer",
    "flows/cli/demo.py": "the web server of the demonstration, which ends with it",
}
# Where a process is entered, and its resources are taken; from there they are handed on.
ENTRANCES = {
    "flows/composition.py": "puts them together",
    "flows/announcing/archive_digest.py": "a flow",
    "flows/announcing/mailing_list_posts.py": "a flow",
    "flows/announcing/meeting_announcements.py": "a flow",
    "flows/announcing/recording_announcements.py": "a flow and its task",
    "flows/documents/barring.py": "a task",
    "flows/documents/document_flow.py": "a flow",
    "flows/documents/document_jobs.py": "questions of desk and command line",
    "flows/documents/document_steps.py": "tasks",
    "flows/jobs/job_control.py": "questions of desk and command line",
    "flows/jobs/retry_hook.py": "a hook",
    "flows/orchestration/result_storage.py": "a block that Prefect makes by itself",
    "flows/organiser_mails/failure_notices.py": "a hook",
    "flows/organiser_mails/job_failures.py": "hooks",
    "flows/organiser_mails/morning_flow.py": "a flow",
    "flows/pipeline/recording_flow.py": "a flow and its task",
    "flows/pipeline/steps.py": "tasks",
    "flows/pipeline/transcription_flow.py": "a flow and its task",
    "flows/upkeep/nightly_check.py": "a flow",
}
CATCHES_EVERYTHING = {
    "tasks/processes/supervised_loop.py": "the loop itself",
    "tasks/media/media_child.py": "a process that says to its parent how it ended",
    "tasks/documents/document_child.py": "a process that says to its parent how it ended",
    "tasks/fetching/fetch_child.py": "a process that says to its parent how it ended",
    "flows/orchestration/prefect_errors.py": "raises it again; an absent server under a name of ours",
}
EFFECT_MODULES = {"subprocess", "socket", "shutil", "tempfile", "sqlite3", "urllib.request", "smtplib"}


def modules_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide the room"
            names.add(node.module)
    return names


def top_levels(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported_names(path)}


MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for room in (*HOUSE, *TRIALS)
    for path in modules_of(room)
}


def package_of(module: str) -> str:
    """`tasks.media.survey` -> `tasks.media`; a room's own name for what lies at its root; tests are one."""
    if module.split(".")[0] == "tests":
        return "tests"
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def imported_modules(path: Path) -> Iterator[str]:
    """Every module of ours that is imported, also inside of functions and for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            yield from inside or ({node.module} & MODULES.keys())


def package_imports() -> dict[str, set[str]]:
    """Package -> the other packages that its modules import."""
    imports: dict[str, set[str]] = {package_of(module): set() for module in MODULES}
    for module, path in MODULES.items():
        imports[package_of(module)] |= {package_of(each) for each in imported_modules(path)}
    return {package: others - {package} for package, others in imports.items() if package != "tests"}


IMPORTS = package_imports()


def test_every_package_has_its_row_in_the_table() -> None:
    assert sorted(MAY_IMPORT) == sorted(IMPORTS)


@pytest.mark.parametrize("package", sorted(IMPORTS))
def test_a_package_imports_exactly_what_the_table_says(package: str) -> None:
    assert sorted(IMPORTS[package]) == sorted(MAY_IMPORT.get(package, "").split())


def test_packages_stand_on_each_other_without_circles() -> None:
    """So no two import each other either."""
    below = {package: others - {"tests"} for package, others in IMPORTS.items()}
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


def test_the_root_of_a_room_keeps_only_what_belongs_to_all_of_it() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for module, path in MODULES.items():
        for each in imported_modules(path):
            users[each].add(package_of(module))
    at_a_root = [
        module
        for module, path in MODULES.items()
        if module.count(".") == 1 and path.name != "__init__.py" and module.split(".")[0] in HOUSE
    ]
    lonely = {
        module: sorted(users[module])
        for module in at_a_root
        if module.split(".")[0] not in ROOMS_WITHOUT_PACKAGES
        and len(users[module] - {"tests", "bench"}) < PACKAGES_OF_A_ROOT_MODULE
    }
    assert lonely == {}


def test_no_two_modules_have_one_name() -> None:
    named: dict[str, list[str]] = defaultdict(list)
    for module, path in MODULES.items():
        if module.split(".")[0] in HOUSE and path.name != "__init__.py":
            named[path.name].append(module)
    assert {name: modules for name, modules in named.items() if len(modules) > 1} == {}


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for room in (*HOUSE, "bench")
        for path in modules_of(room)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert set(long) - TABLES_OF_WORDS == set(), long


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines it has; those of a command without its signature, which is its German help."""
    is_command = function.name.endswith("_command")
    first = function.body[0].lineno if is_command else function.lineno
    return (function.end_lineno or first) - first + 1


def test_functions_are_short() -> None:
    lines = {
        f"{path.relative_to(ROOT)}:{function.name}": lines_of(function)
        for room in HOUSE
        for path in modules_of(room)
        for function in functions_of(path)
    }
    assert {name: long for name, long in lines.items() if long > LONGEST_FUNCTION} == {}
    assert median(lines.values()) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("room", HOUSE)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    offenders = {
        str(path.relative_to(ROOT)): sorted(forbidden)
        for path in modules_of(room)
        if (forbidden := (top_levels(path) & {*HOUSE, *TRIALS}) - MAY_IMPORT_ROOMS[room])
    }
    assert offenders == {}


def test_transcripts_load_no_heavy_library() -> None:
    offenders = {
        str(path): found for path in modules_of("transcripts") if (found := top_levels(path) & HEAVY)
    }
    assert offenders == {}


def test_transcripts_have_no_effects() -> None:
    offenders = {
        path.name: found
        for path in modules_of("transcripts")
        if (found := imported_names(path) & EFFECT_MODULES)
    }
    assert offenders == {}


def test_only_config_reads_the_settings_from_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for room in ("transcripts", "tasks", "flows")
        for path in modules_of(room)
        if "MITSCHNITT_" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"flows/cli/demo.py"}, "the demo sets them for its own process; nobody else names them"


def test_resources_are_taken_where_a_process_is_entered_and_handed_on_from_there() -> None:
    takers = {
        str(path.relative_to(ROOT))
        for path in modules_of("flows")
        if "resources()" in path.read_text(encoding="utf-8") and path.parent.name != "cli"
    }
    assert takers == set(ENTRANCES)


def called_methods(path: Path) -> list[tuple[str, str, int]]:
    """Of every call of a method: on what, which, and with how many arguments."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    return [
        (ast.unparse(each.func.value).split(".")[-1], each.func.attr, len(each.args) + len(each.keywords))
        for each in calls
        if isinstance(each.func, ast.Attribute)
    ]


def asks_the_machine(owner: str, method: str, arguments: int) -> bool:
    """Whether a call takes the time or the zone from the machine."""
    if owner in {"datetime", "date"} and method in {"now", "today", "utcnow", "utcfromtimestamp"}:
        return True
    if method == "fromtimestamp" and arguments < 2:
        return True
    return (method == "astimezone" and not arguments) or (owner, method) in MACHINES_TIME


MACHINES_TIME = {
    *(("time", name) for name in ("localtime", "strftime", "ctime", "asctime", "mktime", "tzset")),
    *(("utils", name) for name in ("localtime", "formatdate")),
}


@pytest.mark.parametrize("room", [*HOUSE, "bench"])
def test_one_clock_says_what_time_it_is_and_no_machine_in_which_zone(room: str) -> None:
    offenders = {
        f"{path.relative_to(ROOT)}: {owner}.{method}"
        for path in modules_of(room)
        for owner, method, arguments in called_methods(path)
        if asks_the_machine(owner, method, arguments)
    }
    assert offenders == ({"tasks/clock.py: datetime.now"} if room == "tasks" else set())


def test_neither_templates_nor_scripts_put_times_into_words() -> None:
    wording = re.compile(r"astimezone|strftime|toLocale(Date|Time)|DateTimeFormat|new Date\b")
    files = [
        each for kind in ("html", "txt", "xml", "js") for each in (ROOT / "transcripts").rglob(f"*.{kind}")
    ]
    assert len(files) > 30
    assert [str(each) for each in files if wording.search(each.read_text(encoding="utf-8"))] == []


def test_one_setting_names_the_time_zone() -> None:
    kinds = ("py", "toml", "html", "txt", "js")
    files = [each for room in HOUSE for kind in kinds for each in (ROOT / room).rglob(f"*.{kind}")]
    files += [ROOT / "Dockerfile", ROOT / "compose.yaml"]
    zones = re.compile(r"Europe/[A-Z]|\bTZ\b")
    named = {str(each.relative_to(ROOT)) for each in files if zones.search(each.read_text(encoding="utf-8"))}
    assert named == {"config/settings.py", "config/mitschnitt.example.toml"}


def test_only_the_supervised_loop_catches_everything() -> None:
    """Elsewhere what nobody foresaw is not swallowed; to tidy up and raise it again is another matter."""
    broad = re.compile(r"except\s*:|except\s*\(?\s*Exception\b|suppress\(\s*(Base)?Exception\b")
    found = {
        str(path.relative_to(ROOT))
        for room in ("config", "transcripts", "tasks", "flows")
        for path in modules_of(room)
        if broad.search(path.read_text(encoding="utf-8"))
    }
    assert found - set(CATCHES_EVERYTHING) == set()


def test_only_the_supervised_loop_runs_beside() -> None:
    """A thread of its own dies of what nobody foresaw, unseen."""
    found = {
        str(path.relative_to(ROOT))
        for room in ("transcripts", "tasks", "flows")
        for path in modules_of(room)
        if re.search(r"\bThread\(|\bTimer\(", path.read_text(encoding="utf-8"))
    }
    assert found - set(OWN_THREADS) == set()


@pytest.mark.parametrize("room", HOUSE)
def test_no_module_is_called_after_nothing(room: str) -> None:
    empty_names = {"utils", "helpers", "manager", "misc", "common"}
    assert not [path for path in modules_of(room) if path.stem in empty_names]


@pytest.mark.parametrize("room", HOUSE)
def test_every_module_starts_with_what_it_is_for(room: str) -> None:
    silent = [p for p in modules_of(room) if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert silent == []
