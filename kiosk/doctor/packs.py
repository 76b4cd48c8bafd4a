"""The packs: each whole, and those that are to hang among them."""

from collections.abc import Iterator

from kiosk.doctor.finding import Finding, fault, good
from kiosk.doctor.machine import Machine
from kiosk.errors import PackError
from kiosk.portraits.pack import load_pack
from kiosk.portraits.store import find_packs

WHAT = "packs"
RESTORE = "kiosk portraits rollback ID, or import it anew"


def examine_packs(machine: Machine) -> Iterator[Finding]:
    """What is wrong with any; the count where nothing is."""
    settings = machine.config.portraits
    folders = find_packs([settings.folder])
    damaged = set()
    for folder in folders:
        try:
            load_pack(folder)
        except PackError as error:
            damaged.add(folder.name)
            yield fault(WHAT, str(error), RESTORE)
    whole = [folder.name for folder in folders if folder.name not in damaged]
    wanted = dict.fromkeys(settings.gallery or (settings.portrait, *settings.playlist))
    missing = [name for name in wanted if name not in whole and name not in damaged]
    if missing:
        yield fault(
            WHAT,
            f"{', '.join(missing)}: named in [portraits], and not in {settings.folder}",
            f"import them, or name others: {', '.join(whole) or 'there are none'}",
        )
    if not damaged and not missing:
        yield good(WHAT, f"{len(whole)} whole, {', '.join(wanted)} among them")
