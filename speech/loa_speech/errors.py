# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can go wrong between a text or a recording and a finished sound, in words for the person who sent it.

Each error carries a Vietnamese sentence with named placeholders (`template`) and their values, so that a
caller may translate the template before filling it. `str(error)` is the filled Vietnamese sentence.
"""

from collections.abc import Mapping

Value = str | int | float


def grouped(number: int) -> str:
    """Write a number as the interface does: 20.000."""
    return f"{number:,}".replace(",", ".")


class SpeechError(Exception):
    """Base of every error that a person must read and act upon.

    Args:
        values: what fills the placeholders of the sentence.
    """

    code = "speech"
    template = "Chưa làm được phần tiếng."

    def __init__(self, **values: Value) -> None:
        self.values: dict[str, Value] = values
        super().__init__(self.template % values)

    def to_dict(self) -> dict[str, object]:
        """Give code, sentence and values as plain data, for a pipe or a job row."""
        return {"code": self.code, "message": str(self), "values": self.values}


class EmptyTextError(SpeechError):
    """The text holds nothing that can be spoken."""

    code = "empty_text"
    template = "Chưa có lời nào để đọc. Viết ít nhất một câu; biểu tượng và ký hiệu không đọc được."


class TextTooLongError(SpeechError):
    """The text is longer than one job may read aloud."""

    code = "text_too_long"
    template = (
        "Bài dài %(characters)s ký tự, nhiều nhất là %(limit)s. "
        "Chia thành các tin ngắn hơn; bài vẫn được giữ."
    )


class ReadingTooLongError(SpeechError):
    """The text, read aloud, lasts longer than one item may."""

    code = "reading_too_long"
    template = "Bài đọc lên dài hơn %(limit_minutes)s phút. Chia thành các tin ngắn hơn; bài vẫn được giữ."


class NotAudioError(SpeechError):
    """The file is no sound that we can decode, whatever its name says."""

    code = "not_audio"
    template = "Tệp này không phải âm thanh. Dùng MP3, WAV, M4A hoặc OGG."


class DamagedAudioError(SpeechError):
    """The file begins as a sound and then cannot be decoded."""

    code = "damaged_audio"
    template = "Tệp âm thanh bị hỏng, chỉ đọc được %(seconds)s giây đầu. Ghi hoặc xuất lại tệp rồi gửi lại."


class TooLongError(SpeechError):
    """The recording is longer than the limit."""

    code = "too_long"
    template = "Bản ghi dài hơn %(limit_minutes)s phút. Cắt ngắn rồi gửi lại."


class TooLargeError(SpeechError):
    """The file has more bytes than the limit."""

    code = "too_large"
    template = (
        "Tệp nặng %(megabytes)s MB, nhiều nhất là %(limit_megabytes)s MB. Xuất sang MP3 hoặc OGG rồi gửi lại."
    )


class SilentError(SpeechError):
    """The recording has no sound above the floor."""

    code = "silent"
    template = "Bản ghi không có tiếng. Kiểm tra micro rồi ghi lại."


class TooShortError(SpeechError):
    """The recording holds too little sound to be measured."""

    code = "too_short"
    template = (
        "Bản ghi chỉ có %(milliseconds)s mili giây tiếng, ít nhất phải có %(limit_milliseconds)s. "
        "Ghi lại dài hơn."
    )


class VoiceMissingError(SpeechError):
    """No engine on this machine has the named voice."""

    code = "voice_missing"
    template = "Máy chủ không có giọng “%(voice)s”. Chọn một trong: %(voices)s."


class EngineError(SpeechError):
    """An engine did not load or did not speak."""

    code = "engine"
    template = (
        "Bộ đọc “%(engine)s” không chạy được (%(reason)s). Báo quản trị chạy `loa check`; bài vẫn được giữ."
    )


class EngineMissingError(SpeechError):
    """The library that an engine needs is not installed."""

    code = "engine_missing"
    template = "Giọng “%(voice)s” cần gói %(package)s. Báo quản trị cài loa-speech[neural]; bài vẫn được giữ."


class VoiceFileError(SpeechError):
    """The file of a voice does not load, or gives no sound."""

    code = "voice_file"
    template = (
        "Tệp của giọng “%(voice)s” không dùng được (%(reason)s). "
        "Chép lại tệp vào thư mục voices rồi chạy `loa speech voices`; bài vẫn được giữ."
    )


class EmptyProgrammeError(SpeechError):
    """A programme without an item."""

    code = "empty_programme"
    template = "Chương trình chưa có tin nào. Chọn ít nhất một tin."


class ProgrammeTooLongError(SpeechError):
    """A programme that would last longer than one sound may."""

    code = "programme_too_long"
    template = "Chương trình dài hơn %(limit_minutes)s phút. Bớt tin hoặc chia thành hai chương trình."


class TimeLimitError(SpeechError):
    """The job did not end within its time limit and was stopped."""

    code = "time_limit"
    template = (
        "Xử lý quá %(seconds)s giây nên đã dừng. "
        "Thử lại với bài hoặc bản ghi ngắn hơn; nội dung vẫn được giữ."
    )


class StorageError(SpeechError):
    """The result could not be written."""

    code = "storage"
    template = (
        "Không ghi được tệp tiếng (%(reason)s). "
        "Kiểm tra chỗ trống trên đĩa rồi thử lại; nội dung vẫn được giữ."
    )


class JobDiedError(SpeechError):
    """The child process ended without an answer, for instance at its memory limit."""

    code = "job_died"
    template = "Phần xử lý âm thanh bị ngắt giữa chừng (%(reason)s). Thử lại; nội dung vẫn được giữ."


ERRORS: Mapping[str, type[SpeechError]] = {
    kind.code: kind
    for kind in (
        EmptyTextError,
        TextTooLongError,
        ReadingTooLongError,
        NotAudioError,
        DamagedAudioError,
        TooLongError,
        TooLargeError,
        SilentError,
        TooShortError,
        VoiceMissingError,
        EngineError,
        EngineMissingError,
        VoiceFileError,
        EmptyProgrammeError,
        ProgrammeTooLongError,
        TimeLimitError,
        StorageError,
        JobDiedError,
    )
}


def from_dict(data: Mapping[str, object]) -> SpeechError:
    """Make the same named error again from `SpeechError.to_dict`.

    Args:
        data: the dictionary with `code` and `values`.
    """
    kind = ERRORS.get(str(data.get("code")), JobDiedError)
    values = data.get("values")
    known = {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}
    try:
        return kind(**known)
    except KeyError:
        return JobDiedError(reason=str(data.get("code")))
