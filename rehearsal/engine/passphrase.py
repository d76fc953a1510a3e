"""Encryption of secrets in the state with a passphrase, in the format the Pulumi CLI reads.

The salt is `v1:SALT:v1:NONCE:CIPHERTEXT` (the last part is the word `pulumi`, to recognise a wrong
passphrase); a value is `v1:NONCE:CIPHERTEXT`. The key is PBKDF2-SHA256 of 1,000,000 rounds, the cipher
AES-256-GCM (pulumi: sdk/go/common/resource/config/crypt.go, pkg/secrets/passphrase).
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rehearsal.engine.errors import BadState, WrongPassphrase

_ROUNDS: Final = 1_000_000
_PROOF: Final = "pulumi"
_keys: dict[tuple[str, bytes], AESGCM] = {}
_keys_lock = threading.Lock()


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    """The key takes about 0.3 s to derive, so it is kept for the life of the process."""
    with _keys_lock:
        cipher = _keys.get((passphrase, salt))
        if cipher is None:
            key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS, 32)
            cipher = _keys[passphrase, salt] = AESGCM(key)
        return cipher


def _seal(cipher: AESGCM, text: str) -> str:
    nonce = os.urandom(12)
    sealed = cipher.encrypt(nonce, text.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"


def _open(cipher: AESGCM, sealed: str) -> str:
    version, _, rest = sealed.partition(":")
    nonce, separator, body = rest.partition(":")
    if version != "v1" or not separator:
        raise BadState("a secret in the state is not in the form v1:NONCE:CIPHERTEXT")
    try:
        return cipher.decrypt(base64.b64decode(nonce), base64.b64decode(body), None).decode()
    except (InvalidTag, ValueError):
        raise BadState("a secret in the state cannot be decrypted") from None


class Passphrase:
    """Seals and opens the secrets of one salt. The key is derived when it is first needed.

    Opening raises WrongPassphrase if the salt was made with another passphrase.
    """

    def __init__(self, passphrase: str, salt: str | Callable[[], str], where: str = "") -> None:
        self._passphrase, self._salt, self._where = passphrase, salt, where
        self._checked: AESGCM | None = None

    @property
    def salt(self) -> str:
        """Made when it is first asked for, if it was given as a function."""
        if not isinstance(self._salt, str):
            self._salt = self._salt()
        return self._salt

    @classmethod
    def fresh(cls, passphrase: str) -> Passphrase:
        """With a new random salt."""
        raw = os.urandom(8)
        proof = _seal(_cipher(passphrase, raw), _PROOF)
        return cls(passphrase, f"v1:{base64.b64encode(raw).decode()}:{proof}")

    def _key(self) -> AESGCM:
        if self._checked is None:
            version, _, rest = self.salt.partition(":")
            raw, _, proof = rest.partition(":")
            if version != "v1" or not proof:
                raise BadState("the salt of the state is not in the form v1:SALT:PROOF", where=self._where)
            try:
                cipher = _cipher(self._passphrase, base64.b64decode(raw, validate=True))
            except ValueError:
                raise BadState("the salt of the state is not base64", where=self._where) from None
            try:
                opened = _open(cipher, proof)
            except BadState:
                raise WrongPassphrase(self._where) from None
            if opened != _PROOF:
                raise WrongPassphrase(self._where)
            self._checked = cipher
        return self._checked

    def seal(self, text: str) -> str:
        return _seal(self._key(), text)

    def open(self, sealed: str) -> str:
        return _open(self._key(), sealed)
