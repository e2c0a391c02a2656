"""What went wrong, in German for organisers: what failed, and the one thing to do next.

Only words. The classes lie beside; a test holds that each is worded here. Whether a
temporary failure is tried again by itself depends on who works, so no text says so: whoever shows it adds
that (`Again`).
"""

from enum import StrEnum

from transcripts.errors.address_errors import (
    UrlInvalidError,
    UrlLongError,
    UrlMissingError,
    UrlSchemeError,
    UrlSeveralError,
    UrlShortenedError,
)
from transcripts.errors.archive_errors import (
    CopyDiffersError,
    DigestLedgerDamagedError,
    FileDamagedError,
    IndexBusyError,
    IndexRefusedError,
    IndexUnusableError,
    MeetingLedgerDamagedError,
    ObjectDamagedError,
    RecordBusyError,
    RecordLostError,
    RecordUnknownError,
    VersionUnknownError,
)
from transcripts.errors.correction_errors import (
    AgendaNotSpokenOfError,
    CorrectionConflictError,
    CorrectionDayError,
    CorrectionEmptyError,
    CorrectionLongError,
    CorrectionNothingError,
    CorrectionPlaceError,
    CorrectionTimeError,
    CorrectionUndoneError,
    CorrectionUnknownError,
    CorrectorNameError,
)
from transcripts.errors.document_errors import (
    DocumentBombError,
    DocumentChangedError,
    DocumentDamagedError,
    DocumentEmptyError,
    DocumentHeicError,
    DocumentInterruptedError,
    DocumentKindUnknownError,
    DocumentLockedError,
    DocumentNeedsOfficeError,
    DocumentReaderCrashedError,
    DocumentTooDemandingError,
    DocumentTooLargeError,
    DocumentTooManyPagesError,
)
from transcripts.errors.error_kinds import StepError, TemporaryError
from transcripts.errors.input_errors import (
    AgendaLineError,
    AgendaLongError,
    AgendaUnreadableError,
    ChaptersLineError,
    ChaptersUnreadableError,
    TranscriptUnreadableError,
)
from transcripts.errors.job_errors import (
    DatabaseAwayError,
    JobGaveUpError,
    JobInterruptedError,
    JobNotRetryableError,
    JobUnreadableError,
    NoPrefectError,
    NoSuchJobError,
    NotHeldError,
    NoWorkerYetError,
    PrefectLoginError,
    PrefectNoneError,
    PrefectNotStartedError,
    PrefectOpenError,
    PrefectSilentError,
    PrefectUnreachableError,
)
from transcripts.errors.machine_errors import (
    BaseUrlPathError,
    CaFileEmptyError,
    CaFileUnreadableError,
    DiskFullError,
    FolderIsFileError,
    FolderRefusedError,
    FolderUnusableError,
    InternalError,
    KeyUnreadableError,
    NoDoorError,
    PortTakenError,
    PrefectPortTakenError,
    SecretChangedError,
    TookTooLongError,
)
from transcripts.errors.mail_errors import (
    AnnouncementGivenUpError,
    ChannelCertificateError,
    ChannelDelayedError,
    ChannelRefusedError,
    ChannelUnreachableError,
    DeliveryInterruptedError,
    DigestNotDueError,
    DigestRefusedError,
    DigestWaitingError,
    ImapUrlError,
    ListRejectedError,
    MailAddressInvalidError,
    MailboxCertificateError,
    MailboxFolderError,
    MailboxLoginError,
    MailboxUnreachableError,
    MailmanListError,
    MailmanLoginError,
    MailmanUnreachableError,
    MembersAwayError,
    MembersUnreadableError,
    NothingToResolveError,
    OutcomeUnknownError,
    SignalGroupError,
    SignalRefusedError,
    SmtpCertificateError,
    SmtpDelayedError,
    SmtpLoginError,
    SmtpRefusedError,
    SmtpUnreachableError,
    SmtpUrlError,
    TemplateBrokenError,
)
from transcripts.errors.media_errors import (
    ConversionStuckError,
    CutTooLongError,
    EmptyFileError,
    EncodeFailedError,
    MediaUnforeseenError,
    MemoryUsedUpError,
    NoAudioError,
    NotFinishedError,
    NotMediaError,
    PictureCodecUnknownError,
    PictureTooLargeError,
    ProcessorUsedUpError,
    ReaderCrashedError,
    ReadingInterruptedError,
    RecordingDamagedError,
    RoomUsedUpError,
    SoundCodecUnknownError,
    SoundMissingError,
    TimeUsedUpError,
    TooManyTracksError,
    TrackUnknownError,
    TruncatedError,
    WebPageError,
    ZipFileError,
)
from transcripts.errors.meeting_errors import (
    MailWaitingError,
    MeetingRestlessError,
    MeetingsUnreadableError,
    MeetingUnknownError,
    MeetingVanishedError,
)
from transcripts.errors.recognition_errors import (
    GlossaryUnreadableError,
    LanguageModelAwayError,
    LanguageModelFailedError,
    LanguageModelLoginError,
    ModelDamagedError,
    ModelUnknownError,
    ModelUnreachableError,
)
from transcripts.errors.source_errors import (
    AddressPrivateError,
    BotSuspectedError,
    CertificateError,
    CertificateExpiredError,
    CertificateOtherHostError,
    CertificateUntrustedError,
    ChooseRecordingError,
    ConnectionLostError,
    DocumentPageError,
    DrmError,
    FetchFailedError,
    FetchInterruptedError,
    FolderEmptyError,
    ForbiddenError,
    GeoBlockedError,
    GoneError,
    HostUnknownError,
    KeyMissingError,
    LiveError,
    LoginPageError,
    LoginRequiredError,
    ManyDocumentsError,
    ManyRecordingsError,
    MeetingLinkError,
    NameServersAwayError,
    NoDocumentError,
    NoMediaError,
    NotFoundError,
    NothingListensError,
    OtherFilesError,
    PackedBombError,
    PackedFolderError,
    PageTooCostlyError,
    PageTooLargeError,
    PageUnreadableError,
    PasscodeNeededError,
    PasscodeWrongError,
    PrivateVideoError,
    QuotaUsedUpError,
    RecordingDeletedError,
    RecordingNotYetError,
    RecordingProcessingError,
    RecordingUnknownError,
    RecordingUnpublishedError,
    RedirectLoopError,
    SegmentMissingError,
    ServerFailureError,
    ServerTimeoutError,
    ServerTooSlowError,
    ShareGoneError,
    ShareNoDownloadError,
    ShareUnreadableError,
    ShareUploadOnlyError,
    SiteUnsupportedError,
    TooLargeError,
    TooLongError,
    TooManyRequestsError,
    TooManySegmentsError,
)
from transcripts.errors.storage_errors import (
    StorageBusyError,
    StorageCertificateError,
    StorageClockError,
    StorageCorruptedError,
    StorageExpiredError,
    StorageFullError,
    StorageMissingError,
    StorageReadOnlyError,
    StorageRefusedError,
    StorageTimeoutError,
    StorageUnreachableError,
)
from transcripts.errors.upload_errors import (
    FileMissingError,
    InboxLinkError,
    InboxStoppedError,
    UploadIncompleteError,
    UploadMovedOnError,
    UploadNameError,
    UploadNotMediaError,
    UploadQuotaError,
    UploadTooLargeError,
    UploadTooLongError,
    UploadUnknownError,
)
from transcripts.model import AgendaOutcome
from transcripts.wording.german_formats import format_clock, format_duration, format_number

_UNKNOWN = "unbekannt"

# Placeholders are the details of the error; those that end
# in _seconds are shown as a time on the recording.
WORDINGS: dict[type[StepError], str] = {
    # The address
    UrlMissingError: "Es fehlt die Adresse der Aufzeichnung. Bitte den vollständigen Link einfügen.",
    UrlSchemeError: (
        "Die Adresse beginnt nicht mit https:// oder http://. "
        "Bitte den Link vollständig aus der Adresszeile des Browsers kopieren."
    ),
    UrlLongError: (
        "Die Adresse ist zu lang; höchstens {most} Zeichen haben Platz. "
        "Bitte nur die Adresse der Aufzeichnung einfügen."
    ),
    UrlInvalidError: (
        "Die Adresse ist nicht lesbar. Bitte den Link noch einmal aus der Adresszeile des Browsers kopieren."
    ),
    UrlSeveralError: (
        "Darin stehen {count} Links: {links}. Welcher führt zur Aufzeichnung? Bitte nur diesen einfügen."
    ),
    UrlShortenedError: (
        "Der Link ist nur gekürzt dargestellt und endet mit „…“. "
        "Bitte ihn im Browser öffnen und aus der Adresszeile kopieren."
    ),
    # Fetching
    AddressPrivateError: (
        "Die Adresse führt zu einem internen Rechner ({host}), der aus Sicherheitsgründen gesperrt ist. "
        "Bitte eine öffentlich erreichbare Adresse angeben oder den Rechner in den Einstellungen "
        "unter „fetch.allow_hosts“ eintragen lassen."
    ),
    NotFoundError: (
        "Unter dieser Adresse gibt es keine Aufzeichnung (mehr). "
        "Bitte den Link im Browser öffnen und prüfen, ob er vollständig ist."
    ),
    GoneError: (
        "Die Aufzeichnung wurde dort gelöscht. "
        "Bitte nachfragen, ob sie noch jemand hat, und sie als Datei hochladen oder neu bereitstellen."
    ),
    HostUnknownError: (
        "Einen Rechner mit dem Namen {host} gibt es nicht. Bitte die Adresse auf Tippfehler prüfen."
    ),
    NameServersAwayError: (
        "Es ließ sich nicht herausfinden, wo {host} zu erreichen ist: Die Auskunft dafür antwortet nicht. "
        "Bleibt es dabei, bitte die Netzverbindung prüfen lassen."
    ),
    NothingListensError: (
        "Auf {host} nimmt gerade niemand Verbindungen an. "
        "Bleibt es dabei, bitte die Adresse prüfen oder beim Betrieb dieses Servers nachfragen."
    ),
    RedirectLoopError: (
        "Die Adresse verweist im Kreis immer wieder auf sich selbst. "
        "Bitte den Link im Browser öffnen und die Adresse nehmen, die dort am Ende steht."
    ),
    TooManyRequestsError: (
        "Der Server hat zu viele Anfragen bekommen und nimmt vorerst keine mehr an. "
        "Bleibt es dabei, bitte die Aufzeichnung herunterladen und als Datei hochladen."
    ),
    ForbiddenError: (
        "Der Server verweigert den Zugriff auf die Aufzeichnung. "
        "Bitte die Aufzeichnung dort für alle mit dem Link freigeben."
    ),
    LoginRequiredError: (
        "Die Aufzeichnung ist erst nach einer Anmeldung zu sehen. "
        "Bitte sie für alle mit dem Link freigeben oder die Datei selbst herunterladen und hochladen."
    ),
    PasscodeNeededError: (
        "Die Aufzeichnung ist mit einem Passwort geschützt. Bitte es als Kenncode eintragen."
    ),
    LoginPageError: (
        "Unter dieser Adresse ist eine Anmeldeseite zu sehen und keine Aufzeichnung. "
        "Bitte die Aufzeichnung für alle mit dem Link freigeben oder die Datei selbst hochladen."
    ),
    PrivateVideoError: (
        "Das Video ist als privat eingestellt. Bitte es dort auf „nicht gelistet“ oder „öffentlich“ stellen."
    ),
    GeoBlockedError: (
        "Die Aufzeichnung ist in dem Land gesperrt, in dem unser Rechner steht. "
        "Bitte die Ländersperre aufheben oder die Datei selbst hochladen."
    ),
    BotSuspectedError: (
        "Die Plattform verlangt den Nachweis, dass ein Mensch die Aufzeichnung abruft. "
        "Bitte sie selbst herunterladen und als Datei hochladen."
    ),
    SiteUnsupportedError: (
        "Von dieser Plattform lässt sich nichts laden. "
        "Bitte die Aufzeichnung selbst herunterladen und als Datei hochladen."
    ),
    PasscodeWrongError: (
        "Der Kenncode stimmt nicht: Mit ihm gibt der Server die Aufzeichnung nicht heraus. "
        "Bitte den Kenncode oder das Passwort der Freigabe noch einmal genau abschreiben."
    ),
    QuotaUsedUpError: (
        "Der Server gibt diese Datei gerade nicht mehr heraus, weil sie zu oft heruntergeladen wurde. "
        "Bitte es morgen noch einmal versuchen oder die Aufzeichnung an einem anderen Ort bereitstellen."
    ),
    ChooseRecordingError: (
        "In diesem Ordner liegen mehrere Aufzeichnungen ({count}). "
        "Bitte eine davon auswählen; jede hat eine eigene Adresse."
    ),
    FolderEmptyError: (
        "Der freigegebene Ordner ist leer. "
        "Bitte die Aufzeichnung dort ablegen und es danach noch einmal versuchen."
    ),
    PackedFolderError: (
        "Statt einer Aufzeichnung liegt dort ein gepackter Ordner (zum Beispiel ZIP). "
        "Bitte den Link des Ordners oder der Videodatei selbst angeben."
    ),
    OtherFilesError: (
        "Dort liegt keine Aufzeichnung, sondern etwas anderes ({kinds}). "
        "Bitte den Link der Video- oder Tondatei angeben."
    ),
    NoDocumentError: (
        "Dort liegt kein Dokument, sondern etwas anderes ({kinds}). "
        "Bitte den Link der Datei selbst angeben, zum Beispiel einer PDF- oder Word-Datei."
    ),
    ManyDocumentsError: (
        "Dort liegen {count} Dokumente. "
        "Bitte den Link des einen angeben oder die Dateien herunterladen und hier hochladen."
    ),
    DocumentPageError: (
        "Unter dieser Adresse liegt eine Webseite und keine Datei. "
        "Bitte die Adresse der Datei selbst angeben, oder die Seite als PDF speichern und hochladen."
    ),
    ShareGoneError: (
        "Diese Freigabe gibt es nicht (mehr), weil sie abgelaufen oder gelöscht ist "
        "oder die Datei nicht mehr darin liegt. "
        "Bitte die Aufzeichnung neu freigeben lassen und den neuen Link angeben."
    ),
    ShareNoDownloadError: (
        "Diese Freigabe erlaubt nur das Ansehen, nicht das Herunterladen. "
        "Bitte in der Freigabe das Herunterladen erlauben lassen."
    ),
    ShareUploadOnlyError: (
        "Diese Freigabe nimmt nur Dateien an und gibt keine heraus. "
        "Bitte die Aufzeichnung zum Ansehen und Herunterladen freigeben lassen."
    ),
    ShareUnreadableError: (
        "Der Server listet diesen Ordner nicht so auf, dass sich die Aufzeichnung darin finden lässt. "
        "Bitte den Link der einzelnen Videodatei angeben."
    ),
    NoMediaError: (
        "Auf dieser Seite wurde keine Aufzeichnung gefunden. "
        "Bitte den Link zur Wiedergabeseite oder direkt zur Videodatei angeben."
    ),
    PageUnreadableError: (
        "Auf der Seite dieser Plattform ließ sich die Aufzeichnung nicht finden: Die Seite wurde umgebaut, "
        "zeigt nur Angemeldeten etwas, oder der Link ist unvollständig. "
        "Lässt sie sich im Browser abspielen, bitte sie dort herunterladen und als Datei hochladen."
    ),
    MeetingLinkError: (
        "Dieser Link führt in die Besprechung und nicht zu ihrer Aufzeichnung. "
        "Bitte den Link zur Aufzeichnung angeben; gibt es keinen, bitte sie als Datei hochladen."
    ),
    ManyRecordingsError: (
        "Hinter dieser Adresse liegen mehrere Aufzeichnungen ({count}). "
        "Bitte den Link der gewünschten einzelnen Aufzeichnung angeben."
    ),
    LiveError: (
        "Das ist eine laufende oder angekündigte Übertragung und noch keine Aufzeichnung. "
        "Bitte nach dem Ende der Übertragung erneut versuchen."
    ),
    DrmError: (
        "Die Aufzeichnung ist kopiergeschützt und lässt sich nicht herunterladen. "
        "Bitte eine Fassung ohne Kopierschutz bereitstellen."
    ),
    SegmentMissingError: (
        "Von der Aufzeichnung fehlt auf dem Server ein Stück. "
        "Bitte sie dort neu hochladen oder einen anderen Link angeben."
    ),
    KeyMissingError: (
        "Die Aufzeichnung ist verschlüsselt, und der Server gibt den Schlüssel dazu nicht heraus. "
        "Bitte sie ohne Verschlüsselung bereitstellen oder die Datei selbst hochladen."
    ),
    CertificateExpiredError: (
        "Das Sicherheitszertifikat des Servers ({host}) gilt heute nicht: Es ist abgelaufen oder gilt "
        "erst später. Bitte den Betrieb dieses Servers um ein neues bitten."
    ),
    CertificateOtherHostError: (
        "Das Sicherheitszertifikat, das der Server zeigt, gilt nicht für {host}. "
        "Bitte die Adresse prüfen; stimmt sie, bitte den Betrieb dieses Servers benachrichtigen."
    ),
    CertificateUntrustedError: (
        "Das Sicherheitszertifikat des Servers ({host}) hat keine anerkannte Stelle ausgestellt. "
        "Bitte den Betrieb dieses Servers um ein anerkanntes bitten oder die Datei selbst hochladen."
    ),
    CertificateError: (
        "Das Sicherheitszertifikat des Servers ({host}) ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    TooLongError: (
        "Die Aufzeichnung dauert {hours} Stunden; erlaubt sind höchstens {limit_hours}. "
        "Bitte sie kürzen oder die Grenze „fetch.max_duration_hours“ anheben lassen."
    ),
    TooLargeError: (
        "Die Aufzeichnung ist mit {gigabytes} GB zu groß; erlaubt sind höchstens {limit_gigabytes} GB. "
        "Bitte eine kleinere Fassung angeben oder die Grenze „fetch.max_size_gb“ anheben lassen."
    ),
    RecordingUnknownError: (
        "Auf diesem BigBlueButton-Server gibt es unter dieser Adresse keine veröffentlichte Aufzeichnung "
        "(gelöscht, zurückgezogen, nie veröffentlicht, oder der Link ist unvollständig). "
        "Bitte den Link im Browser öffnen und, wenn er auch dort nichts zeigt, beim Betrieb des Raums "
        "nachfragen."
    ),
    RecordingNotYetError: (
        "Auf diesem BigBlueButton-Server ist die Aufzeichnung dieses Treffens noch nicht zu finden; nach dem "
        "Treffen wird sie oft erst nach Stunden fertig. "
        "Erscheint sie bis zum nächsten Tag nicht, bitte den Link im Browser prüfen."
    ),
    RecordingProcessingError: (
        "Der BigBlueButton-Server verarbeitet diese Aufzeichnung noch; das kann Stunden dauern. "
        "Bleibt es länger als einen Tag dabei, bitte beim Betrieb des Servers nachfragen."
    ),
    RecordingUnpublishedError: (
        "Die Aufzeichnung liegt auf dem BigBlueButton-Server, ist aber nicht veröffentlicht. "
        "Bitte sie im Raum bei den Aufzeichnungen veröffentlichen und es dann erneut versuchen."
    ),
    RecordingDeletedError: (
        "Die Aufzeichnung wurde auf dem BigBlueButton-Server gelöscht. "
        "Hat noch jemand die Datei, bitte sie selbst hochladen."
    ),
    FetchFailedError: (
        "Die Aufzeichnung ließ sich nicht herunterladen (Meldung: {reason}). "
        "Bitte prüfen, ob sie sich im Browser ohne Anmeldung abspielen lässt, "
        "oder die Datei selbst hochladen."
    ),
    ServerTimeoutError: (
        "Der Server antwortet nicht mehr. "
        "Bleibt es dabei, bitte prüfen, ob sich der Link im Browser öffnen lässt."
    ),
    ServerFailureError: (
        "Der Server meldet eine Störung ({status}). "
        "Bleibt es dabei, bitte prüfen, ob sich der Link im Browser öffnen lässt."
    ),
    ConnectionLostError: (
        "Die Verbindung zum Server ist abgerissen oder kam nicht zustande. "
        "Was schon geladen ist, bleibt erhalten; bleibt es dabei, bitte die Adresse prüfen."
    ),
    FetchInterruptedError: (
        "Das Herunterladen wurde auf unserem Rechner unterbrochen. "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # Uploading
    UploadUnknownError: ("Die hochgeladene Datei ist nicht mehr da. Bitte sie noch einmal hochladen."),
    UploadIncompleteError: (
        "Die Datei ist noch nicht vollständig hochgeladen. Bitte das Hochladen abwarten oder fortsetzen."
    ),
    UploadMovedOnError: (
        "Die Datei wird gerade auch von woanders hochgeladen. "
        "Bitte einen Augenblick warten; es geht von selbst weiter."
    ),
    UploadTooLongError: (
        "Es kam mehr an, als zu der Datei gehört. Bitte sie noch einmal von vorn hochladen."
    ),
    UploadTooLargeError: (
        "Die Datei ist mit {gigabytes} GB zu groß; erlaubt sind höchstens {limit_gigabytes} GB. "
        "Bitte eine kleinere Fassung hochladen."
    ),
    UploadQuotaError: (
        "Es warten schon so viele hochgeladene Dateien auf ihre Verarbeitung, dass diese nicht mehr passt. "
        "Erlaubt sind {limit_gigabytes} GB. Bitte warten, bis sie verarbeitet sind, "
        "oder die Technik um mehr Platz bitten."
    ),
    UploadNameError: (
        "Das ist dem Namen nach keine Video- oder Tondatei. "
        "Bitte eine Datei wie „Treffen.mp4“ oder „Treffen.mp3“ auswählen."
    ),
    UploadNotMediaError: ("Die Datei enthält weder Video noch Ton. Bitte die Aufzeichnung selbst auswählen."),
    FileMissingError: ("Die Datei {path} gibt es nicht, oder sie ist nicht lesbar. Bitte den Pfad prüfen."),
    InboxLinkError: (
        "Im Eingangsordner liegt nur eine Verknüpfung und keine Datei. "
        "Bitte die Datei selbst in den Ordner legen."
    ),
    InboxStoppedError: (
        "Die Verarbeitung wurde in der Redaktion angehalten. "
        "Soll sie doch weitergehen, bitte dort auf „Doch weitermachen“ gehen."
    ),
    # Reading and converting the file
    NotMediaError: (
        "Die Datei enthält keine abspielbare Aufzeichnung. "
        "Bitte den Link prüfen: Er soll direkt zum Video oder zum Ton führen."
    ),
    EmptyFileError: (
        "Die Datei ist leer. "
        "Bitte prüfen, ob die Aufzeichnung vollständig hochgeladen ist, und sie neu hochladen."
    ),
    ZipFileError: (
        "Das ist ein gepacktes Archiv (zum Beispiel ZIP) und kein Video. "
        "Bitte es entpacken und das Video oder den Ton daraus angeben."
    ),
    WebPageError: (
        "Statt der Aufzeichnung kam eine Webseite. "
        "Bitte den Link im Browser öffnen und den nehmen, mit dem die Datei selbst herunterzuladen ist."
    ),
    NotFinishedError: (
        "Der Datei fehlt das Ende, und ohne dieses lässt sie sich nicht abspielen: Die Aufnahme wurde nicht "
        "zu Ende geschrieben oder nicht vollständig hochgeladen. Bitte die Datei vollständig neu hochladen; "
        "lässt auch sie sich nicht abspielen, bitte die Aufzeichnung neu exportieren."
    ),
    NoAudioError: (
        "Die Aufzeichnung hat keinen Ton; ohne Ton gibt es nichts mitzuschreiben. "
        "Bitte eine Fassung mit Ton angeben."
    ),
    SoundMissingError: (
        "Die Datei soll {duration_seconds} dauern, darin liegt aber fast kein Ton. "
        "Bitte die Aufzeichnung neu exportieren oder vollständig neu hochladen."
    ),
    TrackUnknownError: (
        "Eine Tonspur {track} mit Ton hat die Aufzeichnung nicht; es gibt: {tracks}. "
        "Bitte die Nummer einer dieser Tonspuren angeben."
    ),
    RecordingDamagedError: (
        "Die Aufzeichnung ist ab {position_seconds} beschädigt. "
        "Bitte die Datei neu exportieren oder neu hochladen."
    ),
    TruncatedError: (
        "Die Aufzeichnung bricht bei {position_seconds} ab, angekündigt sind {duration_seconds}. "
        "Bitte die Datei vollständig neu hochladen."
    ),
    CutTooLongError: (
        "Es soll mehr weggeschnitten werden ({cut_seconds}), als die Aufzeichnung dauert "
        "({duration_seconds}). Bitte am Anfang oder am Ende weniger wegschneiden."
    ),
    EncodeFailedError: (
        "Die Aufzeichnung ließ sich nicht umwandeln (Meldung: {reason}). "
        "Bitte sie in einem gängigen Format wie MP4 bereitstellen."
    ),
    ConversionStuckError: (
        "Das Umwandeln der Aufzeichnung kam {minutes} Minuten lang nicht voran und wurde abgebrochen. "
        "Bitte es noch einmal anstoßen; bleibt es dabei, bitte eine Fassung in einem anderen Format angeben."
    ),
    # Documents
    DocumentKindUnknownError: (
        "Diese Datei ist kein Dokument, das hier aufgenommen wird. Genommen werden PDF, Word (DOCX, DOC), "
        "RTF, OpenDocument (ODT, ODS, ODP), Excel (XLSX), PowerPoint (PPTX), Text, Markdown, HTML und Bilder "
        "(JPEG, PNG, TIFF, WebP). Bitte das Dokument in einer dieser Formen einreichen, am besten als PDF."
    ),
    DocumentHeicError: (
        "Dieses Bild ist im Format HEIC, das hier nicht gelesen werden kann. Bitte es als JPEG oder PDF "
        "speichern und noch einmal einreichen. Am iPhone: in „Dateien“ lange darauf tippen, "
        "„Schnellaktionen“, „Bild konvertieren“."
    ),
    DocumentEmptyError: (
        "Die Datei ist leer. Bitte prüfen, ob sie sich öffnen lässt, und sie noch einmal einreichen."
    ),
    DocumentLockedError: (
        "Das Dokument ist mit einem Passwort geschützt. Bitte eine Fassung ohne Passwort einreichen."
    ),
    DocumentDamagedError: (
        "Das Dokument ist beschädigt und lässt sich nicht öffnen. "
        "Bitte es neu speichern oder als PDF exportieren und noch einmal einreichen."
    ),
    DocumentBombError: (
        "Die Datei entpackt sich auf ein Vielfaches dessen, was ein Dokument braucht, und wird deshalb nicht "
        "gelesen. Bitte das Dokument als PDF einreichen."
    ),
    DocumentTooLargeError: (
        "Das Dokument ist mit {megabytes} MB zu groß; erlaubt sind höchstens {most_megabytes} MB. "
        "Bitte es verkleinern, etwa durch kleinere Bilder, oder in Teilen einreichen."
    ),
    DocumentTooManyPagesError: (
        "Das Dokument hat {count} Seiten; erlaubt sind höchstens {most}. Bitte es in Teilen einreichen."
    ),
    DocumentNeedsOfficeError: (
        "Dateien der Art {kind} kann nur LibreOffice lesen, und das fehlt auf dem Server. "
        "Bitte das Dokument als PDF oder DOCX einreichen."
    ),
    DocumentTooDemandingError: (
        "Das Dokument zu lesen braucht mehr Arbeitsspeicher, Zeit oder Platz, als dafür erlaubt ist; ein "
        "gewöhnliches braucht viel weniger. Bitte es neu als PDF exportieren und noch einmal einreichen."
    ),
    DocumentReaderCrashedError: (
        "An diesem Dokument ist das Programm gescheitert, das es lesen sollte; vermutlich ist die Datei "
        "beschädigt. Bitte sie neu als PDF exportieren und noch einmal einreichen."
    ),
    DocumentChangedError: (
        "Jemand anderes hat dieses Dokument inzwischen geändert. "
        "Bitte die Seite neu laden und die Änderung dort noch einmal eintragen."
    ),
    DocumentInterruptedError: (
        "Das Lesen des Dokuments wurde auf unserem Rechner unterbrochen. "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # What used too much
    MemoryUsedUpError: (
        "Die Aufzeichnung braucht mehr Arbeitsspeicher als die erlaubten {gigabytes} GB; eine gewöhnliche "
        "braucht viel weniger. Bitte sie in einem gängigen Format wie MP4 neu exportieren."
    ),
    ProcessorUsedUpError: (
        "Die Aufzeichnung braucht mehr Rechenzeit als die erlaubten {minutes} Minuten; eine gewöhnliche "
        "braucht viel weniger. Bitte sie in einem gängigen Format wie MP4 neu exportieren."
    ),
    TimeUsedUpError: (
        "Die Aufzeichnung war nach den erlaubten {minutes} Minuten nicht fertig verarbeitet; "
        "eine gewöhnliche braucht viel weniger. Bitte sie in einem gängigen Format wie MP4 neu exportieren."
    ),
    RoomUsedUpError: (
        "Aus der Aufzeichnung entsteht eine Datei von mehr als den erlaubten {gigabytes} GB. "
        "Bitte sie in einem gängigen Format wie MP4 neu exportieren."
    ),
    ReaderCrashedError: (
        "An dieser Aufzeichnung ist das Programm abgestürzt, das sie lesen sollte; vermutlich ist die Datei "
        "beschädigt. Bitte sie in einem gängigen Format wie MP4 neu exportieren."
    ),
    MediaUnforeseenError: (
        "Beim Lesen der Aufzeichnung ist ein Fehler aufgetreten, mit dem nicht zu rechnen war (Meldung: "
        "{reason}). Bitte sie in einem gängigen Format wie MP4 neu exportieren; bleibt es dabei, bitte die "
        "Technik benachrichtigen."
    ),
    ReadingInterruptedError: (
        "Das Verarbeiten der Aufzeichnung wurde auf unserem Rechner unterbrochen. "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    SoundCodecUnknownError: (
        "Der Ton der Aufzeichnung ist in einem Format, das hier kein Programm kennt. "
        "Bitte sie in einem gängigen Format wie MP4 (H.264 und AAC) neu exportieren."
    ),
    PictureCodecUnknownError: (
        "Das Bild der Aufzeichnung ist in einem Format, das hier kein Programm kennt. "
        "Bitte sie in einem gängigen Format wie MP4 (H.264 und AAC) neu exportieren."
    ),
    PictureTooLargeError: (
        "Das Bild der Aufzeichnung ist mit {width} × {height} Punkten zu groß; erlaubt sind höchstens "
        "8192 × 4352. Bitte sie mit einem kleineren Bild neu exportieren."
    ),
    TooManyTracksError: (
        "Die Datei enthält {count} Spuren; erlaubt sind höchstens {most}. "
        "Bitte sie mit nur einem Bild und einem Ton neu exportieren."
    ),
    TooManySegmentsError: (
        "Die Aufzeichnung besteht ihrer Liste nach aus mehr als den erlaubten {most} Teilen. "
        "Bitte den Link direkt zur Videodatei angeben."
    ),
    PackedBombError: (
        "Der Server schickt gepackte Daten, die sich auf mehr als das {times}-Fache aufblähen; das tut keine "
        "Aufzeichnung. Bitte den Link direkt zur Videodatei angeben."
    ),
    PageTooLargeError: (
        "Die Seite hinter der Adresse ist größer als die erlaubten {megabytes} MB. "
        "Bitte den Link direkt zur Videodatei angeben."
    ),
    PageTooCostlyError: (
        "Die Seite hinter der Adresse ließ sich in der erlaubten Rechenzeit ({seconds} Sekunden) nicht "
        "auswerten. Bitte den Link direkt zur Videodatei angeben."
    ),
    ServerTooSlowError: (
        "Der Server schickt so wenig, dass in {minutes} Minuten fast nichts ankam. "
        "Bitte später noch einmal anstoßen oder die Datei selbst herunterladen und hochladen."
    ),
    DiskFullError: ("Auf dem Rechner ist zu wenig Speicherplatz frei ({path}). Bitte dort Platz schaffen."),
    FolderIsFileError: (
        "{path} ist kein Ordner; deshalb lässt sich {folder} nicht benutzen. "
        "Bitte einen anderen Ordner eintragen oder diese Datei entfernen."
    ),
    FolderRefusedError: (
        "In {path} darf nicht geschrieben werden. "
        "Bitte die Rechte dieses Ordners ändern lassen oder einen anderen eintragen."
    ),
    FolderUnusableError: (
        "In {path} lässt sich nicht schreiben (Meldung: {reason}). "
        "Bitte den Ordner prüfen lassen oder einen anderen eintragen."
    ),
    KeyUnreadableError: (
        "Die Schlüsseldatei {path} ist nicht lesbar oder unvollständig. Bitte sie aus der Sicherung "
        "zurückholen; nur ohne eine Sicherung löschen, denn damit enden alle Anmeldungen."
    ),
    CaFileUnreadableError: (
        "Die Datei mit Zertifikaten ({path}) gibt es nicht, oder sie ist nicht lesbar. "
        "Bitte „ca_file“ in den Einstellungen berichtigen oder weglassen; dann gelten die des Systems."
    ),
    CaFileEmptyError: (
        "In der Datei {path} steht kein Zertifikat. Bitte unter „ca_file“ eine Datei im PEM-Format angeben, "
        "in der „BEGIN CERTIFICATE“ vorkommt."
    ),
    # Transcribing
    ModelUnknownError: (
        "Das Sprachmodell „{model}“ ist nicht vorhanden. "
        "Bitte den Namen in den Einstellungen unter „transcription.model“ prüfen lassen."
    ),
    GlossaryUnreadableError: (
        "Das Glossar ist nicht lesbar ({reason}). "
        "Bitte die Datei berichtigen, die in den Einstellungen unter „transcription.glossary“ steht."
    ),
    ModelDamagedError: (
        "Die Dateien des Sprachmodells sind unvollständig oder verändert. "
        "Bitte das Modell neu einrichten lassen."
    ),
    ModelUnreachableError: (
        "Das Sprachmodell „{model}“ ließ sich nicht laden, weil seine Quelle nicht erreichbar ist. "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # Wording titles
    LanguageModelFailedError: (
        "Das Sprachmodell für Kapiteltitel hat nicht brauchbar geantwortet ({reason}). Die Titel stammen "
        "deshalb aus dem Gesagten. Bitte „chapters.llm_url“ in den Einstellungen prüfen lassen."
    ),
    LanguageModelAwayError: (
        "Unter „chapters.llm_url“ antwortet {host} nicht; Kapiteltitel stammen so lange aus dem Gesagten. "
        "Bleibt es dabei, bitte die Adresse prüfen lassen."
    ),
    LanguageModelLoginError: (
        "{host} lehnt den Schlüssel für das Sprachmodell ab. "
        "Bitte „chapters.llm_api_key“ in den Einstellungen prüfen lassen."
    ),
    # Recordings under way
    SecretChangedError: (
        "Die Adresse samt Kenncode lässt sich nicht mehr entschlüsseln, weil der Schlüssel in den "
        "Einstellungen gewechselt hat. Bitte die Aufzeichnung mit ihrem Kenncode neu aufgeben."
    ),
    NoSuchJobError: (
        "Diesen Auftrag gibt es nicht (mehr). Bitte in der Übersicht nachsehen oder ihn neu aufgeben."
    ),
    JobUnreadableError: (
        "Die Angaben zu diesem Auftrag sind nicht lesbar. Bitte die Aufzeichnung noch einmal aufgeben."
    ),
    JobNotRetryableError: "Dieser Auftrag läuft noch oder ist schon erledigt. Bitte den Stand neu laden.",
    NotHeldError: (
        "Diese Aufzeichnung wartet nicht mehr auf ihre Freigabe und lässt sich deshalb nicht neu machen. "
        "Bitte die Seite neu laden."
    ),
    JobInterruptedError: (
        "Der Rechner, der daran gearbeitet hat, meldet sich nicht mehr. "
        "Es geht von selbst weiter, sobald ein Rechner frei ist; bitte warten."
    ),
    JobGaveUpError: (
        "Die Verarbeitung ist {count}-mal abgebrochen und wird nicht von selbst wiederholt. "
        "Bitte die Technik benachrichtigen und sie danach noch einmal anstoßen."
    ),
    PrefectUnreachableError: (
        "Die Auftragsverwaltung antwortet gerade nicht. Bitte es in einer Minute noch einmal versuchen; "
        "bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    PrefectNotStartedError: (
        "Prefect ließ sich für diesen Aufruf nicht starten (Meldung: {reason}). "
        "Bitte die Technik benachrichtigen."
    ),
    PrefectSilentError: (
        "Der Prefect-Server auf {host} ist nicht erreichbar. Was läuft, geht weiter, sobald er antwortet; "
        "bleibt es dabei, bitte die Adresse unter [prefect] „api_url“ und den Server prüfen lassen."
    ),
    PrefectLoginError: (
        "Der Prefect-Server auf {host} lehnt das Kennwort ab. "
        "Bitte unter [prefect] „auth“ auf allen Rechnern dasselbe eintragen (Name:Kennwort)."
    ),
    PrefectNoneError: (
        "Auf {host} antwortet etwas, aber kein Prefect-Server. Bitte unter [prefect] „api_url“ berichtigen, "
        "zum Beispiel http://prefect.intern:4200/api."
    ),
    DatabaseAwayError: (
        "Die Datenbank auf {host} ist nicht erreichbar (Meldung: {reason}). "
        "Bleibt es dabei, bitte unter [prefect] „database_url“ prüfen lassen."
    ),
    PrefectOpenError: (
        "Prefects Server soll unter {host} auch für andere Rechner offen sein, aber ohne Kennwort. "
        "Bitte unter [prefect] „auth“ setzen (Name:Kennwort), auf allen Rechnern gleich."
    ),
    NoPrefectError: (
        "Es ist nicht eingestellt, welcher Prefect-Server die Arbeit verteilt. Bitte unter [prefect] "
        "„api_url“ setzen; auf einem einzelnen Rechner genügt „mitschnitt serve“."
    ),
    NoWorkerYetError: (
        "Noch hat sich kein Rechner gemeldet, der Aufzeichnungen verarbeitet. "
        "Bitte es in einer Minute noch einmal versuchen; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # Storing
    StorageUnreachableError: (
        "Der Speicherort des Archivs ({place}) ist nicht erreichbar. "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    StorageTimeoutError: (
        "Der Speicherort des Archivs ({place}) antwortet nicht rechtzeitig. "
        "Bleibt es dabei, bitte die Netzverbindung prüfen lassen."
    ),
    StorageBusyError: (
        "Der Speicherdienst des Archivs ({place}) ist überlastet oder gestört (Meldung: {reason}). "
        "Bleibt es dabei, bitte beim Anbieter nachfragen."
    ),
    StorageCorruptedError: (
        "Was im Archiv ankam ({place}), ist nicht, was abgeschickt wurde. "
        "Bleibt es dabei, bitte Netz und Speicher prüfen lassen."
    ),
    StorageFullError: (
        "Der Speicherplatz des Archivs ({place}) ist aufgebraucht. Bitte beim Anbieter mehr Platz buchen."
    ),
    StorageMissingError: (
        "Den Bucket des Archivs ({place}) gibt es nicht. "
        "Bitte ihn beim Anbieter anlegen oder den Namen in den Einstellungen unter „archive.url“ berichtigen."
    ),
    StorageExpiredError: (
        "Die Zugangsdaten zum Archiv ({place}) sind abgelaufen. "
        "Bitte neue ausstellen lassen und in den Einstellungen unter „archive“ eintragen."
    ),
    StorageClockError: (
        "Die Uhr dieses Rechners geht falsch, deshalb lehnt das Archiv ({place}) alles ab. "
        "Bitte die Uhrzeit stellen lassen (am besten über NTP)."
    ),
    StorageCertificateError: (
        "Dem Sicherheitszertifikat des Archivs ({place}) ist nicht zu trauen. "
        "Bitte die Adresse prüfen oder das richtige Zertifikat unter „archive.ca_file“ eintragen lassen."
    ),
    StorageReadOnlyError: (
        "Im Archiv ({place}) darf mit diesem Zugang nur gelesen werden. "
        "Bitte unter „archive“ den Schlüssel der Verarbeitung eintragen oder die Schreibrechte prüfen lassen."
    ),
    StorageRefusedError: (
        "Der Speicherort des Archivs ({place}) lehnt die Zugangsdaten ab (Meldung: {reason}). "
        "Bitte den Schlüssel in den Einstellungen unter „archive“ prüfen lassen."
    ),
    RecordBusyError: (
        "An dieser Aufzeichnung arbeitet gerade ein anderer Lauf ({place}). Bitte warten, bis er fertig ist."
    ),
    RecordUnknownError: (
        "Eine Aufzeichnung „{record}“ gibt es im Archiv nicht. "
        "Bitte die Kennung prüfen; „mitschnitt status“ zeigt alle."
    ),
    RecordLostError: (
        "Von „{record}“ ist zu wenig übrig, um die Aufzeichnung wiederherzustellen. "
        "Bitte die Dateien aus einer Sicherung zurückholen oder die Aufzeichnung neu verarbeiten."
    ),
    CopyDiffersError: (
        "Am Ziel ({place}) liegt unter „{record}“ schon eine andere Aufzeichnung; sie bleibt unverändert. "
        "Bitte nachsehen, welcher von beiden gelten soll."
    ),
    VersionUnknownError: (
        "Eine Fassung {version} von „{record}“ gibt es nicht. "
        "Bitte mit „mitschnitt archive history {record}“ nachsehen."
    ),
    ObjectDamagedError: (
        "In der Aufzeichnung „{record}“ ist {name} beschädigt. "
        "Bitte „mitschnitt verify {record}“ und dann „mitschnitt rebuild {record}“ aufrufen; was sich so "
        "nicht beheben lässt, bitte aus einer Sicherung zurückholen."
    ),
    MeetingLedgerDamagedError: (
        "Was zum Treffen {meeting} schon verschickt wurde, lässt sich nicht mehr lesen ({place} ist "
        "beschädigt). Zu diesem Treffen geht deshalb nichts mehr von selbst hinaus. Bitte die Datei aus "
        "einer Sicherung zurückholen; ist zu diesem Treffen nichts mehr zu verschicken, kann sie weg."
    ),
    DigestLedgerDamagedError: (
        "Was in den Mails „Neues im Archiv“ schon genannt wurde, lässt sich nicht mehr lesen ({place} ist "
        "beschädigt). Damit nichts zweimal genannt wird, geht keine solche Mail mehr hinaus. Bitte die Datei "
        "aus einer Sicherung zurückholen."
    ),
    FileDamagedError: (
        "Die Datei {place} ist beschädigt und wird übergangen. "
        "Bitte sie aus einer Sicherung zurückholen oder entfernen."
    ),
    # Searching
    IndexUnusableError: (
        "Das Verzeichnis für die Suche ({path}) fehlt oder ist beschädigt. "
        "Bitte es mit „mitschnitt reindex“ neu anlegen lassen."
    ),
    IndexBusyError: (
        "Das Verzeichnis für die Suche ({path}) wird gerade von einem anderen Programm geändert. "
        "Bitte es in einigen Minuten noch einmal versuchen."
    ),
    IndexRefusedError: (
        "Das Verzeichnis für die Suche ({path}) lässt sich nicht öffnen. "
        "Bitte die Rechte am Arbeitsordner („work.dir“ in den Einstellungen) prüfen lassen."
    ),
    # Reading
    NoDoorError: (
        "Der Lesesaal soll nur Mitgliedern offen stehen, aber es gibt keine Anmeldung. "
        'Bitte unter [reading_room] „access = "open"“ setzen, wenn alle lesen dürfen.'
    ),
    PortTakenError: (
        "Unter {place} lässt sich kein Lesesaal öffnen: Läuft er schon, oder ist die Adresse vergeben? "
        "Bitte beides prüfen oder unter [reading_room] einen anderen „port“ setzen."
    ),
    PrefectPortTakenError: (
        "Unter {place} lässt sich kein Prefect-Server starten: Läuft „mitschnitt serve“ schon, oder ist die "
        "Adresse vergeben? Bitte beides prüfen oder unter [prefect] einen anderen „port“ setzen."
    ),
    BaseUrlPathError: (
        "Der Lesesaal braucht eine Adresse ohne Pfad; [network] base_url ist aber {url}. "
        "Bitte eine eigene Adresse oder Unteradresse dafür einrichten, zum Beispiel lesen.example.org."
    ),
    MembersUnreadableError: (
        "Die Datei mit den Mitgliedern ({path}) ist nicht lesbar. Bitte unter [reading_room] „members_file“ "
        "prüfen und die Datei als reine Textdatei (UTF-8) speichern."
    ),
    MembersAwayError: (
        "Der Server der Mailingliste antwortet gerade nicht. Bitte in einigen Minuten noch einmal versuchen."
    ),
    # Announcing
    SmtpUnreachableError: (
        "Der Mailserver {host} ist nicht erreichbar. Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    SmtpLoginError: (
        "Der Mailserver {host} lehnt die Anmeldung ab. "
        "Bitte Name und Kennwort in den Einstellungen unter „announcement.smtp_url“ prüfen lassen."
    ),
    SmtpRefusedError: (
        "Der Mailserver nimmt die Nachricht nicht an (Meldung: {reason}). "
        "Bitte prüfen, ob die Absenderadresse auf der Liste schreiben darf."
    ),
    SmtpUrlError: (
        "Die Adresse des Mailservers in den Einstellungen ist nicht lesbar. "
        "Bitte „announcement.smtp_url“ prüfen lassen (zum Beispiel smtps://name:kennwort@mail.example.org:465)."
    ),
    SmtpCertificateError: (
        "Das Sicherheitszertifikat des Mailservers {host} ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    SmtpDelayedError: (
        "Der Mailserver {host} nimmt die Nachricht zurzeit nicht an (Meldung: {reason}). "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    MailAddressInvalidError: (
        "Die E-Mail-Adresse „{address}“ ist ungültig. "
        "Bitte die Adressen in den Einstellungen unter „announcement“ prüfen lassen."
    ),
    TemplateBrokenError: (
        "Die Textvorlage {template} enthält einen Fehler (Meldung: {reason}). "
        "Bitte sie berichtigen oder die mitgelieferte Vorlage wieder einsetzen."
    ),
    OutcomeUnknownError: (
        "Es ist ungewiss, ob die Nachricht zu „{record}“ verschickt wurde: Im letzten Augenblick kam "
        "keine Antwort mehr. Von selbst wird nichts noch einmal verschickt. Bitte beim Empfänger nachsehen, "
        "zum Beispiel im Archiv der Mailingliste, und dann „mitschnitt announce {record} --resolve sent“ "
        "aufrufen, wenn sie dort ist, sonst „mitschnitt announce {record} --resolve not-sent“."
    ),
    AnnouncementGivenUpError: (
        "Die Ankündigung von „{record}“ wurde {hours} Stunden lang vergeblich versucht "
        "(letzte Meldung: {reason}). Bitte die Ursache beheben lassen und sie dann mit "
        "„mitschnitt announce {record} --send“ verschicken."
    ),
    DeliveryInterruptedError: ("Die Verbindung riss ab, bevor die Nachricht zu „{record}“ angenommen war."),
    ListRejectedError: (
        "Die Mailingliste hat die Nachricht zu „{record}“ abgelehnt ({reason}). Bitte die Rechte der "
        "Absenderadresse auf der Liste ändern lassen und dann „mitschnitt announce {record} --send“ aufrufen."
    ),
    NothingToResolveError: (
        "Bei „{record}“ ist nichts ungewiss; es gibt nichts zu klären. "
        "Den Stand zeigt „mitschnitt announce {record}“."
    ),
    MailmanUnreachableError: (
        "Der Server der Mailingliste antwortet nicht ({reason}). "
        "Bitte „mailman.url“ in den Einstellungen prüfen lassen."
    ),
    MailmanLoginError: (
        "Der Server der Mailingliste lehnt die Anmeldung ab. "
        "Bitte „mailman.user“ und „mailman.password“ in den Einstellungen prüfen lassen."
    ),
    MailmanListError: (
        "Der Server der Mailingliste kennt die Liste „{list}“ nicht. "
        "Bitte „mailman.list_id“ in den Einstellungen prüfen lassen (zum Beispiel liste.example.org)."
    ),
    MeetingVanishedError: (
        "Zum Treffen {meeting} wurde eingeladen, aber es steht nicht mehr in der Liste der Treffen. "
        "Die Mitglieder erfahren davon nichts von selbst. Fällt es aus oder ist es verlegt: bitte wieder "
        "eintragen, mit „cancelled = true“ oder „moved_to“ unter „exceptions“, oder selbst an die "
        "Mailingliste schreiben."
    ),
    MeetingRestlessError: (
        "Das Treffen {meeting} wurde nach der Einladung schon {count} Mal geändert. Damit die Mitglieder "
        "nicht mit Mails überhäuft werden, geht zu weiteren Änderungen nichts mehr von selbst hinaus. Bitte "
        "selbst an die Mailingliste schreiben und nachsehen, ob es zwei verschiedene Listen der Treffen gibt."
    ),
    MailWaitingError: (
        "Zum Treffen {meeting} ist eine Mail fertig ({mail}) und wartet auf die Freigabe. "
        "Mit „--preview“ hinter dem Befehl unten ist sie zu sehen, mit „--send“ geht sie hinaus."
    ),
    MeetingUnknownError: (
        "Das Treffen {meeting} steht nicht in der Liste der Treffen. "
        "Welche darin stehen, zeigt „mitschnitt meetings“."
    ),
    DigestWaitingError: (
        "Die Mail „Neues im Archiv“ ist fertig und wartet auf die Freigabe. Mit „--preview“ hinter "
        "dem Befehl „mitschnitt news“ ist sie zu sehen, mit „--send“ geht sie hinaus."
    ),
    DigestRefusedError: (
        "Die Mail „Neues im Archiv“ ist nicht hinausgegangen (letzte Meldung: {reason}). Bitte die Ursache "
        "beheben und sie mit „mitschnitt news --send“ noch einmal verschicken. Sonst steht alles, was neu "
        "ist, in der Mail der nächsten Woche."
    ),
    DigestNotDueError: (
        "Jetzt ist keine Mail „Neues im Archiv“ zu verschicken: Entweder ist nichts neu, oder die letzte "
        "liegt weniger als eine Woche zurück. Den Stand zeigt „mitschnitt news“."
    ),
    ImapUrlError: (
        "Die Adresse des Postfachs in den Einstellungen ist nicht lesbar. "
        "Bitte „mailbox.url“ prüfen lassen (zum Beispiel imaps://name:kennwort@mail.example.org:993)."
    ),
    MailboxUnreachableError: (
        "Das Postfach auf {host} ist nicht erreichbar. "
        "Bleibt es dabei, bitte „mailbox.url“ in den Einstellungen prüfen lassen."
    ),
    MailboxLoginError: (
        "Das Postfach auf {host} lehnt die Anmeldung ab. "
        "Bitte Name und Kennwort in den Einstellungen unter „mailbox.url“ prüfen lassen."
    ),
    MailboxCertificateError: (
        "Das Sicherheitszertifikat des Postfachs auf {host} ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    MailboxFolderError: (
        "Im Postfach gibt es den Ordner „{folder}“ nicht. "
        "Bitte „mailbox.folder“ in den Einstellungen prüfen lassen."
    ),
    ChannelUnreachableError: (
        "{host} ist nicht erreichbar. Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    ChannelCertificateError: (
        "Das Sicherheitszertifikat von {host} ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    SignalRefusedError: (
        "Der Dienst signal-cli auf {host} kann mit dem Konto nichts anfangen (Meldung: {reason}). "
        "Bitte „signal.url“ und „signal.account“ in den Einstellungen prüfen lassen."
    ),
    SignalGroupError: (
        "Das Signal-Konto ist nicht in der eingestellten Gruppe. "
        "Bitte unter „signal.group“ eine Kennung eintragen, die „signal-cli listGroups“ zeigt."
    ),
    ChannelDelayedError: (
        "{host} nimmt die Nachricht zurzeit nicht an (Meldung: {reason}). "
        "Bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    ChannelRefusedError: (
        "{host} nimmt die Nachricht nicht an (Meldung: {reason}). "
        "Bitte die Einstellungen unter „signal“ und „webhook“ prüfen lassen."
    ),
    MeetingsUnreadableError: (
        "Die Liste der Treffen ist nicht lesbar ({reason}). "
        "Bitte die Datei berichtigen, die in den Einstellungen unter „meetings.file“ steht."
    ),
    # Input beside the recording
    AgendaUnreadableError: (
        "Die Tagesordnung ({path}) ist nicht lesbar. Bitte sie als reine Textdatei (UTF-8) speichern."
    ),
    AgendaLineError: (
        "Zeile {line} der Tagesordnung ist zu lang; höchstens {most} Zeichen haben Platz. "
        "Bitte kürzen oder auf mehrere Zeilen verteilen."
    ),
    AgendaLongError: (
        "Die Tagesordnung hat {lines} Zeilen; höchstens {most} haben Platz. "
        "Bitte nur die Punkte aufschreiben, einen je Zeile."
    ),
    # Corrections
    CorrectionPlaceError: (
        "Die Stelle {place} gibt es in dieser Aufzeichnung nicht (mehr). Bitte die Seite neu laden."
    ),
    CorrectionConflictError: (
        "Jemand anderes hat diese Stelle inzwischen geändert; es wurde nichts überschrieben. "
        "Bitte ansehen, was jetzt dort steht, und dann neu entscheiden."
    ),
    CorrectionNothingError: "Daran ändert sich nichts: Alt und neu sind gleich.",
    CorrectionEmptyError: "Hier fehlt noch ein Text. Bitte etwas eingeben.",
    CorrectionLongError: "Das ist zu lang: Höchstens {most} Zeichen passen hier hinein. Bitte kürzen.",
    CorrectionDayError: (
        "Der Tag „{day}“ kann nicht stimmen. Bitte so schreiben: 19.11.2026; "
        "er darf nicht in der Zukunft liegen."
    ),
    CorrectionTimeError: (
        "Bei {time} lässt sich kein Kapitel beginnen: Die Zeit liegt außerhalb der Aufzeichnung, "
        "oder dort beginnt schon eines. Bitte eine andere Zeit wählen, zum Beispiel 00:12:30."
    ),
    CorrectionUnknownError: (
        "Eine Berichtigung mit der Nummer {number} gibt es nicht. Bitte die Liste ansehen."
    ),
    CorrectionUndoneError: "Berichtigung {number} ist schon zurückgenommen. Es ist nichts mehr zu tun.",
    AgendaNotSpokenOfError: (
        "Keiner der Punkte kommt in der Aufzeichnung vor; die Kapitel bleiben, wie sie sind. "
        "Bitte nachsehen, ob es die Tagesordnung dieses Treffens ist."
    ),
    CorrectorNameError: (
        "Zu jeder Berichtigung gehört, wer sie gemacht hat. Bitte einen Namen angeben "
        "(höchstens 60 Zeichen, keine Mailadresse)."
    ),
    ChaptersLineError: (
        "Die Kapitelliste ist in Zeile {line} nicht lesbar. "
        "Bitte jede Zeile so schreiben: „00:12:30 Titel“, und jede Zeit nur einmal verwenden."
    ),
    ChaptersUnreadableError: (
        "Die Kapitelliste ({path}) ist nicht lesbar ({reason}). "
        "Bitte prüfen, ob es die richtige Datei ist, und sie als reine Textdatei (UTF-8) speichern."
    ),
    TranscriptUnreadableError: (
        "Die Mitschrift ({path}) ist nicht lesbar ({reason}). "
        "Bitte prüfen, ob es die richtige Datei ist und ob sie vollständig ist."
    ),
    TookTooLongError: (
        "Es hat viel zu lange gedauert und wurde abgebrochen. "
        "Kommt das noch einmal vor, bitte die Technik benachrichtigen."
    ),
    InternalError: (
        "Es ist ein unerwarteter Fehler im Programm aufgetreten. "
        "Bitte die Technik benachrichtigen; die Einzelheiten stehen im Protokoll."
    ),
}


# What a note on a stretch of the transcript says to its readers (see transcripts.speech.recognition_checks).
NOTE_WORDINGS: dict[str, str] = {
    "no_speech": "hier wurde keine Sprache erkannt",
    "speech_without_words": "hier wird gesprochen, aber nichts wurde verstanden",
    "words_without_speech": "hier steht Text, wo vielleicht niemand spricht",
    "loop": "hier wiederholt sich der Text, vielleicht zu Unrecht",
    "stock_phrase": "hier hat die Erkennung vielleicht einen Abspann erfunden",
    "other_language": "hier wird vielleicht eine andere Sprache gesprochen",
    "no_capitals": "hier ist die Rechtschreibung unsicher",
    "no_punctuation": "hier fehlen Satzzeichen",
    "too_fast": "hier steht mehr Text, als in dieser Zeit gesprochen werden kann",
    "improbable": "hier ist der Text unsicher",
}


def explain_note(cause: str) -> str:
    """A note's cause in a few German words that fit into brackets."""
    return NOTE_WORDINGS.get(cause, NOTE_WORDINGS["improbable"])


_OUTCOMES = {
    "taken_up": "„{item}“ beginnt bei {start}.",
    "moved": "„{item}“ kam außer der Reihe, bei {start}.",
    "merged": "„{item}“ wurde zusammen mit „{host}“ behandelt, ab {start}.",
    "skipped": "„{item}“ wurde nicht aufgerufen.",
}


def outcome_text(outcome: AgendaOutcome) -> str:
    """What became of an agenda item, as a German sentence."""
    start = "" if outcome.start_seconds is None else format_clock(outcome.start_seconds)
    return _OUTCOMES[outcome.outcome].format(item=outcome.item, start=start, host=outcome.merged_with)


class Again(StrEnum):
    """How it goes on after a temporary failure, as a sentence for those who read of it."""

    BY_ITSELF = "Es wird von selbst erneut versucht."
    BY_HAND = "Bitte denselben Aufruf später wiederholen; was schon fertig ist, wird nicht noch einmal getan."


# Their texts say when to try again, which is soon.
_SAY_WHEN = (PrefectUnreachableError, NoWorkerYetError, MembersAwayError, IndexBusyError, UploadMovedOnError)


_BY_CODE = {each.code: each for each in WORDINGS}


def error_named(code: str) -> type[StepError]:
    """The class of a code that crossed the border of a process; one that nobody knows is unforeseen."""
    return _BY_CODE.get(code, MediaUnforeseenError)


def explain(error: StepError, again: Again | None = None) -> str:
    """What happened and what to do next, as German text without markup.

    `again` is said of temporary failures only. A class that nobody worded yet reads as an internal error
    that names its code.
    """
    template = WORDINGS.get(type(error))
    if template is None:
        return f"{WORDINGS[InternalError]} (Kennung: {error.code})"
    shown = _Shown({name: _shown(name, value) for name, value in error.details.items()})
    text = template.format_map(shown) + _wish(error)
    if again is None or not isinstance(error, TemporaryError) or isinstance(error, _SAY_WHEN):
        return text
    return f"{text} {again}"


def _wish(error: StepError) -> str:
    """That the other side wants to be left alone for a while, where it said so."""
    seconds = error.retry_after_seconds if isinstance(error, TemporaryError) else None
    if not seconds:
        return ""
    pause = format_duration(seconds)
    return f" Der Server bittet um eine Pause; vor Ablauf von {pause} hilft kein neuer Versuch."


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _UNKNOWN


def _shown(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if name.endswith("_seconds"):
        return format_clock(value)
    return str(value) if name == "status" else format_number(value)
