from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("campaigns", "0003_plan_rows")]

    operations = [migrations.RemoveField(model_name="campaign", name="legal_basis")]
