from django.conf import settings
from django.db import migrations, models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def name_notices(apps, schema_editor):
    """What was urged until now was told at once, each thing by a notice of its own."""
    named = Concat(Value('campaigns.urge:'), Cast(F('activity_id'), CharField()), Value(':'), F('mark'))
    apps.get_model('campaigns', 'Urge').objects.update(told_as=named)


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0011_urging'),
        ('people', '0003_emergency_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='urge',
            name='told_as',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.RunPython(name_notices, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='urge',
            index=models.Index(condition=models.Q(('told_as', '')), fields=['on', 'person'], name='campaigns_urge_untold'),
        ),
    ]
