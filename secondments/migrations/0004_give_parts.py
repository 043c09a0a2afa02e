from django.db import migrations

# Whoever was named until now has had the part since the case was submitted, or was begun.
PARTS = """
INSERT INTO secondments_casepart (secondment_id, person_id, part, since)
SELECT c.id, named.person_id, named.part, coalesce(c.submitted_at, c.created_at)
FROM secondments_secondment c CROSS JOIN LATERAL (VALUES
    (c.secondee_id, 'secondee'), (c.line_manager_id, 'line_manager'), (c.host_contact_id, 'host_contact'),
    (c.seconder_signatory_id, 'signatory_seconder'),
    (CASE WHEN c.host_signatory_confirmed_at IS NOT NULL THEN c.host_signatory_id END, 'signatory_host')
) AS named (person_id, part)
WHERE named.person_id IS NOT NULL
"""
# Where the host accepted, it accepted who signs for it.
CONFIRMED = """
UPDATE secondments_secondment SET host_signatory_confirmed_at = approved_at, host_signatory_confirmed_by_id = host_contact_id
WHERE approved_at IS NOT NULL AND host_signatory_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("secondments", "0003_parts_and_capacities")]
    operations = [
        migrations.RunSQL(CONFIRMED, migrations.RunSQL.noop),
        migrations.RunSQL(PARTS, "DELETE FROM secondments_casepart"),
    ]
