"""Content Credentials: what we write is signed as generated and can be read back; or left alone."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np
import pytest

from kiosk.config import load_config
from kiosk.display.credentials import leave, open_seal
from kiosk.display.generated import COMMENT, SOURCE_TYPE, save_jpeg, save_png
from kiosk.display.recorder import Recorder
from kiosk.errors import ConfigError
from kiosk.evaluation.staging import PAGE, staged

c2pa = pytest.importorskip("c2pa", reason="needs the extra credentials")
x509 = pytest.importorskip("cryptography.x509")

from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: E402

PICTURE = np.full((40, 60, 3), 120, np.uint8)
KEYS: dict[str, Callable[[], object]] = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


def named(name: str) -> object:
    parts = {x509.NameOID.COMMON_NAME: name, x509.NameOID.ORGANIZATION_NAME: "A museum"}
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items()])


def certify(key: object, issuer_key: object, name: str, *, authority: bool) -> object:
    """A certificate for a key, by an authority called ``authority``."""
    now = dt.datetime.now(dt.timezone.utc)
    unused = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    usage = dict.fromkeys((*unused, "encipher_only", "decipher_only"), False)
    signs = {"digital_signature": not authority, "key_cert_sign": authority, "crl_sign": authority}
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **signs), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(issuer, critical=False)
    )
    if not authority:
        mail = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(mail, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def key_block(key: object, form: str = "PKCS8") -> bytes:
    how = getattr(serialization.PrivateFormat, form)
    return key.private_bytes(serialization.Encoding.PEM, how, serialization.NoEncryption())


def block(certificate: object) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def write_pem(path: Path, kind: str = "p256", form: str = "PKCS8") -> Path:
    """A key, its certificate, and the authority's."""
    key, root = KEYS[kind](), KEYS["p256"]()
    chain = block(certify(key, root, "kiosk", authority=False))
    chain += block(certify(root, root, "authority", authority=True))
    path.write_bytes(key_block(key, form) + chain)
    return path


def read_back(path: Path) -> dict:
    """The manifest of a file whose signature and hashes are right."""
    with c2pa.Reader(str(path)) as reader:
        told = json.loads(reader.json())
    wrong = {status["code"] for status in told.get("validation_status", [])}
    assert wrong <= {"signingCredential.untrusted"}  # nobody knows our authority
    return told["manifests"][told["active_manifest"]]


def record(path: Path) -> Path:
    with Recorder(path, (64, 48), fps=30) as recorder:
        for number in range(5):
            recorder.write(np.full((48, 64, 3), 40 * number, np.uint8), number / 30)
    return path


def some_files(folder: Path) -> list[Path]:
    save_png(PICTURE, folder / "still.png")
    save_jpeg(PICTURE, folder / "still.jpg", quality=90)
    return [folder / "still.png", folder / "still.jpg", record(folder / "clip.mp4")]


def test_clips_and_stills_say_who_made_them_and_that_they_are_generated(tmp_path: Path) -> None:
    seal = open_seal(str(write_pem(tmp_path / "museum.pem")))
    for path in some_files(tmp_path):
        seal(path)
        manifest = read_back(path)

        (actions,) = (a for a in manifest["assertions"] if a["label"].startswith("c2pa.actions"))
        (action,) = actions["data"]["actions"]
        assert action["action"] == "c2pa.created"
        assert action["digitalSourceType"] == SOURCE_TYPE
        made_by = manifest["claim_generator_info"][0]
        assert (made_by["name"], made_by["version"]) == (
            "Tableau vivant",
            version("tableau-vivant"),
        )
        assert manifest["signature_info"]["issuer"] == "A museum"


def test_a_signed_clip_plays_and_keeps_its_note(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.mp4")
    open_seal(str(write_pem(tmp_path / "museum.pem")))(path)
    with av.open(str(path)) as clip:
        assert clip.metadata["comment"] == COMMENT
        assert len(list(clip.decode(video=0))) == 5


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        *(("p384", "PKCS8"), ("rsa", "PKCS8"), ("ed25519", "PKCS8")),
        *(("p256", "TraditionalOpenSSL"), ("rsa", "TraditionalOpenSSL")),
    ],
)
def test_every_kind_of_key_signs(tmp_path: Path, kind: str, form: str) -> None:
    save_png(PICTURE, tmp_path / "still.png")
    open_seal(str(write_pem(tmp_path / "museum.pem", kind, form)))(tmp_path / "still.png")

    assert read_back(tmp_path / "still.png")


def test_a_report_is_signed_before_it_goes_to_its_place(tmp_path: Path) -> None:
    seal = open_seal(str(write_pem(tmp_path / "museum.pem")))
    with staged(tmp_path / "report", seal) as place:
        (place / "portrait").mkdir()
        save_jpeg(PICTURE, place / "portrait" / "still.jpg", quality=90)
        (place / PAGE).write_text("a page")

    assert read_back(tmp_path / "report" / "portrait" / "still.jpg")
    assert (tmp_path / "report" / PAGE).read_text() == "a page"
    assert not list(tmp_path.rglob("*.partial"))


def test_without_the_setting_nothing_is_touched(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.mp4")
    before = path.read_bytes()
    open_seal("")(path)

    assert open_seal("") is leave
    assert path.read_bytes() == before


def test_without_the_package_a_setting_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)

    with pytest.raises(ConfigError, match=r"pip install 'tableau-vivant\[credentials\]'"):
        open_seal(str(write_pem(tmp_path / "museum.pem")))


def self_signed() -> bytes:
    key = KEYS["p256"]()
    return key_block(key) + block(certify(key, key, "authority", authority=True))


def of_another_key() -> bytes:
    root = KEYS["p256"]()
    other = certify(KEYS["p256"](), root, "kiosk", authority=False)
    return key_block(KEYS["p256"]()) + block(other)


@pytest.mark.parametrize(
    ("pem", "fault"),
    [
        (lambda: b"nothing", "one private key and its certificates"),
        (lambda: key_block(KEYS["p256"]()), "one private key and its certificates"),
        (self_signed, "self-signed"),
        (of_another_key, "signature does not match"),
    ],
)
def test_what_cannot_sign_is_refused_at_once_in_one_line(
    tmp_path: Path, pem: Callable[[], bytes], fault: str
) -> None:
    (tmp_path / "museum.pem").write_bytes(pem())

    with pytest.raises(ConfigError, match=fault) as caught:
        open_seal(str(tmp_path / "museum.pem"))

    assert "\n" not in str(caught.value)
    assert "museum.pem cannot sign" in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.pem cannot sign: No such file"):
        open_seal(str(tmp_path / "none.pem"))


def test_what_cannot_be_signed_stays_whole_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(b"no picture")
    open_seal(str(write_pem(tmp_path / "museum.pem")))(path)

    assert path.read_bytes() == b"no picture"
    assert "still.png stays without Content Credentials" in caplog.text
    assert not list(tmp_path.glob("*.partial"))


def test_the_file_is_seen_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[display]\ncredentials = "museum.pem"\n')

    assert load_config(tmp_path / "config.toml").display.credentials == str(tmp_path / "museum.pem")
