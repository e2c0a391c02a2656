"""Which package may import which others: exactly these, a row a package.

A row that allows too much fails as one that allows too little: see `tests/test_architecture.py`, and
docs/architecture.md for what each room is for. A room's own name stands for the modules at its root.
"""

MAY_IMPORT: dict[str, str] = {
    # bench/
    "bench": (
        "bench.matrix bench.running bench.transcription flows.cli flows.desk flows.reading_room tasks "
        "tasks.archive tasks.fetching tasks.media tasks.recognition tasks.search tasks.storage tests "
        "transcripts transcripts.agendas transcripts.archive transcripts.chapters transcripts.german "
        "transcripts.media transcripts.pages.room transcripts.records transcripts.search transcripts.sources"
    ),
    "bench.attack": (
        "bench.running config flows.reading_room tasks.access tasks.archive tasks.fetching "
        "tasks.media tasks.processes tasks.sandbox tasks.storage tests transcripts transcripts.errors "
        "transcripts.pages transcripts.pages.room transcripts.sources"
    ),
    "bench.documents": "tasks.documents tests",
    "bench.matrix": (
        "bench.running bench.transcription tasks.fetching tasks.media tasks.recognition tests "
        "transcripts.errors transcripts.media transcripts.sources"
    ),
    "bench.running": "",
    "bench.transcription": "tasks.audio tasks.media tasks.recognition tests",
    # config/
    "config": "",
    # flows/
    "flows": (
        "config tasks tasks.access tasks.storage transcripts.archive transcripts.duties "
        "transcripts.sources transcripts.wording"
    ),
    "flows.announcing": (
        "config flows flows.delivery flows.jobs flows.orchestration flows.organiser_mails "
        "flows.reporting tasks tasks.archive tasks.channels tasks.storage transcripts "
        "transcripts.archive transcripts.errors transcripts.mail transcripts.wording"
    ),
    "flows.cli": (
        "config flows flows.announcing flows.delivery flows.doctor flows.documents flows.jobs "
        "flows.orchestration flows.organiser_mails flows.pipeline flows.reporting flows.serving flows.upkeep "
        "flows.workers tasks tasks.archive tasks.channels tasks.media tasks.processes "
        "tasks.recognition tasks.search tasks.storage transcripts transcripts.agendas transcripts.archive "
        "transcripts.chapters transcripts.corrections transcripts.documents transcripts.duties "
        "transcripts.errors transcripts.mail transcripts.media transcripts.pages.desk transcripts.records "
        "transcripts.search transcripts.sources transcripts.speech transcripts.wording"
    ),
    "flows.delivery": (
        "config flows tasks tasks.archive tasks.channels tasks.storage transcripts.errors transcripts.mail"
    ),
    "flows.desk": (
        "config flows flows.jobs flows.reading_room tasks tasks.access tasks.archive tasks.storage "
        "transcripts transcripts.agendas transcripts.archive transcripts.chapters transcripts.corrections "
        "transcripts.documents transcripts.duties transcripts.errors transcripts.mail transcripts.pages "
        "transcripts.pages.desk "
        "transcripts.pages.room transcripts.sources transcripts.wording"
    ),
    "flows.documents": (
        "flows flows.jobs flows.orchestration flows.organiser_mails flows.reporting tasks tasks.access "
        "tasks.archive tasks.documents tasks.fetching tasks.storage transcripts transcripts.archive "
        "transcripts.documents transcripts.errors transcripts.media transcripts.records "
        "transcripts.sources"
    ),
    "flows.doctor": (
        "config flows flows.announcing flows.delivery flows.orchestration flows.organiser_mails "
        "flows.pipeline flows.reading_room flows.upkeep tasks tasks.access tasks.channels tasks.documents "
        "tasks.media "
        "tasks.network tasks.processes tasks.recognition tasks.sandbox tasks.storage transcripts "
        "transcripts.archive transcripts.duties transcripts.errors transcripts.mail "
        "transcripts.speech transcripts.wording"
    ),
    "flows.jobs": (
        "config flows flows.orchestration flows.reporting tasks tasks.access tasks.archive tasks.fetching "
        "tasks.storage transcripts transcripts.captions transcripts.documents transcripts.errors "
        "transcripts.sources transcripts.wording"
    ),
    "flows.orchestration": (
        "config flows flows.reporting tasks.access tasks.processes tasks.storage transcripts.errors "
        "transcripts.wording"
    ),
    "flows.organiser_mails": (
        "config flows flows.delivery flows.jobs flows.orchestration flows.reporting tasks "
        "tasks.archive tasks.channels tasks.storage transcripts transcripts.archive "
        "transcripts.errors transcripts.mail transcripts.pages transcripts.wording"
    ),
    "flows.pipeline": (
        "config flows flows.announcing flows.delivery flows.jobs flows.orchestration "
        "flows.organiser_mails flows.reporting flows.upkeep tasks tasks.archive tasks.fetching "
        "tasks.media tasks.network tasks.processes tasks.recognition tasks.storage transcripts "
        "transcripts.archive transcripts.captions transcripts.chapters transcripts.corrections "
        "transcripts.errors transcripts.mail transcripts.media transcripts.records transcripts.sources "
        "transcripts.speech transcripts.wording"
    ),
    "flows.reading_room": (
        "config flows flows.delivery flows.orchestration flows.upkeep tasks tasks.access "
        "tasks.archive tasks.channels tasks.processes tasks.search tasks.storage transcripts "
        "transcripts.access transcripts.archive transcripts.documents transcripts.duties transcripts.errors "
        "transcripts.mail transcripts.pages.room transcripts.search transcripts.wording"
    ),
    "flows.reporting": (
        "config flows tasks.archive transcripts transcripts.archive transcripts.errors transcripts.wording"
    ),
    "flows.serving": (
        "config flows flows.announcing flows.delivery flows.desk flows.doctor flows.documents flows.jobs "
        "flows.orchestration flows.organiser_mails flows.pipeline flows.reading_room flows.upkeep "
        "tasks.archive tasks.processes tasks.storage transcripts.errors transcripts.mail "
        "transcripts.pages.room"
    ),
    "flows.upkeep": (
        "config flows flows.jobs flows.orchestration flows.organiser_mails flows.reporting tasks "
        "tasks.archive tasks.channels tasks.processes tasks.storage transcripts transcripts.archive "
        "transcripts.duties transcripts.errors transcripts.wording"
    ),
    "flows.workers": (
        "config flows flows.announcing flows.documents flows.jobs flows.orchestration "
        "flows.organiser_mails flows.pipeline flows.reporting flows.upkeep tasks tasks.processes "
        "tasks.recognition transcripts.errors"
    ),
    # tasks/
    "tasks": "",
    "tasks.access": "tasks tasks.storage transcripts.access transcripts.errors",
    "tasks.archive": (
        "tasks tasks.media tasks.processes tasks.storage transcripts transcripts.archive "
        "transcripts.corrections transcripts.documents transcripts.errors transcripts.mail "
        "transcripts.media transcripts.records transcripts.sources"
    ),
    "tasks.audio": "transcripts.speech",
    "tasks.channels": "tasks tasks.network transcripts.errors transcripts.mail",
    "tasks.documents": (
        "tasks.processes tasks.sandbox transcripts transcripts.documents transcripts.errors transcripts.media"
    ),
    "tasks.fetching": (
        "tasks tasks.processes tasks.sandbox tasks.storage transcripts transcripts.captions "
        "transcripts.documents transcripts.errors transcripts.media transcripts.sources transcripts.wording"
    ),
    "tasks.media": (
        "tasks.audio tasks.fetching tasks.media.structure tasks.processes tasks.sandbox transcripts "
        "transcripts.captions transcripts.chapters transcripts.errors transcripts.media "
        "transcripts.sources transcripts.speech"
    ),
    "tasks.media.structure": "",
    "tasks.network": "tasks transcripts transcripts.chapters transcripts.errors transcripts.sources",
    "tasks.processes": "tasks transcripts.duties transcripts.errors",
    "tasks.recognition": "tasks.audio tasks.storage transcripts transcripts.errors transcripts.speech",
    "tasks.sandbox": "tasks.processes transcripts transcripts.errors transcripts.wording",
    "tasks.search": (
        "tasks.archive tasks.storage transcripts.archive transcripts.errors transcripts.german "
        "transcripts.search"
    ),
    "tasks.storage": (
        "tasks tasks.network transcripts transcripts.archive transcripts.errors transcripts.records "
        "transcripts.sources"
    ),
    # transcripts/
    "transcripts": "",
    "transcripts.access": "transcripts",
    "transcripts.agendas": "transcripts.errors transcripts.german",
    "transcripts.archive": "transcripts transcripts.documents transcripts.media transcripts.wording",
    "transcripts.captions": (
        "transcripts transcripts.german transcripts.media transcripts.speech transcripts.wording"
    ),
    "transcripts.chapters": (
        "transcripts transcripts.agendas transcripts.errors transcripts.german transcripts.media "
        "transcripts.wording"
    ),
    "transcripts.corrections": (
        "transcripts transcripts.agendas transcripts.chapters transcripts.errors transcripts.german "
        "transcripts.sources transcripts.speech transcripts.wording"
    ),
    "transcripts.duties": "",
    "transcripts.german": "",
    "transcripts.mail": "transcripts transcripts.corrections transcripts.errors transcripts.wording",
    "transcripts.media": "transcripts transcripts.errors",
    "transcripts.pages": (
        "transcripts transcripts.captions transcripts.corrections transcripts.documents transcripts.wording"
    ),
    "transcripts.pages.desk": (
        "transcripts transcripts.agendas transcripts.captions transcripts.corrections "
        "transcripts.documents transcripts.errors transcripts.mail transcripts.pages "
        "transcripts.pages.room transcripts.sources transcripts.speech transcripts.wording"
    ),
    "transcripts.pages.room": (
        "transcripts transcripts.access transcripts.archive transcripts.corrections "
        "transcripts.documents transcripts.german transcripts.pages transcripts.search "
        "transcripts.speech transcripts.wording"
    ),
    "transcripts.records": (
        "transcripts transcripts.archive transcripts.captions transcripts.chapters "
        "transcripts.corrections transcripts.documents transcripts.media transcripts.pages"
    ),
    "transcripts.search": "transcripts transcripts.documents transcripts.german transcripts.wording",
    "transcripts.sources": (
        "transcripts transcripts.agendas transcripts.captions transcripts.documents "
        "transcripts.errors transcripts.german transcripts.media transcripts.speech transcripts.wording"
    ),
    "transcripts.speech": "transcripts transcripts.german transcripts.wording",
    "transcripts.documents": "transcripts transcripts.media",
    "transcripts.errors": "",
    "transcripts.wording": "transcripts transcripts.documents transcripts.errors",
}
