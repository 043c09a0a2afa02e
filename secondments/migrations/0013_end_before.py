"""The last day before a placement was ended early, which an extension may have moved since it was first agreed."""

from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    """What was ended early before this was kept: the day that its ledger entry names is words, the first one is near."""
    Secondment = apps.get_model("secondments", "Secondment")
    Secondment.objects.filter(ended_early_at__isnull=False, end_before_on=None).update(end_before_on=F("agreed_end_on"))


class Migration(migrations.Migration):
    dependencies = [("secondments", "0012_what_was_told")]

    operations = [
        migrations.AddField(
            model_name="secondment",
            name="end_before_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
