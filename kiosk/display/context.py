"""An OpenGL context without a screen: EGL where it can be had, else a virtual X server (Xvfb).

pyglet decides between the two once for a process, when its window module is first imported; so
that import waits until we know.
"""

import contextlib
import ctypes
import logging
import os
import select
import shutil
import subprocess
from typing import Any

import pyglet

from kiosk.cache import heed_a_full_disk
from kiosk.errors import DisplayError

logger = logging.getLogger(__name__)

INSTALL = "install libgl1, libegl1 and libgl1-mesa-dri (for EGL), or xvfb"
XVFB_PATIENCE_S = 15.0
_EGL_PLATFORM_DEVICE = 0x313F
_MOST_DEVICES = 16


class OffscreenContext:
    """Keeps a context, and the X server it may need."""

    def __init__(self) -> None:
        heed_a_full_disk()
        self._server: subprocess.Popen[bytes] | None = None
        device = find_egl_device()
        if device is not None:
            pyglet.options["headless"] = True
            pyglet.options["headless_device"] = device
        elif not os.environ.get("DISPLAY"):
            self._server = _start_xvfb()
        try:
            self._window = open_window(width=16, height=16, visible=False)
        except DisplayError as error:
            self.close()
            raise DisplayError(f"{error}; {INSTALL}") from error

    def make_current(self) -> None:
        """What is drawn from now on belongs to this context."""
        self._window.switch_to()

    def close(self) -> None:
        """Gives the context back, and ends the X server if it is ours."""
        if hasattr(self, "_window"):
            self._window.close()
        if self._server is not None:
            self._server.terminate()
            self._server.wait()


def open_window(**options: Any) -> Any:
    """A pyglet window with OpenGL 3.3; raises `DisplayError` where none can be opened."""
    pyglet.options["shadow_window"] = False
    pyglet.options["debug_gl"] = False  # or it asks for errors after every call
    try:
        from pyglet import gl, window

        settings = {"major_version": 3, "minor_version": 3, "double_buffer": True}
        config: Any = gl.Config(**settings)  # type: ignore[abstract]
        return window.Window(config=config, **options)
    except Exception as error:  # libraries that are missing, drivers, X: each has its own kind
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DisplayError(f"no OpenGL 3.3 window can be opened ({reason})") from error


def find_egl_device() -> int | None:
    """The first EGL device that starts: 0 where there is only a default one; None without EGL."""
    try:
        egl = ctypes.CDLL("libEGL.so.1")
        ctypes.CDLL("libGL.so.1")
    except OSError:
        return None
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    pointer, integer = ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)
    query = _function(egl, "eglQueryDevicesEXT", (ctypes.c_uint, ctypes.c_int, pointer, integer))
    get = _function(egl, "eglGetPlatformDisplayEXT", (pointer, ctypes.c_uint, pointer, pointer))
    if query is None or get is None:
        return None
    devices, count = (pointer * _MOST_DEVICES)(), ctypes.c_int()
    query(_MOST_DEVICES, devices, ctypes.byref(count))
    egl.eglInitialize.argtypes = (pointer, integer, integer)
    for number in range(count.value):
        display = get(_EGL_PLATFORM_DEVICE, devices[number], None)
        if display and egl.eglInitialize(display, None, None):
            return number
    return None


def _function(egl: ctypes.CDLL, name: str, types: tuple[Any, ...]) -> Any:
    """An extension's function; the first type is that of its result."""
    address = egl.eglGetProcAddress(name.encode())
    return ctypes.CFUNCTYPE(*types)(address) if address else None


def _start_xvfb() -> subprocess.Popen[bytes]:
    """Starts an X server without a screen and makes it this process's display."""
    if shutil.which("Xvfb") is None:
        raise DisplayError(f"there is no screen, no EGL and no Xvfb; {INSTALL}")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "64x64x24", "-nolisten", "tcp"]
    server = subprocess.Popen(
        command, pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writer)
    with contextlib.closing(os.fdopen(reader, "rb")) as stream:
        ready, _, _ = select.select([stream], [], [], XVFB_PATIENCE_S)
        number = stream.readline().strip().decode() if ready else ""
    if not number:
        server.kill()
        raise DisplayError(f"Xvfb does not start; {INSTALL}")
    os.environ["DISPLAY"] = f":{number}"
    logger.info("no EGL: drawing on a virtual screen, Xvfb :%s", number)
    return server
