"""The two policies of docs/archive.md, as a bucket takes them: what is documented is what is tested."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[1] / "docs" / "archive.md"
# Whom each of the document's policies is for.
PIPELINE, READER = "pipeline", "reader"


def bucket_policy(bucket: str, prefix: str, principals: Mapping[str, str]) -> str:
    """Both policies for one archive, as one of the bucket; `principals` are the two keys' users."""
    statements = [
        {**statement, "Principal": {"AWS": [principals[who]]}}
        for who, document in documented_policies(bucket, prefix).items()
        for statement in document["Statement"]
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def documented_policies(bucket: str, prefix: str) -> dict[str, Any]:
    """The policy of each key, for an archive at `prefix` (or at the bucket's root, if that is empty)."""
    blocks = re.findall(r"```json\n(\{\"Version\".*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    place = f"{bucket}/{prefix}" if prefix else bucket
    filled = (block.replace("BUCKET/PREFIX", place).replace("BUCKET", bucket) for block in blocks)
    return dict(zip((PIPELINE, READER), map(json.loads, filled), strict=True))
