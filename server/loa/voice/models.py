# SPDX-License-Identifier: AGPL-3.0-or-later
"""How words are read and by which voice; the spoken rendition of a revision; the sound files, once per content."""

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


class LexiconLevel(models.TextChoices):
    """Whose word it is; the nearest to the message wins."""

    INSTALLATION = "installation"
    PROVINCE = "province"
    COMMUNE = "commune"
    MESSAGE = "message"


class LexiconWord(models.Model):
    """A written form with a reading of its own: everywhere, in a province, in a commune, or in one message."""

    level = models.CharField(max_length=12, choices=LexiconLevel)
    area = models.ForeignKey(
        "areas.Area", null=True, blank=True, on_delete=models.CASCADE, related_name="lexicon_words"
    )
    message = models.ForeignKey(
        "messages.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="lexicon_words"
    )
    written = models.CharField(max_length=120)  # NFC
    written_key = models.CharField(max_length=120, db_index=True)  # folded: case, tone marks, đ
    spoken = models.CharField(max_length=300, blank=True)  # "": not read at all
    exact_case = models.BooleanField(default=True)
    left = models.JSONField(default=list)  # one of these stands before it; none: always
    right = models.JSONField(default=list)  # one of these follows; none: always
    occurrence = models.PositiveSmallIntegerField(
        default=0
    )  # of a message: only the n-th place; 0: every one
    note = models.CharField(max_length=300, blank=True)
    identity = models.CharField(max_length=64, unique=True)  # hash of whose word, the form and its neighbours
    changed_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["written_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="installation", area=None, message=None)
                | models.Q(level__in=["province", "commune"], area__isnull=False, message=None)
                | models.Q(level="message", area=None, message__isnull=False),
                name="voice_lexiconword_belongs_to_its_level",
            )
        ]

    def __str__(self) -> str:
        return self.written


class LexiconEdition(models.Model):
    """One row whose token changes with every change of the lexicon, so that kept copies know they are old."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token


class CommuneVoice(models.Model):
    """The voice in which the messages of an area are read, unless a message was given another."""

    area = models.OneToOneField("areas.Area", on_delete=models.CASCADE, related_name="voice")
    voice = models.CharField(max_length=60)
    changed_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.voice} {self.area_id}"


class LanguageRecording(models.Model):
    """A revision said by a person in another language of the area, beside the Vietnamese rendition."""

    revision = models.ForeignKey(
        "messages.Revision", on_delete=models.CASCADE, related_name="language_recordings"
    )
    language = models.CharField(max_length=40)  # as people call it: "Tày", "Sán Chỉ"
    language_key = models.CharField(max_length=40)  # folded
    sound = models.ForeignKey(
        Sound, null=True, blank=True, on_delete=models.PROTECT, related_name="language_recordings"
    )
    upload = models.CharField(max_length=200)  # file name below LOA_HOME/uploads
    upload_name = models.CharField(max_length=200)  # as the person's file was called
    text_sha256 = models.CharField(max_length=64)  # the Vietnamese words that it was made for
    error = models.TextField(blank=True)  # a sentence for people
    added_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["language_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "language_key"], name="voice_languagerecording_once_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.revision_id}"
