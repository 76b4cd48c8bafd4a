"""What hangs: status, screen, log, programme; hanging, trying out, changing, taking back."""

import shutil
import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from kiosk.console.asked import Asked, Record, action
from kiosk.errors import ControlError
from kiosk.portraits.override import Override, read_override, write_override
from kiosk.portraits.parcel import SUFFIX, export_pack
from kiosk.portraits.programme import Programme, missing, write_programme
from kiosk.portraits.store import remove_pack, roll_back


def status(asked: Asked) -> Record:
    """How the kiosk fares; a kiosk that does not run is no fault of the page."""
    try:
        return {"runs": True, **asked.desk.kiosk.status()}
    except ControlError as error:
        return {"runs": False, "faults": [str(error)]}


def screen(asked: Asked) -> Response:
    """What the screen shows, a JPEG; never what the camera sees."""
    return Response(asked.desk.kiosk.picture(), media_type="image/jpeg")


def log(asked: Asked) -> Record:
    """The kiosk's last lines."""
    return asked.desk.kiosk.log(int(asked.query.get("after", 0)))


def hang(asked: Asked) -> None:
    """Hang a portrait now."""
    asked.desk.kiosk.hang(asked.desk.find(asked.path["id"]).name)


def try_out(asked: Asked) -> None:
    """Let gains and limits act on what hangs, without keeping them."""
    wanted = Override.from_record(asked.body, name=asked.path["id"])
    asked.desk.kiosk.tune(asked.path["id"], **wanted.record())


def change(asked: Asked) -> None:
    """Keep labels, gains and limits over the pack's, and over what was changed before."""
    folder = asked.desk.find(asked.path["id"])
    wanted = Override.from_record(asked.body, name=folder.name)
    write_override(folder, read_override(folder).changed(wanted))


def take_changes_back(asked: Asked) -> None:
    """Let what the pack says hold again."""
    write_override(asked.desk.find(asked.path["id"]), Override())


def bring_back(asked: Asked) -> None:
    """Hang the version before."""
    roll_back(asked.desk.find(asked.path["id"]))


def remove(asked: Asked) -> None:
    """Take a portrait away for good, with what was changed about it, and its report."""
    folder = asked.desk.find(asked.path["id"])
    remove_pack(folder)
    shutil.rmtree(asked.desk.reports / folder.name, ignore_errors=True)


def export(asked: Asked) -> Response:
    """The portrait as one file."""
    folder = asked.desk.find(asked.path["id"])
    place = tempfile.TemporaryDirectory(prefix="kiosk-")
    file = Path(place.name) / f"{folder.name}{SUFFIX}"
    try:
        export_pack(folder, file)
    except BaseException:
        place.cleanup()
        raise
    done = BackgroundTask(place.cleanup)
    return FileResponse(file, media_type="application/zip", filename=file.name, background=done)


def still(asked: Asked) -> Response:
    """A portrait's still."""
    return FileResponse(asked.desk.find(asked.path["id"]) / "still.png", media_type="image/png")


def plan(asked: Asked) -> None:
    """Let a programme hold from now on."""
    programme = Programme.from_record(asked.body, name="the programme")
    there = [row["id"] for row in asked.desk.portraits()]
    if absent := missing(programme, there):
        raise ControlError(
            f"there is no portrait {', '.join(absent)}; there are {', '.join(there)}"
        )
    write_programme(asked.desk.config.portraits, programme)


ROUTES = [
    Route("/api/status", action(status)),
    Route("/api/screen.jpg", action(screen)),
    Route("/api/log", action(log)),
    Route("/api/programme", action(plan), methods=["PUT"]),
    Route("/api/portraits/{id}/still.png", action(still)),
    Route("/api/portraits/{id}/file", action(export)),
    Route("/api/portraits/{id}/hang", action(hang), methods=["POST"]),
    Route("/api/portraits/{id}/try", action(try_out), methods=["POST"]),
    Route("/api/portraits/{id}/changes", action(change), methods=["PATCH"]),
    Route("/api/portraits/{id}/changes", action(take_changes_back), methods=["DELETE"]),
    Route("/api/portraits/{id}/rollback", action(bring_back), methods=["POST"]),
    Route("/api/portraits/{id}", action(remove), methods=["DELETE"]),
]
