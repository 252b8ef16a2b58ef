from django.db import migrations


def fill(apps, schema_editor):
    Campaign = apps.get_model("campaigns", "Campaign")
    LegalDocument = apps.get_model("campaigns", "LegalDocument")
    for campaign in Campaign._base_manager.all():
        campaign.lineage = f"/{campaign.pk}/"
        campaign.save(update_fields=["lineage"])
        LegalDocument._base_manager.bulk_create(
            LegalDocument(campaign=campaign, citation=citation[:500], order=order)
            for order, citation in enumerate(campaign.legal_basis, start=1)
        )


class Migration(migrations.Migration):

    dependencies = [("campaigns", "0002_deeper_plan")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
