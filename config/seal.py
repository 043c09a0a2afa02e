"""The worker proves at its start that it can seal, and that the seal is fit for people's papers.

Connected by the production settings alone: elsewhere a key is generated. Without this an unfit seal would show
at the first agreement that all have signed, days later.
"""

from __future__ import annotations

from typing import Any

from celery.signals import worker_init
from django.conf import settings


@worker_init.connect
def refuse_unfit_seal(**kwargs: Any) -> None:
    """Only an exit stops a worker here; Celery logs any other exception of a receiver and goes on."""
    if fault := seal_fault():
        raise SystemExit(fault)


def seal_fault() -> str:
    """One sentence about the key, its certificate or the authority; empty when agreements can be sealed.

    In this order: there is a key, and one; it opens and holds today; it is not the one of the demo; it belongs
    to the certificate that the web process publishes; the authority has an address and certificates. The
    authority itself is not asked: a worker that starts while it is away can do everything else, and seals wait.
    """
    from agreements import sealing

    if settings.SEALING_KEY_FILE and settings.SEALING_PKCS11_MODULE:
        return "Set SEALING_KEY_FILE or SEALING_PKCS11_MODULE, not both: a seal has one key."
    if not settings.SEALING_KEY_FILE and not settings.SEALING_PKCS11_MODULE:
        return (
            "The worker seals agreements: set SEALING_KEY_FILE and SEALING_KEY_PASSPHRASE for it, "
            "or the variables SEALING_PKCS11_… of a token."
        )
    where = "SEALING_PKCS11_MODULE" if settings.SEALING_PKCS11_MODULE else "SEALING_KEY_FILE"
    try:
        key = sealing.configured_key(generated=False)
    except sealing.SealingError as error:
        return _named(error, where)
    if _common_name(sealing.certificate_pem(key)) == sealing.DEVELOPMENT_NAME:
        return f"{where} is the key of the demo, which says that it is not for legal use; get one of your own."
    try:
        if settings.SEALING_CERTIFICATE_FILE:
            published = sealing.pem_fingerprint(sealing.configured_certificate())
            if published != sealing.fingerprint(key):
                return f"SEALING_CERTIFICATE_FILE is not the certificate of the key in {where}."
        sealing.configured_timestamps()
    except sealing.SealingError as error:
        return _named(error, "SEALING_TIMESTAMP_URL")
    return ""


def _named(error: Exception, where: str) -> str:
    """The sentence, beginning with the variable that it is about."""
    return str(error) if str(error).startswith("SEALING_") else f"{where}: {error}"


def _common_name(pem: bytes) -> str:
    from cryptography import x509

    names = x509.load_pem_x509_certificate(pem).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
