"""Which files of tests take longest: they begin first, so that in the end no process is left with one alone.

pytest-xdist would begin with the files that hold the most tests, which are the quickest. The order is a rough
one, by what each takes alone; what is not named takes seconds.
"""

LONGEST_FIRST = (
    "flows/serving/test_children.py",
    "flows/jobs/test_job_control.py",
    "flows/announcing/test_recording_announcements.py",
    "flows/serving/test_all_in_one.py",
    "browser/test_organisers_way.py",
    "flows/announcing/test_meeting_announcements.py",
    "browser/test_reading_room_in_browser.py",
    "flows/pipeline/test_recording_flow.py",
    "flows/pipeline/test_source_texts.py",
    "flows/pipeline/test_transcription_flow.py",
    "bench/test_attack_by_input.py",
    "flows/workers/test_worker_soak.py",
    "flows/jobs/test_shared_recordings.py",
    "flows/announcing/test_mailing_list.py",
    "browser/test_desk_in_browser.py",
    "flows/cli/test_archive_commands.py",
    "bench/test_kills.py",
    "flows/announcing/test_archive_digest.py",
    "flows/jobs/test_bigbluebutton.py",
    "flows/announcing/test_announce_soak.py",
    "flows/upkeep/test_duty_loops.py",
    "flows/pipeline/test_holding.py",
    "flows/jobs/test_local_files.py",
    "tasks/media/test_presentation_picture.py",
    "tasks/fetching/test_bigbluebutton_adapter.py",
    "browser/test_review_in_browser.py",
    "browser/test_sign_in_in_browser.py",
    "browser/test_page_in_browser.py",
    "browser/test_published_media.py",
    "browser/test_recorded_in_browser.py",
    "browser/test_mail_in_browser.py",
    "tasks/fetching/test_sentences.py",
    "tasks/fetching/test_fetch_limits.py",
    "bench/test_attack_on_doors.py",
    "tasks/fetching/test_captions.py",
    "tasks/fetching/test_fetch_step.py",
    "tasks/fetching/test_share_transfer.py",
    "tasks/fetching/test_unlisted_shares.py",
    "tasks/archive/test_archive_soak.py",
    "flows/cli/test_main.py",
    "flows/cli/test_corrections_command.py",
    "flows/cli/test_search_commands.py",
    "flows/reading_room/test_connection_limits.py",
    "flows/organiser_mails/test_failure_notices.py",
    "flows/organiser_mails/test_open_matters_query.py",
    "flows/serving/test_supervisor.py",
    "flows/serving/test_startup_checks.py",
    "flows/upkeep/test_duty_status.py",
    "flows/upkeep/test_prefect_duties.py",
    "flows/doctor/test_server_checks.py",
    "flows/reporting/test_log_lines.py",
    "flows/test_local_clock.py",
    "tasks/fetching/test_nextcloud_adapter.py",
    "tasks/media/test_embedded_texts.py",
    "tasks/media/test_transcode.py",
    "tasks/media/test_one_clock.py",
    "tasks/media/test_matrix.py",
    "tasks/media/test_sandboxed_media.py",
    "tasks/media/test_track_speech.py",
    "tasks/recognition/test_redecoding.py",
    "tasks/recognition/test_recogniser.py",
    "bench/test_engines.py",
    "tasks/storage/test_storage_interface.py",
    "tasks/archive/test_publishing.py",
    "flows/documents/test_document_flow.py",
    "flows/orchestration/test_result_storage.py",
    "browser/test_documents_in_browser.py",
    "browser/test_document_desk_in_browser.py",
    "flows/desk/test_review_routes.py",
    "tasks/archive/test_verification.py",
    "test_linear_time.py",
    "test_linear_parsers.py",
    "test_deployment.py",
)


def rank_of(file: str) -> int:
    """Where a file, by its path below `tests`, stands in the order."""
    return LONGEST_FIRST.index(file) if file in LONGEST_FIRST else len(LONGEST_FIRST)


def is_long(file: str) -> bool:
    """Whether a file, by its path below `tests`, is one of those that take minutes."""
    return file in LONGEST_FIRST
