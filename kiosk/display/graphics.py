"""The little of OpenGL that the canvas needs: programs, textures, framebuffers.

Needs a current context. Images lie in textures with their top row first, and framebuffers are
drawn the same way up, so that what is read back needs no turning.
"""

import ctypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyglet
from numpy.typing import NDArray

pyglet.options["shadow_window"] = False  # else importing `gl` opens a window

from pyglet import gl  # noqa: E402
from pyglet.graphics.shader import Shader, ShaderException, ShaderProgram  # noqa: E402

from kiosk.display.placement import Rectangle  # noqa: E402
from kiosk.errors import DisplayError  # noqa: E402
from kiosk.messages import Bytes  # noqa: E402

# one triangle that covers the target; the scissor says which pixels are meant
_VERTEX = """#version 330 core
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
    gl_Position = vec4(corner, 0.0, 1.0);
}
"""
_FORMATS = {
    ("uint8", 4): (gl.GL_RGBA8, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE),
    ("uint16", 4): (gl.GL_RGBA16, gl.GL_RGBA, gl.GL_UNSIGNED_SHORT),
}


@dataclass(frozen=True, slots=True)
class Texture:
    """An image on the graphics card; its size and format never change."""

    number: int
    shape: tuple[int, int, int]  # height, width, channels
    dtype: str

    def upload(self, image: NDArray[np.generic]) -> None:
        """Replaces the whole image: (height, width, channels), contiguous, of the same dtype."""
        _, layout, kind = _FORMATS[self.dtype, self.shape[2]]
        height, width = self.shape[:2]
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.number)
        gl.glTexSubImage2D(
            gl.GL_TEXTURE_2D, 0, 0, 0, width, height, layout, kind, image.ctypes.data
        )

    def delete(self) -> None:
        """Gives its memory back."""
        gl.glDeleteTextures(1, ctypes.byref(gl.GLuint(self.number)))


class Target:
    """A picture to draw on: a framebuffer with one RGBA texture."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.texture = make_texture(np.zeros((height, width, 4), np.uint8), smooth=False)
        number = gl.GLuint()
        gl.glGenFramebuffers(1, ctypes.byref(number))
        self.number = int(number.value)
        self.bind()
        texture = self.texture.number
        gl.glFramebufferTexture2D(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, texture, 0
        )
        if gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER) != gl.GL_FRAMEBUFFER_COMPLETE:
            raise DisplayError(f"a picture of {width}x{height} cannot be drawn on; use a smaller")

    def bind(self) -> None:
        """What is drawn from now on is drawn here."""
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.number)
        gl.glViewport(0, 0, *self.size)

    def read(self, image: Bytes) -> None:
        """Copies the picture into ``image``: (height, width, 4), top row first."""
        self.bind()
        width, height = self.size
        gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, image.ctypes.data)

    def finish(self) -> None:
        """Waits until what was told to be drawn is drawn."""
        gl.glFinish()

    def present(self, area: Rectangle, rows: int) -> None:
        """Copies the picture to an area of the window's own framebuffer.

        It has so many rows of pixels, the bottom one first.
        """
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self.number)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, 0)
        gl.glDisable(gl.GL_SCISSOR_TEST)
        left, top, width, height = area
        edges = (0, 0, *self.size, left, rows - top, left + width, rows - top - height)
        gl.glBlitFramebuffer(*edges, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)

    def delete(self) -> None:
        """Gives its memory back."""
        gl.glDeleteFramebuffers(1, ctypes.byref(gl.GLuint(self.number)))
        self.texture.delete()


class Program:
    """A fragment shader, run for every pixel of some rectangles."""

    def __init__(self, fragment: str, samplers: tuple[str, ...]) -> None:
        try:
            shaders = Shader(_VERTEX, "vertex"), Shader(fragment, "fragment")
            self._program = ShaderProgram(*shaders)
        except ShaderException as error:
            raise DisplayError(f"the graphics driver refuses our shader: {error}") from error
        self._samplers = samplers
        self._vertices = gl.GLuint()
        gl.glGenVertexArrays(1, ctypes.byref(self._vertices))
        self.set({name: unit for unit, name in enumerate(samplers)})

    def set(self, uniforms: Mapping[str, object]) -> None:
        """Sets uniforms by name."""
        self._program.use()
        for name, value in uniforms.items():
            self._program[name] = value

    def draw(
        self, target: Target, areas: Iterable[Rectangle], textures: Mapping[str, Texture]
    ) -> None:
        """Draws ``areas`` of ``target``; ``textures`` by the names of the samplers."""
        target.bind()
        self._program.use()
        for unit, name in enumerate(self._samplers):
            gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
            gl.glBindTexture(gl.GL_TEXTURE_2D, textures[name].number)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glBindVertexArray(self._vertices)
        for area in areas:
            gl.glScissor(*area)
            gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)

    def blend(
        self, target: Target, areas: Iterable[Rectangle], textures: Mapping[str, Texture]
    ) -> None:
        """Draws over what is there, by the alpha of what is drawn; the target stays opaque."""
        gl.glEnable(gl.GL_BLEND)
        factors = (gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA, gl.GL_ZERO, gl.GL_ONE)
        gl.glBlendFuncSeparate(*factors)
        self.draw(target, areas, textures)
        gl.glDisable(gl.GL_BLEND)

    def delete(self) -> None:
        """Gives its memory back."""
        gl.glDeleteVertexArrays(1, ctypes.byref(self._vertices))
        self._program.delete()


def make_texture(image: NDArray[np.generic], *, smooth: bool = True) -> Texture:
    """Uploads ``image``: (height, width, 4) uint8 or uint16; a texture holds it as 0 to 1."""
    height, width, channels = image.shape
    texture = Texture(_new_texture(smooth), (height, width, channels), str(image.dtype))
    stored, layout, kind = _FORMATS[texture.dtype, channels]
    # rows of either are whole words: the default alignment of four bytes holds
    data = np.ascontiguousarray(image)
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, stored, width, height, 0, layout, kind, data.ctypes.data)
    return texture


def largest_texture() -> int:
    """The longest side of a texture that this driver takes."""
    value = gl.GLint()
    gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE, ctypes.byref(value))
    return int(value.value)


def _new_texture(smooth: bool) -> int:
    number = gl.GLuint()
    gl.glGenTextures(1, ctypes.byref(number))
    gl.glBindTexture(gl.GL_TEXTURE_2D, number)
    filtering = gl.GL_LINEAR if smooth else gl.GL_NEAREST
    for name in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, name, filtering)
    for name in (gl.GL_TEXTURE_WRAP_S, gl.GL_TEXTURE_WRAP_T):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_CLAMP_TO_EDGE)
    return int(number.value)
