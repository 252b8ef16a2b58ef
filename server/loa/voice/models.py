# SPDX-License-Identifier: AGPL-3.0-or-later
"""The spoken rendition of a revision, and the sound files, stored once per content."""

from django.db import models


class Sound(models.Model):
    """A finished Opus file in LOA_HOME/public/media, named by its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    synthesis_key = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # hash of words, voice, speed, chain
    media_type = models.CharField(max_length=60, default="audio/ogg; codecs=opus")
    size = models.PositiveIntegerField()  # bytes
    duration_ms = models.PositiveIntegerField()
    lufs = models.FloatField()
    true_peak_dbtp = models.FloatField()
    waveform = models.JSONField(default=list)  # about 200 bars, 0 to 100
    warnings = models.JSONField(default=list)  # sentences for people
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class RenditionKind(models.TextChoices):
    SYNTHESISED = "synthesised"
    RECORDED = "recorded"


class SpokenRendition(models.Model):
    """How a revision sounds; one per revision, made anew when its text, voice or recording changes."""

    revision = models.OneToOneField("messages.Revision", on_delete=models.CASCADE, related_name="spoken")
    kind = models.CharField(max_length=12, choices=RenditionKind)
    voice = models.CharField(max_length=60, blank=True)
    reading = models.JSONField(null=True, blank=True)  # loa_speech.Reading as a dict
    upload = models.CharField(max_length=200, blank=True)  # file name below LOA_HOME/uploads
    upload_name = models.CharField(max_length=200, blank=True)  # as the person's file was called
    sound = models.ForeignKey(
        Sound, null=True, blank=True, on_delete=models.PROTECT, related_name="renditions"
    )
    text_sha256 = models.CharField(max_length=64)  # the revision's words that the sound was made from
    requested_at = models.DateTimeField()
    error = models.TextField(blank=True)  # a sentence for people; the earlier sound is kept

    def __str__(self) -> str:
        return f"{self.kind} {self.revision_id}"


class Heard(models.Model):
    """A person played this sound to its end (asked before signing)."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    sound = models.ForeignKey(Sound, on_delete=models.CASCADE, related_name="heard")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "sound"], name="voice_heard_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.sound_id}"
