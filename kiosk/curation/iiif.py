"""A manifest of a museum's catalogue, IIIF Presentation 2 or 3: what it says, where its picture is.

https://iiif.io/api/presentation/ - museums differ in their habits: values may be text, lists or
maps by language; names of metadata are in the museum's own words.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

from kiosk.errors import CatalogueError
from kiosk.languages import TAG
from kiosk.portraits.meta import RIGHTS_HOSTS, Label

Record = dict[str, Any]
LanguageMap = dict[str, str]

DEFAULT_LANGUAGE = "en"
ARTIST = {
    "artist", "artists", "creator", "creators", "author", "maker", "painter", "attributed to",
    "artist/maker", "artiste", "auteur", "auteur(s)", "créateur", "peintre", "künstler",
    "künstlerin", "künstler/in", "urheber", "autor", "artista", "pittore", "vervaardiger",
    "kunstenaar", "konstnär", "kunstner",
}  # fmt: skip
DATE = {
    "date", "dates", "date created", "creation date", "created", "dated", "date de création",
    "datation", "datierung", "datum", "entstehungszeit", "fecha", "data", "datering", "jaar",
}  # fmt: skip
COLLECTION = {
    "collection", "collections", "repository", "owner", "holding institution", "institution",
    "museum", "current location", "location", "credit line", "lieu de conservation", "musée",
    "établissement", "sammlung", "standort", "eigentümer", "besitzer", "colección", "collezione",
    "collectie", "samling",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What a catalogue says of one artwork."""

    label: Label
    rights: str  # a URI that a pack may have, or nothing
    required_statement: str
    homepage: str
    image: str  # the picture's own address, or nothing
    service: str  # the address of an image service, or nothing
    warnings: tuple[str, ...]


def read_manifest(record: Record, canvas: int = 1) -> Entry:
    """Understand a manifest.

    Args:
        record: its JSON.
        canvas: which of its pictures, counted from 1.

    Raises:
        CatalogueError: it is no manifest, or has no such picture.
    """
    kind = str(record.get("type") or record.get("@type") or "")
    if "Collection" in kind:
        raise CatalogueError("is a collection; give the address of one artwork's manifest")
    if "Manifest" not in kind:
        raise CatalogueError(f"is no IIIF manifest (its type is {kind or 'not said'})")
    newer = "items" in record
    resource = _picture(_canvases(record, newer), canvas, newer)
    rights = str(record.get("rights") or record.get("license") or "")
    allowed = any(f"//{host}/" in rights.replace("//www.", "//") for host in RIGHTS_HOSTS)
    warnings = []
    if rights and not allowed:
        warnings.append(f"rights {rights} are no Creative Commons or rightsstatements.org address")
    statement = _statement(record)
    if rights and not allowed and rights not in statement:
        statement = f"{statement} {rights}".strip()
    title = _languages(record.get("label"))
    return Entry(
        label=Label(
            title=title,
            artist=_metadata(record, ARTIST),
            date=_metadata(record, DATE),
            collection=_metadata(record, COLLECTION),
            text=_languages(record.get("summary") or record.get("description")),
        ),
        rights=rights if allowed else "",
        required_statement=statement,
        homepage=_homepage(record),
        image=_address(resource),
        service=_service(resource),
        warnings=tuple(warnings),
    )


def _canvases(record: Record, newer: bool) -> list[Record]:
    if newer:
        return _records(record.get("items"))
    sequences = _records(record.get("sequences"))
    return _records(sequences[0].get("canvases")) if sequences else []


def _picture(canvases: list[Record], canvas: int, newer: bool) -> Record:
    """The resource that is painted on a canvas."""
    if not 1 <= canvas <= len(canvases):
        raise CatalogueError(f"has {len(canvases)} pictures; there is no canvas {canvas}")
    page = canvases[canvas - 1]
    if newer:
        pages = _records(page.get("items"))
        notes = [note for each in pages for note in _records(each.get("items"))]
        bodies = [body for note in notes for body in _records(note.get("body"))]
    else:
        bodies = [
            body for note in _records(page.get("images")) for body in _records(note.get("resource"))
        ]
    for body in map(_chosen, bodies):
        if _address(body) or _service(body):
            return body
    raise CatalogueError(f"canvas {canvas} has no picture")


def _chosen(body: Record) -> Record:
    """The first of several views, if there is a choice."""
    kind = str(body.get("type") or body.get("@type") or "")
    if "Choice" not in kind:
        return body
    options = _records(body.get("default")) + _records(body.get("items"))
    return options[0] if options else body


def _address(record: Record) -> str:
    return str(record.get("id") or record.get("@id") or "")


def _service(resource: Record) -> str:
    """An image service's address, without a slash at its end."""
    for service in _records(resource.get("service")):
        told = f"{service.get('type')} {service.get('@type')} {service.get('profile')} "
        if "image" in (told + str(service.get("@context"))).lower():
            return _address(service).rstrip("/")
    return ""


def _metadata(record: Record, names: set[str]) -> LanguageMap:
    """The first value whose name, in any language, is one of these."""
    for pair in _records(record.get("metadata")):
        said = {text.strip().rstrip(":").lower() for text in _languages(pair.get("label")).values()}
        if said & names:
            return _languages(pair.get("value"))
    return {}


def _statement(record: Record) -> str:
    """The text that must be shown."""
    newer = record.get("requiredStatement")
    value = newer.get("value") if isinstance(newer, dict) else record.get("attribution")
    texts = _languages(value)
    return texts.get(DEFAULT_LANGUAGE) or next(iter(texts.values()), "")


def _homepage(record: Record) -> str:
    for each in _records(record.get("homepage")) + _records(record.get("related")):
        address = _address(each)
        if address.startswith(("http://", "https://")):
            return address
    related = record.get("related")
    return related if isinstance(related, str) and related.startswith("http") else ""


def _languages(value: Any) -> LanguageMap:
    """Any habit of saying text in languages, as one map; several texts are joined."""
    texts: dict[str, list[str]] = {}

    def add(language: str, text: Any) -> None:
        if isinstance(text, str | int | float) and str(text).strip():
            tag = language.replace("_", "-")
            # "none" is IIIF's word for no language; whatever else is none, too
            known = tag if tag != "none" and re.fullmatch(TAG, tag) else DEFAULT_LANGUAGE
            texts.setdefault(known, []).append(_plain(str(text)))

    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            add("", each)
        elif "@value" in each:
            add(str(each.get("@language") or ""), each["@value"])
        else:
            for language, said in each.items():
                for text in said if isinstance(said, list) else [said]:
                    add(str(language), text)
    return {language: "; ".join(dict.fromkeys(said)) for language, said in texts.items()}


def _plain(text: str) -> str:
    """Text without the little HTML that IIIF allows in it."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def _records(value: Any) -> list[Record]:
    """One record or several, as several; what is none is left out."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, dict)]
