"""What is generated says so, to machines as well (EU AI Act, Article 50): in every file we write.

A comment in words, and, in pictures, IPTC's *digital source type* as XMP (IPTC Photo Metadata
Standard 2023.1), which catalogues and search engines read.
"""

from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kiosk.messages import Bytes

COMMENT = "AI-generated movement: a still artwork animated by a computer; no recording of a person"
# an artwork, with what a trained network has added to it
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
_APP1 = b"http://ns.adobe.com/xap/1.0/\0" + XMP  # where a JPEG has its XMP


def save_png(image: Bytes, target: Path | BinaryIO, comment: str = COMMENT) -> None:
    """Write (H, W, 3) uint8 RGB as a PNG; raises `OSError` where it cannot be written."""
    note = PngInfo()
    note.add_itxt("Comment", comment)
    note.add_itxt("XML:com.adobe.xmp", XMP.decode())
    Image.fromarray(image).save(target, "PNG", pnginfo=note)


def save_jpeg(
    image: Bytes, target: Path | BinaryIO, *, quality: int, comment: str = COMMENT
) -> None:
    """Write (H, W, 3) uint8 RGB as a JPEG; raises `OSError` where it cannot be written."""
    extra = b"\xff\xe1" + (len(_APP1) + 2).to_bytes(2, "big") + _APP1
    Image.fromarray(image).save(target, "JPEG", quality=quality, comment=comment, extra=extra)
