"""Streams of a GPU are used again; each keeps a workspace for ever."""

import pytest
import torch

from kiosk.generator.eager import _Streams


def test_a_stream_is_used_again_when_its_engine_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "Stream", object)
    streams = _Streams()
    first, second = streams.take(), streams.take()
    assert first is not second

    streams.give(first)
    assert streams.take() is first
    assert streams.take() not in (first, second)
