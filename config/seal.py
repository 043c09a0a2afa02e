"""The worker proves at its start that it can seal, and that the seal is fit for people's papers.

Connected by the production settings alone: elsewhere a key is generated. Without this an unfit seal would show
at the first agreement that all have signed, days later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.signals import worker_init
from django.conf import settings


@worker_init.connect
def refuse_unfit_seal(**kwargs: Any) -> None:
    """Only an exit stops a worker here; Celery logs any other exception of a receiver and goes on."""
    if fault := seal_fault():
        raise SystemExit(fault)


def seal_fault() -> str:
    """One sentence about the key or its certificate; empty when agreements can be sealed.

    In this order: there is a key, it opens and holds today, it is not the one of the demo, and it belongs to
    the certificate that the web process publishes.
    """
    from agreements import sealing

    if not settings.SEALING_KEY_FILE:
        return "The worker seals agreements: set SEALING_KEY_FILE and SEALING_KEY_PASSPHRASE for it."
    try:
        key = sealing.load_key(Path(settings.SEALING_KEY_FILE), settings.SEALING_KEY_PASSPHRASE.encode())
    except sealing.SealingError as error:
        return f"SEALING_KEY_FILE: {error}"
    if _common_name(sealing.certificate_pem(key)) == sealing.DEVELOPMENT_NAME:
        return "SEALING_KEY_FILE is the key of the demo, which says that it is not for legal use; get one of your own."
    if not settings.SEALING_CERTIFICATE_FILE:
        return ""
    try:
        published = sealing.pem_fingerprint(Path(settings.SEALING_CERTIFICATE_FILE).read_bytes())
    except (OSError, ValueError) as error:
        return f"SEALING_CERTIFICATE_FILE is not a certificate in PEM: {error}"
    if published != sealing.fingerprint(key):
        return "SEALING_CERTIFICATE_FILE is not the certificate of the key in SEALING_KEY_FILE."
    return ""


def _common_name(pem: bytes) -> str:
    from cryptography import x509

    names = x509.load_pem_x509_certificate(pem).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
