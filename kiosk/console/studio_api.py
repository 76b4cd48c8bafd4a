"""How a portrait comes here: pictures and packs are sent, looked at, placed, learnt, imported."""

import json
import re
from pathlib import Path

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from kiosk.console.asked import Asked, Record, action, desk_of, fault
from kiosk.console.guard import TooLargeError
from kiosk.console.inbox import Sent
from kiosk.curation.placed import POINTS, check_points, infer_landmarks, read_points
from kiosk.curation.scan import read_artwork
from kiosk.errors import KioskError, PictureError
from kiosk.portraits.meta import ID_PATTERN
from kiosk.portraits.parcel import SUFFIX
from kiosk.portraits.pictures import smaller_jpeg

MOST_SHOWN_PX = 2000
QUALITY = 88


async def send_picture(request: Request) -> Response:
    """A picture's bytes, as they are; its name is in the query."""
    inbox = desk_of(request).inbox
    try:
        sent = inbox.begin_file(request.query_params.get("name", ""))
    except PictureError as error:
        return fault(str(error))
    return await _keep(request, sent) or JSONResponse({"key": sent.key})


async def send_pack(request: Request) -> Response:
    """A pack in one file: begins to import it."""
    desk, query = desk_of(request), request.query_params
    try:
        sent = desk.inbox.begin_file(query.get("name", ""), (SUFFIX,))
        if failed := await _keep(request, sent):
            return failed
        options = [*(["--replace"] if query.get("replace") else []), *desk.settings()]
        job = desk.jobs.start(
            "import",
            sent.name,
            [str(sent.file), *options],
            key=sent.key,
            after=lambda _: desk.inbox.remove(sent),
        )
    except KioskError as error:
        return fault(str(error))
    return JSONResponse({"job": job.number})


def name_manifest(asked: Asked) -> Record:
    """A museum's manifest in place of a file."""
    canvas = int(asked.number("canvas", 1, 1, 100_000))
    return {"key": asked.desk.inbox.begin_manifest(asked.text("manifest", 2000), canvas).key}


def look(asked: Asked) -> Record:
    """Look at a picture: begins a job."""
    sent = _sent(asked)
    arguments = [*sent.options(), *_face(asked), f"--out={sent.preview}"]
    started = asked.desk.jobs.start(
        "look", sent.name, arguments, key=sent.key, after=sent.keep_look
    )
    return {"job": started.number}


def preview(asked: Asked) -> Response:
    """What the look has shown."""
    return _file(_sent(asked).preview, "image/png")


def picture(asked: Asked) -> Response:
    """The picture as it is looked at: upright, in sRGB, at most so large."""
    return _file(_shown(_sent(asked))[0], "image/jpeg")


def topology(_: Asked) -> Record:
    """The mesh that follows the points: its edges, the points' landmarks, the mean face."""
    from kiosk.motion.face_model import load_face_model
    from kiosk.rig.mesh import face_triangles

    triangles = face_triangles()
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0)
    mean = np.round(load_face_model().mean[:, :2], 4)
    return {"edges": edges.tolist(), "points": POINTS, "mean": mean.tolist()}


def mesh(asked: Asked) -> Record:
    """All landmarks as the points placed so far have them, pixels of the picture."""
    points = _points(asked)
    return {"landmarks": np.round(infer_landmarks(points)[:, :2], 1).tolist()}


def places(asked: Asked) -> Record:
    """The points placed so far, else those of the face that the look found; the picture's size."""
    sent = _sent(asked)
    points = read_points(sent.points) if sent.points else sent.look().get("points", {})
    return {"size": _shown(sent)[1], "points": points}


def place(asked: Asked) -> None:
    """Keep the points; none takes them away."""
    sent = _sent(asked)
    sent.place(_points(asked) if asked.body.get("points") else {})


def add(asked: Asked) -> Record:
    """Make a portrait of a picture: begins a job."""
    sent, desk, name = _sent(asked), asked.desk, asked.text("id", 64)
    if not re.fullmatch(ID_PATTERN, name):
        raise PictureError("a portrait's short name has a-z, 0-9 and hyphens, no hyphen first")
    said = {key: asked.text(key) for key in ("title", "artist", "rights", "language")}
    if sent.canvas is None:
        said["provenance"] = f"{sent.name}, sent to the staff page"
    arguments = [
        *sent.options(),
        *_face(asked),
        *(f"--{key}={text}" for key, text in said.items() if text),
        f"--minutes={asked.number('minutes', 10, 0.2, 600):g}",
        *(["--replace"] if asked.body.get("replace") else []),
        *(f"--id={name}", f"--report={desk.reports / name}"),
        *desk.settings(),
    ]
    return {"job": desk.jobs.start("add", name, arguments, key=sent.key).number}


def job(asked: Asked) -> Record:
    """How far a job is."""
    return asked.desk.jobs.get(asked.path["number"]).state()


def stop(asked: Asked) -> None:
    """Break a job off."""
    asked.desk.jobs.stop(asked.path["number"])


def grown(asked: Asked) -> Response:
    """What the portrait that is being learnt looks like by now."""
    told = asked.desk.jobs.get(asked.path["number"]).told.get("preview")
    return _file(Path(told or ""), "image/jpeg")


async def _keep(request: Request, sent: Sent) -> Response | None:
    """Write what comes to its place; what is broken off leaves nothing behind."""
    try:
        with sent.file.open("xb") as file:
            async for block in request.stream():
                await run_in_threadpool(file.write, block)
    except (OSError, TooLargeError, ClientDisconnect) as error:
        desk_of(request).inbox.remove(sent)
        if isinstance(error, OSError):
            return fault(f"{sent.name}: cannot be kept: {error.strerror}; make room", 507)
        raise
    return None


def _sent(asked: Asked) -> Sent:
    return asked.desk.inbox.get(asked.path["key"])


def _shown(sent: Sent) -> tuple[Path, list[int]]:
    """A smaller picture to show, made once, and the width and height of the whole one."""
    shown, size = sent.folder / "shown.jpg", sent.folder / "size.json"
    if not size.exists():
        image = read_artwork(sent.picture)
        shown.write_bytes(smaller_jpeg(image, most_px=MOST_SHOWN_PX, quality=QUALITY))
        size.write_text(json.dumps([image.shape[1], image.shape[0]]), encoding="utf-8")
    return shown, json.loads(size.read_text(encoding="utf-8"))


def _face(asked: Asked) -> list[str]:
    return [f"--face={asked.number('face', 1, 1, 99):.0f}"] if asked.body.get("face") else []


def _points(asked: Asked) -> dict[str, tuple[float, float]]:
    return check_points(asked.body["points"], "the points")


def _file(path: Path, kind: str) -> Response:
    if not path.is_file():
        raise PictureError("there is nothing to be seen yet")
    return FileResponse(path, media_type=kind)


ROUTES = [
    Route("/api/pictures", send_picture, methods=["POST"]),
    Route("/api/manifests", action(name_manifest), methods=["POST"]),
    Route("/api/packs", send_pack, methods=["POST"]),
    Route("/api/topology", action(topology)),
    Route("/api/pictures/{key}/look", action(look), methods=["POST"]),
    Route("/api/pictures/{key}/preview.png", action(preview)),
    Route("/api/pictures/{key}/picture.jpg", action(picture)),
    Route("/api/pictures/{key}/mesh", action(mesh), methods=["POST"]),
    Route("/api/pictures/{key}/points", action(places)),
    Route("/api/pictures/{key}/points", action(place), methods=["PUT"]),
    Route("/api/pictures/{key}/add", action(add), methods=["POST"]),
    Route("/api/jobs/{number:int}", action(job)),
    Route("/api/jobs/{number:int}", action(stop), methods=["DELETE"]),
    Route("/api/jobs/{number:int}/preview.jpg", action(grown)),
]
