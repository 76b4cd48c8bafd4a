"""Signatures over a pack's sums, in minisign's format: who vouches for it.

`manifest-sha256.txt.minisig` signs the manifest, which holds the sum of every file; so
`minisign -Vm manifest-sha256.txt -p KEY.pub` reads it, too. https://jedisct1.github.io/minisign/
"""

import os
from collections.abc import Sequence
from pathlib import Path

import minisign

from kiosk.errors import ConfigError, PackError
from kiosk.portraits.manifest import MANIFEST, verify_manifest

SIGNATURE = f"{MANIFEST}.minisig"


def make_keys(path: Path, password: str) -> tuple[Path, Path]:
    """Write a pair of keys: the secret one, for its owner alone, and the public one.

    Args:
        path: their name, without suffix.
        password: of the secret key; empty for none.

    Returns:
        Both files.

    Raises:
        ConfigError: one is there already, or they cannot be written.
    """
    secret, public = path.with_suffix(".key"), path.with_suffix(".pub")
    pair = minisign.KeyPair.generate()
    if password:
        pair.secret_key.encrypt(password)
    try:
        handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(bytes(pair.secret_key))
        with public.open("xb") as file:
            file.write(bytes(pair.public_key))
    except FileExistsError as error:
        raise ConfigError(f"{error.filename}: is there already; choose another name") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    return secret, public


def sign_pack(folder: Path, key: Path, password: str) -> None:
    """Sign a whole pack.

    Raises:
        PackError: the pack is damaged, or cannot be written.
        ConfigError: the key is none, or the password is wrong.
    """
    verify_manifest(folder)
    try:
        secret = minisign.SecretKey.from_file(key)
        if secret.is_encrypted():
            secret.decrypt(password)
    except OSError as error:
        raise ConfigError(f"{key}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ConfigError(f"{key}: is no secret key, or its password is wrong") from error
    content = (folder / MANIFEST).read_bytes()
    signature = secret.sign(content, trusted_comment=f"portrait:{folder.name}")
    partial = folder / f".{SIGNATURE}.partial"
    try:
        partial.write_bytes(bytes(signature))
        partial.replace(folder / SIGNATURE)
    except OSError as error:
        raise PackError(f"{folder.name}: cannot be signed ({error.strerror})") from error


def check_signature(folder: Path, keys: Sequence[Path]) -> None:
    """Refuse a pack that none of these keys has signed.

    Args:
        folder: a pack's, of its own id.
        keys: public ones.

    Raises:
        PackError: it is not signed, or by nobody who is trusted, or for another portrait.
        ConfigError: a key cannot be read.
    """
    try:
        signature = minisign.Signature.from_bytes((folder / SIGNATURE).read_bytes())
    except FileNotFoundError as error:
        raise PackError(f"{folder.name}: is not signed") from error
    except (OSError, ValueError) as error:
        raise PackError(f"{folder.name}: {SIGNATURE} is damaged") from error
    content = (folder / MANIFEST).read_bytes()
    if not any(_vouches(key, content, signature) for key in keys):
        raise PackError(f"{folder.name}: is signed by nobody who is trusted here, or was changed")
    if signature.trusted_comment != f"portrait:{folder.name}":
        raise PackError(f"{folder.name}: its signature is another portrait's")


def _vouches(key: Path, content: bytes, signature: minisign.Signature) -> bool:
    try:
        public = minisign.PublicKey.from_file(key)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key}: is no public key of minisign's") from error
    try:
        public.verify(content, signature)
    except ValueError:
        return False
    return True
