"""The page's rooms, as HTML: a template each, filled with what is there now."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from kiosk.console.asked import Endpoint, desk_of
from kiosk.console.desk import Desk
from kiosk.console.words import LANGUAGES, choose_language, words
from kiosk.errors import KioskError
from kiosk.portraits.meta import Gains, Limits, in_language
from kiosk.portraits.override import read_override
from kiosk.portraits.pack import load_meta
from kiosk.portraits.programme import read_programme
from kiosk.portraits.swap import previous_of

TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
LANGUAGE = "kiosk_language"  # a cookie
YEAR_S = 365 * 86400
RIGHTS = (
    "https://creativecommons.org/publicdomain/mark/1.0/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    "https://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org/licenses/by-sa/4.0/",
    "https://rightsstatements.org/vocab/InC/1.0/",
    "https://rightsstatements.org/vocab/NoC-NC/1.0/",
    "https://rightsstatements.org/vocab/CNE/1.0/",
)

Values = dict[str, Any]


TEMPLATES.env.globals["in_words"] = in_language


def room(template: str, fill: Callable[[Desk, Values], Values]) -> Endpoint:
    """An endpoint that shows a template.

    Args:
        template: its file.
        fill: from the desk and the places of the address, what the template shows; in a thread.
    """

    async def endpoint(request: Request) -> Response:
        desk, given = desk_of(request), {**request.query_params, **request.path_params}
        try:
            values = await run_in_threadpool(fill, desk, given)
        except KioskError as error:
            return _show(request, "missing.html", {"fault": str(error)}, 404)
        return _show(request, template, values)

    return endpoint


async def speak(request: Request) -> Response:
    """Choose the page's language, and go back."""
    answer = RedirectResponse("/", 303)
    language = request.path_params["language"]
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE, language, max_age=YEAR_S, httponly=True, samesite="strict")
    return answer


def _show(request: Request, template: str, values: Values, status: int = 200) -> Response:
    setting = request.cookies.get(LANGUAGE) or desk_of(request).config.console.language
    language = choose_language(setting, request.headers.get("accept-language", ""))
    shared = {"t": words(language), "secret": request.state.secret, "languages": LANGUAGES}
    return TEMPLATES.TemplateResponse(request, template, {**shared, **values}, status)


def _wall(desk: Desk, _: Values) -> Values:
    return {"portraits": desk.portraits(), "busy": _busy(desk)}


def _portrait(desk: Desk, given: Values) -> Values:
    folder = desk.find(given["id"])
    meta = load_meta(folder)
    label = meta.label
    return {
        "meta": meta,
        "languages_of_label": sorted({"en", "fr", *chain(*(words for _, words in label))}),
        "gains": [(name, getattr(meta.gains, name)) for name in Gains.model_fields],
        "limits": [(name, getattr(meta.limits, name)) for name in Limits.model_fields],
        "changed": bool(read_override(folder).model_dump(exclude_none=True)),
        "before": previous_of(folder).exists(),
        "report": (desk.reports / meta.id / "index.html").exists(),
    }


def _new(desk: Desk, _: Values) -> Values:
    return {"busy": _busy(desk)}


def _picture(desk: Desk, given: Values) -> Values:
    sent = desk.inbox.get(given["key"])
    return {
        "sent": sent,
        "look": sent.look(),
        "rights": RIGHTS,
        "ids": [row["id"] for row in desk.portraits()],
    }


def _points(desk: Desk, given: Values) -> Values:
    return {"sent": desk.inbox.get(given["key"])}


def _job(desk: Desk, given: Values) -> Values:
    return {"job": desk.jobs.get(given["number"]).state()}


def _programme(desk: Desk, _: Values) -> Values:
    return {
        "programme": read_programme(desk.config.portraits).model_dump(),
        "portraits": desk.portraits(),
    }


def _nothing(_: Desk, __: Values) -> Values:
    return {}


def _busy(desk: Desk) -> Values | None:
    job = desk.jobs.learning
    return None if job is None else job.state()


ROUTES = [
    Route("/", room("wall.html", _wall)),
    Route("/portraits/{id}", room("portrait.html", _portrait)),
    Route("/new", room("new.html", _new)),
    Route("/pictures/{key}", room("picture.html", _picture)),
    Route("/pictures/{key}/points", room("points.html", _points)),
    Route("/jobs/{number:int}", room("job.html", _job)),
    Route("/programme", room("programme.html", _programme)),
    Route("/log", room("log.html", _nothing)),
    Route("/language/{language}", speak),
]
