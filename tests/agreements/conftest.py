"""What several tests of papers get: a finished file, the key of the seal, and one of somebody else."""

import pytest

from agreements import pdf, sealing
from agreements.sealing import Key
from tests.agreements.specimen import ATTACHED, CREATED, specimen_record, specimen_signatories, specimen_terms


@pytest.fixture(scope="session")
def final() -> bytes:
    return pdf.render_final(
        specimen_terms(),
        specimen_signatories(signed=True),
        specimen_record(),
        created=CREATED,
        attachments=ATTACHED,
    )


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return sealing.development_key(tmp_path_factory.mktemp("keys") / "seal.p12")


@pytest.fixture(scope="session")
def foreign_key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return sealing.development_key(tmp_path_factory.mktemp("keys") / "foreign.p12")
