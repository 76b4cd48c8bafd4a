"""Learns from sentences spoken by a machine how a mouth speaks what is heard.

Nothing comes in but our own sentences and eSpeak NG's voices; out comes `speech.npz` (see
`kiosk.motion.speech`). Voices that are held out, and Flite's, are never learnt from: they judge.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from kiosk.messages import Floats
from kiosk.motion.hearing import MOMENTS_HZ, hear, in_context
from kiosk.training.acoustics import ambience, overhear
from kiosk.training.flite import speak_by_flite
from kiosk.training.sentences import SENTENCES, VOICES
from kiosk.training.spoken import Manner, Phone, Spoken, speak
from kiosk.training.visemes import mouth_speaking

logger = logging.getLogger(__name__)

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """Settings of the fit; every default is the one that the project's file was made with."""

    seed: int = 0
    tellings: int = 2400  # sentences spoken
    silences: int = 500  # stretches of noise without a voice
    hidden: tuple[int, ...] = (128, 64)
    passes: int = 24
    batch: int = 512
    rate: float = 2e-3
    decay: float = 1e-4
    closures: float = 3.0  # how much more a moment of met lips counts
    opening: float = 4.0  # and an error of how far they part


Examples = tuple[Floats, Floats]  # what is heard in context (M, F), the mouth (M, 4)


def learn(out: Path, settings: SpeechSettings | None = None) -> None:
    """Learn anew; writes one file.

    Raises:
        KioskError: eSpeak NG is not installed.
    """
    settings = settings or SpeechSettings()
    rng = np.random.default_rng(settings.seed)
    told = [listen(tell(VOICES, rng), rng) for _ in range(settings.tellings)]
    told += [_without_voice(rng) for _ in range(settings.silences)]
    heard, mouths = (np.concatenate(parts) for parts in zip(*told, strict=True))
    logger.info("%s moments", len(heard))
    mean, spread = heard.mean(0), heard.std(0) + 1e-3
    network = _fit((heard - mean) / spread, mouths, settings)
    layers = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    numbers = {"mean": mean, "spread": spread}
    for number, layer in enumerate(layers):
        numbers[f"weights{number}"] = layer.weight.detach().numpy().T
        numbers[f"bias{number}"] = layer.bias.detach().numpy()
    np.savez_compressed(out, **{name: value.astype(np.float16) for name, value in numbers.items()})


def tell(voices: Sequence[str], rng: np.random.Generator) -> Spoken:
    """A sentence, by one of these voices, with a pause before and after."""
    language = str(rng.choice(list(SENTENCES)))
    manner = Manner(
        voice=f"{language}+{rng.choice(list(voices))}",
        words_per_minute=int(rng.integers(110, 215)),
        pitch=int(rng.integers(15, 85)),
        liveliness=int(rng.integers(20, 90)),
    )
    spoken = _sized(speak(str(rng.choice(SENTENCES[language])), manner), rng.uniform(0.87, 1.15))
    return _with_pauses(spoken, *np.maximum(rng.uniform(-0.2, 0.9, 2), 0.0))


def tell_by_flite(voices: Sequence[str], rng: np.random.Generator) -> Spoken:
    """An English sentence by one of Flite's voices, with a pause before and after."""
    said = str(rng.choice([*SENTENCES["gmw/en"], *SENTENCES["gmw/en-US"]]))
    spoken = speak_by_flite(said, str(rng.choice(list(voices))), stretch=rng.uniform(0.85, 1.25))
    spoken = _sized(spoken, rng.uniform(0.87, 1.15))
    return _with_pauses(spoken, *np.maximum(rng.uniform(-0.2, 0.5, 2), 0.0))


def listen(spoken: Spoken, rng: np.random.Generator | None) -> Examples:
    """What is heard of a sentence, and the mouth that speaks it; somewhere, or clean."""
    sound = spoken.sound if rng is None else overhear(spoken.sound, spoken.rate, rng)
    context = in_context(hear(sound, spoken.rate))
    mouth = mouth_speaking(spoken.phones, np.arange(len(context)) / MOMENTS_HZ)
    return context, mouth.astype(np.float32)


def _sized(spoken: Spoken, factor: float) -> Spoken:
    """The same from a smaller or larger head: pitch, formants and speed by this factor."""
    rate = round(spoken.rate * factor)
    by = spoken.rate / rate
    phones = tuple(Phone(p.name, p.begins * by, p.ends * by) for p in spoken.phones)
    return Spoken(spoken.sound, rate, phones)


def _with_pauses(spoken: Spoken, before_s: float, after_s: float) -> Spoken:
    before, after = (int(seconds * spoken.rate) for seconds in (before_s, after_s))
    begins = before / spoken.rate
    moved = [
        replace(phone, begins=phone.begins + begins, ends=phone.ends + begins)
        for phone in spoken.phones
    ]
    end = moved[-1].ends
    phones = (Phone("", 0.0, begins), *moved, Phone("", end, end + after_s))
    return Spoken(np.pad(spoken.sound, (before, after)), spoken.rate, phones)


def _without_voice(rng: np.random.Generator) -> Examples:
    rate = 16_000
    noise = ambience(int(rng.uniform(1.0, 6.0) * rate), rate, rng)
    context = in_context(hear((0.1 * noise).astype(np.float32), rate))
    return context, np.zeros((len(context), 4), np.float32)


def _fit(heard: Floats, mouths: Floats, settings: SpeechSettings) -> torch.nn.Sequential:
    """Least squares, by Adam with a falling rate."""
    torch.manual_seed(settings.seed)
    sizes = [heard.shape[1], *settings.hidden]
    layers: list[torch.nn.Module] = []
    for size, following in pairwise(sizes):
        layers += [torch.nn.Linear(size, following), torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], mouths.shape[1]))
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.rate, weight_decay=settings.decay
    )
    inputs, targets = torch.from_numpy(heard), torch.from_numpy(mouths)
    batches = list(_batches(len(inputs), settings))
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, len(batches))
    matters = torch.tensor([settings.opening, 1.0, 1.0, 1.0])
    for chosen in batches:
        goal = targets[chosen]
        counts = 1 + (settings.closures - 1) * goal[:, 3:]
        loss = (counts * matters * (network(inputs[chosen]) - goal).square()).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
    return network


def _batches(count: int, settings: SpeechSettings) -> Iterator[torch.Tensor]:
    generator = torch.Generator().manual_seed(settings.seed)
    for _ in range(settings.passes):
        yield from torch.randperm(count, generator=generator).split(settings.batch)
