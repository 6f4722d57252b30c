"""What all tests share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the tests alone."""
    for name in os.environ:
        if name.startswith("SYSSECURE_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
