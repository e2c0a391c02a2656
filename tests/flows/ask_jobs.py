"""Answers questions about jobs, a JSON line each, with the settings of its folder, as the desk would."""

import json
import sys
from dataclasses import asdict
from typing import Any

from pydantic import SecretStr

from config.loading import load_settings
from flows.orchestration.prefect_environment import prepare_prefect
from transcripts.errors.error_kinds import StepError


def main() -> None:
    prepare_prefect(load_settings().settings)
    from flows.jobs import job_control as jobs

    def answer(question: str, about: dict[str, Any]) -> Any:
        match question:
            case "submit":
                return jobs.submit(jobs.GivenOrder.model_validate(about))
            case "jobs":
                return [asdict(each) for each in jobs.jobs()]
            case "job":
                return asdict(jobs.job(about["id"]))
            case "asked":
                return jobs.asked(about["id"]).model_dump(mode="json")
            case "cancel":
                return jobs.cancel(about["id"])
            case "choose":
                return jobs.choose(about["id"], about["number"])
            case "retry":
                passcode = about.get("passcode")
                return jobs.retry(about["id"], SecretStr(passcode) if passcode else None)
            case "remake":
                return jobs.remake(about["record"], about["track"])
        raise AssertionError(question)

    for line in sys.stdin:
        try:
            reply = {"answer": answer(*json.loads(line))}
        except StepError as error:
            reply = {"error": error.code}
        print(json.dumps(reply, default=str), flush=True)


if __name__ == "__main__":
    main()
