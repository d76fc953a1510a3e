"""Keys whose material comes from outside: they wait for it, and it is imported as in AWS
(https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-conceptual.html).
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

_PENDING = "PendingImport"
_NEVER = "KEY_MATERIAL_DOES_NOT_EXPIRE"
_SOME_DAY = "KEY_MATERIAL_EXPIRES"
_WRAPPINGS = {"RSAES_OAEP_SHA_1": "SHA1", "RSAES_OAEP_SHA_256": "SHA256"}
_SIZES = {"RSA_2048": 2048, "RSA_3072": 3072, "RSA_4096": 4096}
_MATERIAL_BYTES = 32
_TOKEN_HOURS = 24


def correct() -> None:
    _external_keys_wait_for_material()
    _material_is_needed()
    _material_is_imported()
    _material_is_rotated()


def _refusal(code: str, message: str) -> Exception:
    from moto.core.exceptions import JsonRESTError

    return JsonRESTError(code, message)


def _pending(key: Any) -> bool:
    """Whether the key has no material; that which has expired is gone."""
    until = getattr(key, "material_valid_to", None)
    if until is not None and key.key_state in ("Enabled", "Disabled") and datetime.now(UTC) >= until:
        _forget(key)
    return bool(key.key_state == _PENDING)


def _forget(key: Any) -> None:
    key.enabled, key.key_state = False, _PENDING
    key.expiration_model, key.material_valid_to = None, None


def _external_keys_wait_for_material() -> None:
    """A key of origin EXTERNAL is PendingImport and can be neither enabled nor disabled; moto enables it."""
    from moto.kms.models import Key, KmsBackend

    create, enable, disable = KmsBackend.create_key, KmsBackend.enable_key, KmsBackend.disable_key
    told = Key.to_dict

    def created(self: Any, *asked: Any, **more: Any) -> Any:
        key = create(self, *asked, **more)
        if key.origin == "EXTERNAL":
            _forget(key)
        return key

    def switched(switch: Any) -> Any:
        def refuse_or_switch(self: Any, key_id: str) -> None:
            key = self.keys[self.get_key_id(key_id)]
            if _pending(key):
                raise _refusal("KMSInvalidStateException", f"{key.arn} is pending import.")
            switch(self, key.id)

        return refuse_or_switch

    def described(self: Any) -> dict[str, Any]:
        _pending(self)
        answer: dict[str, Any] = told(self)
        if getattr(self, "expiration_model", None):
            answer["KeyMetadata"]["ExpirationModel"] = self.expiration_model
        if getattr(self, "material_valid_to", None):
            answer["KeyMetadata"]["ValidTo"] = self.material_valid_to.timestamp()
        return answer

    KmsBackend.create_key = created  # type: ignore[method-assign]
    KmsBackend.enable_key = switched(enable)  # type: ignore[method-assign]
    KmsBackend.disable_key = switched(disable)  # type: ignore[method-assign]
    Key.to_dict = described  # type: ignore[method-assign]


def _material_is_needed() -> None:
    """Nothing is encrypted or decrypted under a key without material; moto has made some up."""
    from moto.kms.models import KmsBackend

    encrypt, decrypt = KmsBackend.encrypt, KmsBackend.decrypt

    def demand(backend: Any, key_id: str) -> None:
        key = backend.keys.get(key_id)
        if key is not None and _pending(key):
            raise _refusal("KMSInvalidStateException", f"{key.arn} is pending import.")

    def encrypted(self: Any, key_id: str, *asked: Any, **more: Any) -> Any:
        demand(self, self.any_id_to_key_id(key_id))
        return encrypt(self, key_id, *asked, **more)

    def decrypted(self: Any, *asked: Any, **more: Any) -> Any:
        plaintext, arn = decrypt(self, *asked, **more)
        demand(self, self.get_key_id(arn))
        return plaintext, arn

    KmsBackend.encrypt = encrypted  # type: ignore[method-assign]
    KmsBackend.decrypt = decrypted  # type: ignore[method-assign]


def _material_is_imported() -> None:
    """GetParametersForImport, ImportKeyMaterial and DeleteImportedKeyMaterial; moto has none of them."""
    from moto.kms.responses import KmsResponse

    KmsResponse.get_parameters_for_import = _get_parameters  # type: ignore[attr-defined]
    KmsResponse.import_key_material = _import  # type: ignore[attr-defined]
    KmsResponse.delete_imported_key_material = _delete  # type: ignore[attr-defined]


def _material_is_rotated() -> None:
    """RotateKeyOnDemand of such a key takes the material imported for it, and what was encrypted before still
    opens (API_RotateKeyOnDemand.html); moto only notes the day.
    """
    from moto.kms.exceptions import AccessDeniedException, InvalidCiphertextException
    from moto.kms.models import KmsBackend

    rotate, decrypt = KmsBackend.rotate_key_on_demand, KmsBackend.decrypt

    def rotated(self: Any, key_id: str) -> str:
        key = self.keys[self.get_key_id(key_id)]
        if key.origin == "EXTERNAL":
            following = getattr(key, "next_material", None)
            if following is None:
                said = f"No available key material pending rotation for the key: {key.arn}."
                raise _refusal("KMSInvalidStateException", said)
            key.earlier_material = (*getattr(key, "earlier_material", ()), key.key_material)
            key.key_material = key.imported_material = following
            key.next_material = None
        return rotate(self, key_id)

    def decrypted(self: Any, *asked: Any, **more: Any) -> Any:
        try:
            return decrypt(self, *asked, **more)
        except (AccessDeniedException, InvalidCiphertextException):
            for key in self.keys.values():
                for material in getattr(key, "earlier_material", ()):
                    present, key.key_material = key.key_material, material
                    try:
                        return decrypt(self, *asked, **more)
                    except (AccessDeniedException, InvalidCiphertextException):
                        continue
                    finally:
                        key.key_material = present
            raise

    KmsBackend.rotate_key_on_demand = rotated  # type: ignore[method-assign]
    KmsBackend.decrypt = decrypted  # type: ignore[method-assign]


def _external_key(response: Any) -> Any:
    key_id = response._get_param("KeyId")
    response._validate_cmk_id(key_id)
    key = response.kms_backend.keys[response.kms_backend.get_key_id(key_id)]
    if key.origin != "EXTERNAL":
        said = f"{key.arn} origin is {key.origin} which is not valid for this operation."
        raise _refusal("UnsupportedOperationException", said)
    if key.key_spec != "SYMMETRIC_DEFAULT":
        said = "The local cloud imports material of symmetric encryption keys only."
        raise _refusal("UnsupportedOperationException", said)
    if key.key_state == "PendingDeletion":
        raise _refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return key


def _get_parameters(response: Any) -> str:
    """API_GetParametersForImport.html: a public key to wrap with, and a token that goes with it."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = _external_key(response)
    wrapping, size = response._get_param("WrappingAlgorithm"), response._get_param("WrappingKeySpec")
    if wrapping not in _WRAPPINGS or size not in _SIZES:
        said = f"The local cloud unwraps by {' and '.join(_WRAPPINGS)} with {', '.join(_SIZES)}."
        raise _refusal("UnsupportedOperationException", said)
    unwrapping = rsa.generate_private_key(public_exponent=65537, key_size=_SIZES[size])
    token, until = secrets.token_bytes(64), datetime.now(UTC) + timedelta(hours=_TOKEN_HOURS)
    key.import_parameters = (token, until, wrapping, unwrapping)
    public = unwrapping.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    answer = {
        "KeyId": key.arn,
        "ImportToken": base64.b64encode(token).decode(),
        "PublicKey": base64.b64encode(public).decode(),
        "ParametersValidTo": until.timestamp(),
    }
    return json.dumps(answer)


def _import(response: Any) -> str:
    """API_ImportKeyMaterial.html; material that was imported once is the only one the key takes again."""
    key = _external_key(response)
    model = response._get_param("ExpirationModel") or _SOME_DAY
    until = response._get_param("ValidTo")
    if (model == _SOME_DAY) != (until is not None):
        raise _refusal("ValidationException", f"ValidTo goes with {_SOME_DAY}, and with that alone.")
    valid_to = None if until is None else datetime.fromtimestamp(float(until), UTC)
    if valid_to is not None and not datetime.now(UTC) < valid_to < datetime.now(UTC) + timedelta(days=365):
        raise _refusal("ValidationException", "ValidTo must lie within the next 365 days.")
    material = _unwrapped(key, response)
    if response._get_param("ImportType") == "NEW_KEY_MATERIAL":
        return _import_next(key, material)
    if not hmac.compare_digest(getattr(key, "imported_material", material), material):
        said = "The key material in the request is not what was imported into this key before."
        raise _refusal("IncorrectKeyMaterialException", said)
    key.key_material = key.imported_material = material
    key.expiration_model, key.material_valid_to = model, valid_to
    if key.key_state == _PENDING:
        key.enabled, key.key_state = True, "Enabled"
    return json.dumps({"KeyId": key.arn})


def _import_next(key: Any, material: bytes) -> str:
    """Material that takes the place of the present one when the key is rotated, and not before."""
    if _pending(key) or not hasattr(key, "imported_material"):
        raise _refusal("KMSInvalidStateException", f"{key.arn} is pending import.")
    if material in (key.imported_material, *getattr(key, "earlier_material", ())):
        raise _refusal("IncorrectKeyMaterialException", "The key had this material before.")
    key.next_material = material
    return json.dumps({"KeyId": key.arn})


def _unwrapped(key: Any, response: Any) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    parameters: tuple[bytes, datetime, str, Any] | None = getattr(key, "import_parameters", None)
    given = base64.b64decode(response._get_param("ImportToken"))
    if parameters is None or not hmac.compare_digest(parameters[0], given):
        raise _refusal("InvalidImportTokenException", "The import token is not that of this key.")
    _, until, wrapping, unwrapping = parameters
    if datetime.now(UTC) >= until:
        raise _refusal("ExpiredImportTokenException", "The import token is no longer valid.")
    digest = getattr(hashes, _WRAPPINGS[wrapping])()
    oaep = padding.OAEP(mgf=padding.MGF1(digest), algorithm=digest, label=None)
    try:
        material: bytes = unwrapping.decrypt(
            base64.b64decode(response._get_param("EncryptedKeyMaterial")), oaep
        )
    except ValueError:
        said = f"The key material is not encrypted with the public key by {wrapping}."
        raise _refusal("InvalidCiphertextException", said) from None
    if len(material) != _MATERIAL_BYTES:
        said = f"The key material must have {_MATERIAL_BYTES * 8} bits; has {len(material) * 8}."
        raise _refusal("IncorrectKeyMaterialException", said)
    return material


def _delete(response: Any) -> str:
    """API_DeleteImportedKeyMaterial.html: the key waits again."""
    key = _external_key(response)
    _forget(key)
    return json.dumps({"KeyId": key.arn})
