import json
from pathlib import Path

from django.db import migrations
from django.db.models import F

ENDED = "('void', 'declined', 'expired', 'superseded')"

# What each append-only table may lose in a paper that was never signed by all.
ERASED = {
    "version": '{"terms": "", "values": {}, "wordings": {}, "note": "", "clauses": [], "schedules": []}',
    "document": '{"content": "\\\\x", "size": 0, "name": ""}',
    "signature": '{"signed_name": "Erased person", "email": "erased@erased.invalid", "identity": "", "drawing": []}',
}
ERASED_BEFORE = {
    "version": '{"terms": "", "values": {}, "wordings": {}, "note": ""}',
    "document": '{"content": "\\\\x", "size": 0}',
    "signature": '{"signed_name": "Erased person", "email": "erased@erased.invalid", "identity": ""}',
}

ONLY_UNSIGNED = """
CREATE OR REPLACE FUNCTION only_unsigned_papers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM agreements_agreement a JOIN secondments_secondment s ON s.id = a.secondment_id
        WHERE a.id = OLD.agreement_id AND a.state IN %s
            AND s.state IN ('completed', 'declined', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'rows of %% are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
ERASE_PAPER = """
CREATE OR REPLACE FUNCTION erase_paper(paper bigint, person bigint) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE agreements_version SET terms = '', values = '{}', wordings = '{}', note = '', clauses = '[]', schedules = '[]'
    WHERE agreement_id = paper
        AND (terms <> '' OR values <> '{}' OR wordings <> '{}' OR note <> '' OR clauses <> '[]' OR schedules <> '[]');
    UPDATE agreements_document SET content = '', size = 0, name = ''
    WHERE agreement_id = paper AND (size <> 0 OR name <> '');
    UPDATE agreements_evidenceevent SET body = '' WHERE agreement_id = paper AND body <> '';
    UPDATE agreements_legalconsent SET reason = '' WHERE agreement_id = paper AND reason <> '';
    UPDATE agreements_signature
    SET signed_name = 'Erased person', email = 'erased@erased.invalid', identity = '', drawing = '[]'
    WHERE agreement_id = paper AND signed_name <> 'Erased person'
        AND slot_id IN (SELECT id FROM agreements_signatureslot WHERE signatory_id = person);
$$;
"""
ERASE_PAPER_BEFORE = """
CREATE OR REPLACE FUNCTION erase_paper(paper bigint, person bigint) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE agreements_version SET terms = '', values = '{}', wordings = '{}', note = ''
    WHERE agreement_id = paper AND (terms <> '' OR values <> '{}' OR wordings <> '{}' OR note <> '');
    UPDATE agreements_document SET content = '', size = 0 WHERE agreement_id = paper AND size <> 0;
    UPDATE agreements_evidenceevent SET body = '' WHERE agreement_id = paper AND body <> '';
    UPDATE agreements_signature SET signed_name = 'Erased person', email = 'erased@erased.invalid', identity = ''
    WHERE agreement_id = paper AND signed_name <> 'Erased person'
        AND slot_id IN (SELECT id FROM agreements_signatureslot WHERE signatory_id = person);
$$;
"""

# A variation or a letter that is signed and sealed does not let a placement begin: the agreement does.
PLACEMENT = """
CREATE OR REPLACE FUNCTION placement_has_sealed_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('active', 'review', 'return', 'completed') AND NOT EXISTS (
        SELECT FROM agreements_agreement
        WHERE secondment_id = NEW.id AND state = 'signed' AND sealed_copy_id IS NOT NULL%(kind)s
    ) THEN
        RAISE EXCEPTION 'a placement without a signed and sealed agreement' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'agreed' AND NOT EXISTS (
        SELECT FROM agreements_agreement WHERE secondment_id = NEW.id AND state = 'signed'%(kind)s
    ) THEN
        RAISE EXCEPTION 'concluded without a signed agreement' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# What a paper is and hangs on is settled when it is made; what HR noted and the terms' base stay with a signed one.
KIND_STAYS = """
CREATE FUNCTION paper_kind_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind <> OLD.kind OR NEW.secondment_id <> OLD.secondment_id OR NEW.number <> OLD.number
        OR (OLD.state IN ('signing', 'signed') AND (NEW.changes <> OLD.changes OR NEW.title <> OLD.title))
    THEN
        RAISE EXCEPTION 'what a paper is does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_kind_stays BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION paper_kind_stays();
"""


def swap(table, erased, before):
    def trigger(words):
        return (
            f"DROP TRIGGER {table}_only_erased ON agreements_{table};"
            f"CREATE TRIGGER {table}_only_erased BEFORE UPDATE ON agreements_{table} "
            f"FOR EACH ROW EXECUTE FUNCTION only_erased('{words}');"
        )

    return migrations.RunSQL(trigger(erased), trigger(before))


def append_only(table, erased=""):
    name = f"agreements_{table}"
    when = "BEFORE DELETE" if erased else "BEFORE UPDATE OR DELETE"
    words = (
        f"CREATE TRIGGER {table}_only_erased BEFORE UPDATE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION only_erased('{erased}');"
        f"CREATE TRIGGER {table}_only_unsigned BEFORE UPDATE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION only_unsigned_papers();"
    )
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only {when} ON {name} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();{words if erased else ''}",
        migrations.RunSQL.noop,
    )


def keep_definitions(apps, editor):
    """Versions that exist say from now on what they are made of: the built-in texts as they were until now."""
    Version = apps.get_model("agreements", "Version")
    ChangeRequest = apps.get_model("agreements", "ChangeRequest")
    library = json.loads((Path(__file__).parent / "library_of_0004.json").read_text("utf-8"))
    editor.execute("ALTER TABLE agreements_version DISABLE TRIGGER USER")
    for version in Version.objects.exclude(terms="").order_by("pk").iterator(chunk_size=200):
        keys = [row["key"] for row in json.loads(version.terms)["clauses"]]
        Version.objects.filter(pk=version.pk).update(clauses=[library[key] for key in keys if key in library])
    editor.execute("ALTER TABLE agreements_version ENABLE TRIGGER USER")
    ChangeRequest.objects.filter(author=F("agreement__secondment__secondee")).update(party="secondee")


class Migration(migrations.Migration):
    """Versions know their clauses; what is append-only, erasable and needed for a placement, with the new columns."""

    dependencies = [("agreements", "0005_papers_whole"), ("people", "0014_legal_approvers_and_signing")]
    operations = [
        migrations.RunPython(keep_definitions, migrations.RunPython.noop),
        migrations.RunSQL(
            ONLY_UNSIGNED.replace("%s", ENDED).replace("%%", "%"),
            ONLY_UNSIGNED.replace("%s", "('void', 'declined')").replace("%%", "%"),
        ),
        *[swap(table, words, ERASED_BEFORE[table]) for table, words in ERASED.items()],
        append_only("clausetext"),
        append_only("legalconsent", '{"reason": ""}'),
        migrations.RunSQL(ERASE_PAPER, ERASE_PAPER_BEFORE),
        migrations.RunSQL(PLACEMENT % {"kind": " AND kind = 'agreement'"}, PLACEMENT % {"kind": ""}),
        migrations.RunSQL(
            KIND_STAYS, "DROP TRIGGER paper_kind_stays ON agreements_agreement; DROP FUNCTION paper_kind_stays();"
        ),
    ]
