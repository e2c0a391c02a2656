"""The names under which things are known to Prefect: pools, deployments, states, artifacts.

Loads nothing, so that the desk, the workers and the pipeline can agree cheaply.
"""

# Recordings wait in one pool, what the clock starts in another: an invitation waits for no transcription.
RECORDING_POOL = "mitschnitt"
CLOCK_POOL = "mitschnitt-clock"
RECORDING_FLOW = "recording"
DOCUMENT_FLOW = "document"
DEPLOYMENT_NAME = "mitschnitt"
RECORDING_DEPLOYMENT = f"{RECORDING_FLOW}/{DEPLOYMENT_NAME}"
DOCUMENT_DEPLOYMENT = f"{DOCUMENT_FLOW}/{DEPLOYMENT_NAME}"
ANNOUNCE_DEPLOYMENT = f"announce/{DEPLOYMENT_NAME}"
# What the clock starts; see flows.duties.
ANNOUNCEMENTS_FLOW, ANNOUNCEMENTS_NAME = "announcements", "every-quarter-hour"
ANNOUNCEMENTS_DEPLOYMENT = f"{ANNOUNCEMENTS_FLOW}/{ANNOUNCEMENTS_NAME}"
LIST_POSTS_FLOW, LIST_POSTS_NAME = "list-posts", "every-quarter-hour"
LIST_POSTS_DEPLOYMENT = f"{LIST_POSTS_FLOW}/{LIST_POSTS_NAME}"
DIGEST_FLOW, DIGEST_NAME = "digest", "every-quarter-hour"
DIGEST_DEPLOYMENT = f"{DIGEST_FLOW}/{DIGEST_NAME}"
NIGHTLY_FLOW, NIGHTLY_NAME = "verify-archive", "nightly"
NIGHTLY_DEPLOYMENT = f"{NIGHTLY_FLOW}/{NIGHTLY_NAME}"
MORNING_FLOW, MORNING_NAME = "morning", "at-seven"
MORNING_DEPLOYMENT = f"{MORNING_FLOW}/{MORNING_NAME}"
JOB_TAG = "mitschnitt"
DOCUMENT_TAG = "mitschnitt-document"
# With the id of the job's first run behind it, on all its other runs.
ATTEMPT_TAG = "job:"
# On the first run of a job that a person has stopped.
STOPPED_BY_HAND = "stopped"

# Artifacts of a run. A step's progress lies under the stage that it reaches, or:
COMPOSED, MARKED, CONVERTED = "composed", "marked", "converted"
MESSAGE_ARTIFACT = "meldung"  # German; its description is the error's code
CHOICES_ARTIFACT = (
    "auswahl"  # the recordings to choose from, as `transcripts.sources.recording_choice` packs them
)
RECORD_ARTIFACT = "mitschnitt"  # the record's id

# The name of the state of a failed attempt that another one follows.
WILL_RETRY = "WillRetry"
# Messages of crashed states.
INTERRUPTED = "no sign of life"
LOST_BEFORE_START = "never started"
STOPPED_WITH_WORKER = "stopped with its worker"


def attempt_key(root_id: object, number: int) -> str:
    """Prefect's idempotency key of an attempt of a job."""
    return f"{root_id}:{number}"


def transcription_limit(machine: str) -> str:
    """The concurrency limit of those that transcribe on one machine."""
    return f"transcribe-{machine}"
