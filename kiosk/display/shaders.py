"""The fragment shaders, in GLSL 3.30.

Pixels count from the top left corner, as `graphics.Target` draws them. ``texels`` is (scale x,
scale y, offset x, offset y): texture coordinate = pixel centre * scale + offset.
"""

STILL = """#version 330 core
uniform sampler2D artwork;
uniform vec4 texels;
out vec4 color;
void main() {
    vec2 place = gl_FragCoord.xy * texels.xy + texels.zw;
    color = vec4(textureLod(artwork, place, 0.0).rgb, 1.0);
}
"""

# figure = artwork(x + flow), lit; moved = figure over plate; screen = paint over moved. Flow is
# calmed as in `texels.calm_flow`, and where it is about nothing figure and plate do not part: at
# rest all is the artwork, however well the plate is painted. A figure that slides (`parallax.py`)
# is looked up beside, paint and all; how much of the slide a place has, the field says last
_MOVING = """
uniform sampler2D artwork;
uniform sampler2D plate;
uniform sampler2D field;
uniform sampler2D paint;
uniform vec4 texels;
uniform vec4 canvas;
uniform vec2 reach;
uniform vec2 calm;
uniform vec2 word;
uniform vec3 slope;
uniform ivec2 corner;
#ifdef SLIDES
uniform vec2 slide;
#endif
out vec4 color;
void main() {
    vec2 place = gl_FragCoord.xy * texels.xy + texels.zw;
    vec2 x = gl_FragCoord.xy * canvas.xy + canvas.zw;
#ifdef SLIDES
    vec2 slid = slide * (textureLod(field, x, 0.0).w * word.x + word.y);
    x += slid * 0.5;
#endif
    vec4 painted = textureLod(paint, x, 0.0);
    vec3 drawn = textureLod(field, x, 0.0).xyz * word.x + word.y;
    vec2 shift = drawn.xy;
    float power = dot(shift, shift);
    shift *= power / (power + calm.x) * reach;
#ifdef SLIDES
    shift += slid * reach;
    power = dot(drawn.xy + slid, drawn.xy + slid);
#endif
    vec4 figure = textureLod(artwork, place + shift, 0.0);
    vec3 behind = texelFetch(plate, ivec2(gl_FragCoord.xy) - corner, 0).rgb;
    vec3 lit = figure.rgb * exp(drawn.z * slope);
    float parted = power / (power + calm.y);
    vec3 moved = mix(behind, lit, mix(1.0, figure.a, parted));
    color = vec4(mix(moved, painted.rgb, painted.a), 1.0);
}
"""
MOVING = "#version 330 core" + _MOVING
SLIDING = "#version 330 core\n#define SLIDES" + _MOVING

# one picture giving way to another
FADE = """#version 330 core
uniform sampler2D before;
uniform sampler2D after;
uniform float share;
out vec4 color;
void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    color = mix(texelFetch(before, place, 0), texelFetch(after, place, 0), share);
}
"""

# blended over what is there
NOTE = """#version 330 core
uniform sampler2D ink;
uniform ivec2 corner;
out vec4 color;
void main() {
    color = texelFetch(ink, ivec2(gl_FragCoord.xy) - corner, 0);
}
"""

# the whole picture, moved and dimmed
GLASS = """#version 330 core
uniform sampler2D picture;
uniform ivec2 shift;
uniform ivec2 size;
uniform vec3 wall;
uniform float level;
out vec4 color;
void main() {
    ivec2 place = ivec2(gl_FragCoord.xy) - shift;
    bool outside = any(lessThan(place, ivec2(0))) || any(greaterThanEqual(place, size));
    vec3 seen = outside ? wall : texelFetch(picture, place, 0).rgb;
    color = vec4(seen * level, 1.0);
}
"""
