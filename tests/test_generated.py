"""Pictures that we write say that they are generated, in words and to machines."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.display.generated import COMMENT, SOURCE_TYPE, save_jpeg, save_png

PICTURE = np.tile(np.linspace(20, 230, 60, dtype=np.uint8)[None, :, None], (40, 1, 3))


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_tells_its_source_to_machines(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"still{suffix}"
    if suffix == ".png":
        save_png(PICTURE, path)
    else:
        save_jpeg(PICTURE, path, quality=95)
    with Image.open(path) as image:
        image.load()
        told = image.info
        seen = np.asarray(image.convert("RGB"))

    xmp = told.get("xmp") or told.get("XML:com.adobe.xmp")
    text = xmp.decode() if isinstance(xmp, bytes) else str(xmp)
    assert f"<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPE}<" in text
    comment = told.get("comment") or told.get("Comment")
    assert (comment.decode() if isinstance(comment, bytes) else str(comment)) == COMMENT
    assert np.abs(seen.astype(int) - PICTURE).mean() < 12
