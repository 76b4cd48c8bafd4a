"""Content Credentials: what we write says that it is generated, signed by who runs the kiosk.

Comes in: files that are whole, and a PEM file of a private key and its certificates. Goes out: the
same files with a C2PA manifest, whose one action is that they were created, of IPTC's type
(`generated.py`). Needs the extra ``credentials``; nothing is sent anywhere, nor any time stamp
asked for.
"""

import io
import logging
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from kiosk.display.generated import SOURCE_TYPE, save_png
from kiosk.errors import ConfigError

if TYPE_CHECKING:
    from c2pa import Signer

logger = logging.getLogger(__name__)

Seal = Callable[[Path], None]  # signs a file, or all in a folder that can be signed
KINDS = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png"}
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----\s*", re.DOTALL)
_NO_THUMBNAIL = {"builder": {"thumbnail": {"enabled": False}}}


def leave(path: Path) -> None:
    """The seal of who has none."""


def open_seal(pem: str) -> Seal:
    """What signs our files.

    Args:
        pem: path of a private key and its certificates, the signer's own before its issuers'; an
            empty one signs nothing.

    Raises:
        ConfigError: nothing can be signed with it; a trial has shown.
    """
    if not pem:
        return leave
    try:
        from c2pa import C2paError
    except ImportError as error:
        needed = "pip install 'tableau-vivant[credentials]', or leave it empty"
        raise ConfigError(f"display.credentials needs a package more: {needed}") from error
    trial, signed = io.BytesIO(), io.BytesIO()
    save_png(np.zeros((8, 8, 3), np.uint8), trial)
    try:
        signer = _read_signer(Path(pem).read_bytes())
        _sign(signer, KINDS[".png"], trial, signed)
    except (OSError, ValueError, TypeError, C2paError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise ConfigError(f"display.credentials: {pem} cannot sign: {reason}") from error
    return lambda path: _seal(signer, path)


def _read_signer(pem: bytes) -> "Signer":
    """The signer of a PEM file.

    Raises:
        ValueError, TypeError: there is no key in it that could sign, or it wants a password.
        C2paError: key or certificates are refused.
    """
    from c2pa import C2paSignerInfo, Signer
    from cryptography.hazmat.primitives import serialization

    blocks = [(found[1], found[0]) for found in _PEM.finditer(pem)]
    keys = [block for label, block in blocks if label.endswith(b"PRIVATE KEY")]
    chain = b"".join(block for label, block in blocks if label == b"CERTIFICATE")
    if len(keys) != 1 or not chain:
        raise ValueError("it must hold one private key and its certificates")
    key = serialization.load_pem_private_key(keys[0], password=None)
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Signer.from_info(C2paSignerInfo(_algorithm(key), chain, plain, None))


def _algorithm(key: object) -> bytes:
    """C2PA's name for how a key signs."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, rsa.RSAPrivateKey):
        return b"ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return b"ed25519"
    curves = {"secp256r1": b"es256", "secp384r1": b"es384", "secp521r1": b"es512"}
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in curves:
        return curves[key.curve.name]
    raise ValueError("its key must be RSA, Ed25519, or on P-256, P-384 or P-521")


def _seal(signer: "Signer", path: Path) -> None:
    """Sign in place; what cannot be signed stays as it is."""
    from c2pa import C2paError

    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.suffix not in KINDS:
            continue
        partial = file.with_name(file.name + ".partial")
        try:
            with file.open("rb") as source, partial.open("w+b") as target:
                _sign(signer, KINDS[file.suffix], source, target)
            partial.replace(file)
        except (OSError, C2paError) as error:
            partial.unlink(missing_ok=True)
            logger.error("%s stays without Content Credentials: %s", file, error)


def _sign(signer: "Signer", kind: str, source: BinaryIO, target: BinaryIO) -> None:
    from c2pa import Builder, Context

    created = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}
    manifest = {
        "claim_generator_info": [{"name": "Tableau vivant", "version": version("tableau-vivant")}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [created]}}],
    }
    with Context.from_dict(_NO_THUMBNAIL) as context, Builder(manifest, context) as builder:
        builder.sign(signer, kind, source, target)
