"""The seal's key in a hardware security module or another token, spoken to by PKCS#11.

A session is opened for each seal and the module is shut down after it: a worker that forks must not hand an
open module to its children, a network module that was away is found again by the next try, and a seal is
rare. Two threads take turns. What is asked of the token is a raw ECDSA or RSA signature, which all offer.
"""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agreements.sealing.certificates import SealingError
from agreements.sealing.keys import Key, certificate_of, holding_today

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

_turn = threading.Lock()


@dataclass(frozen=True)
class TokenKey(Key):
    """A private key that never leaves its token, and where it is found."""

    module: str
    token: str
    label: str
    pin: str = field(repr=False)
    certificates: tuple[bytes, ...] = field(default=(), repr=False)  # type: ignore[override,unused-ignore]

    @contextmanager
    def signer(self) -> Iterator["Signer"]:
        with _session(self) as session:
            from asn1crypto.x509 import Certificate
            from pyhanko.sign.pkcs11 import PKCS11Signer

            own, *issuers = (Certificate.load(der) for der in self.certificates)
            yield PKCS11Signer(
                session, signing_cert=own, ca_chain=issuers, key_label=self.label, use_raw_mechanism=True
            )


def load_token_key(module: str, token: str, label: str, pin: str, certificates: tuple[bytes, ...] = ()) -> Key:
    """Return the key with that label in that token, after finding it there.

    `certificates` (DER) are those of a file; without them the token is asked for the certificate with the
    key's label or, failing that, its identifier. Raises SealingError if the module, the token, the key or the
    certificate is missing, the PIN is refused, or the certificate is not valid today.
    """
    key = TokenKey(module, token, label, pin, certificates)
    with _session(key) as session:
        private = _private_key(session, label)
        if not certificates:
            key = TokenKey(module, token, label, pin, (_certificate(session, private, label),))
    _prove(key)
    return holding_today(key)


def _prove(key: TokenKey) -> None:
    """Sign something, so that a certificate of another key shows now and not when all have signed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    public, word = certificate_of(key).public_key(), os.urandom(32)
    with key.signer() as signer:
        signature = asyncio.run(signer.async_sign_raw(word, "sha256"))
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, word, ec.ECDSA(SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, word, padding.PKCS1v15(), SHA256())
        else:
            raise SealingError("The key in the token is neither EC nor RSA; a seal needs one of these.")
    except InvalidSignature as error:
        raise SealingError(f'The certificate is not that of the key "{key.label}" in the token.') from error


@contextmanager
def _session(key: TokenKey) -> Iterator[Any]:
    """Open the token, log in, and leave the module as it was found. Every error of PKCS#11 becomes a sentence."""
    import pkcs11

    with _turn:
        try:
            library = pkcs11.lib(key.module)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise SealingError(f"The PKCS#11 module {key.module} cannot be used: {_said(error)}.") from error
        try:
            with _token(library, key.token).open(user_pin=key.pin) as session:
                yield session
        except pkcs11.PKCS11Error as error:
            raise SealingError(_sentence(error, key.token)) from error
        finally:
            library.finalize()


def _token(library: Any, label: str) -> Any:
    """Return the token, if a wrong PIN could not lock it: a supervisor that restarts a worker tries again and again."""
    from pkcs11 import TokenFlag

    found = list(library.get_tokens(token_label=label))
    if not found:
        raise SealingError(f'The PKCS#11 module has no token with the label "{label}".')
    if len(found) > 1:
        raise SealingError(f'The PKCS#11 module has {len(found)} tokens with the label "{label}"; give one another.')
    if found[0].flags & TokenFlag.USER_PIN_LOCKED:
        raise SealingError(f'The token "{label}" is locked after too many wrong PINs; unlock it with its own tools.')
    if found[0].flags & TokenFlag.USER_PIN_FINAL_TRY:
        raise SealingError(
            f'The token "{label}" allows one more try of the PIN: log in with its own tools first, then start again.'
        )
    return found[0]


def _private_key(session: Any, label: str) -> Any:
    from pkcs11 import Attribute, ObjectClass

    found = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}))
    if not found:
        raise SealingError(f'The token has no private key with the label "{label}".')
    if len(found) > 1:
        raise SealingError(f'The token has {len(found)} private keys with the label "{label}"; give one another.')
    return found[0]


def _certificate(session: Any, private: Any, label: str) -> bytes:
    """Return the certificate that has the key's label, or else its identifier."""
    from pkcs11 import Attribute, ObjectClass, PKCS11Error

    wanted: list[tuple[Any, Any]] = [(Attribute.LABEL, label)]
    with suppress(PKCS11Error):  # a key need not have one
        wanted.append((Attribute.ID, private[Attribute.ID]))
    for attribute, value in wanted:
        found = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, attribute: value}))
        if len(found) == 1:
            return bytes(found[0][Attribute.VALUE])
    raise SealingError(
        f'The token has no one certificate for the key "{label}"; put it there or name it in SEALING_CERTIFICATE_FILE.'
    )


def _sentence(error: Exception, token: str) -> str:
    import pkcs11

    if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinInvalid | pkcs11.PinLenRange):
        return f'The token "{token}" refuses the PIN.'
    if isinstance(error, pkcs11.PinLocked):
        return f'The token "{token}" is locked after too many wrong PINs; unlock it with its own tools.'
    if isinstance(error, pkcs11.PinExpired | pkcs11.UserPinNotInitialized):
        return f'The token "{token}" wants a new PIN to be set with its own tools.'
    return f'The token "{token}" does not do what is asked: {_said(error)}.'


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip().rstrip(".")
