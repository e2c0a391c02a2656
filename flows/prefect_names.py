"""The names under which things are known to Prefect: pools, deployments, states, artifacts.

Loads nothing, so that the desk, the workers and the pipeline can agree cheaply.
"""

# Recordings wait in one pool, what the clock starts in another: an invitation waits for no transcription.
RECORDING_POOL = "mitschnitt"
CLOCK_POOL = "mitschnitt-clock"
RECORDING_FLOW = "recording"
DEPLOYMENT_NAME = "mitschnitt"
RECORDING_DEPLOYMENT = f"{RECORDING_FLOW}/{DEPLOYMENT_NAME}"
ANNOUNCE_DEPLOYMENT = f"announce/{DEPLOYMENT_NAME}"
JOB_TAG = "mitschnitt"

# Artifacts of a run. A step's progress lies under the stage that it reaches, or:
MARKED = "marked"
MESSAGE_ARTIFACT = "meldung"  # German; its description is the error's code
RECORD_ARTIFACT = "mitschnitt"  # the record's id

# Messages of states.
RETRIED_BY_HAND = "retried by hand"
INTERRUPTED = "interrupted"


def transcription_limit(machine: str) -> str:
    """The concurrency limit of those that transcribe on one machine."""
    return f"transcribe-{machine}"
