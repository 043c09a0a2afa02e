"""docs/security/asvs.md names tests; a name that no test has would be a promise of nothing."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(?:(\w+/test_\w+\.py))?(?:::(test_\w+))?`")


def test_named_tests_exist() -> None:
    missing, file = [], ""
    for path, name in NAMED.findall((ROOT / "docs/security/asvs.md").read_text("utf-8")):
        file = path or file
        if not file and not name:
            continue
        source = ROOT / "tests" / file
        if not source.exists() or (name and f"def {name}(" not in source.read_text("utf-8")):
            missing.append(f"{file}::{name}")
    assert missing == []
