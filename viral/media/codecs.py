"""Which codecs are decoded: those that phones, cameras, editors and platforms write today.

FFmpeg holds more than five hundred decoders, and most weaknesses that are found in it lie in those
of formats that nobody records in. So the child may open the decoders of this list alone (FFmpeg's
option `codec_whitelist`); a clip in another codec is refused by the codec's name. Each entry is
held by a test that encodes a clip with it. Left out on purpose are codecs that are only decoded
and cannot be encoded for a test, such as Theora, VC-1, Windows Media Video 9 and RealVideo.

Standard library alone: the decoding child imports it.
"""

from __future__ import annotations

VIDEO = {
    "h264": "phones, editors, every platform",
    "hevc": "phones (High Efficiency), editors",
    "libdav1d": "AV1: YouTube, TikTok, newer phones",
    "vp8": "WebM of browsers' recorders",
    "vp9": "WebM, YouTube",
    "mpeg4": "MPEG-4 Part 2: older phones and cameras, DivX, Xvid",
    "h263": "3GP of older phones",
    "mpeg2video": "camcorders, broadcast, DVD",
    "mpeg1video": "older cameras",
    "mjpeg": "webcams, compact cameras",
    "prores": "iPhone Pro, Final Cut, DaVinci Resolve",
    "dnxhd": "DNxHD and DNxHR: Avid, DaVinci Resolve",
    "cfhd": "CineForm: GoPro, Premiere",
    "dvvideo": "camcorders with tape",
    "v210": "uncompressed ten-bit of editors",
    "qtrle": "QuickTime Animation: titles with transparency",
    "png": "PNG in MOV: titles with transparency",
    "rawvideo": "uncompressed",
    "ffv1": "archives",
    "huffyuv": "screen recorders",
    "ffvhuff": "screen recorders",
    "utvideo": "screen recorders, editors",
    "magicyuv": "screen recorders, editors",
    "gif": "GIF",
    "apng": "animated PNG",
    "flv": "Sorenson Spark in FLV",
    "msmpeg4": "MPEG-4 version 3 of Windows recorders",
    "msmpeg4v2": "MPEG-4 version 2 of Windows recorders",
    "wmv1": "Windows Media Video 7",
    "wmv2": "Windows Media Video 8",
}
"""FFmpeg's name of the decoder -> who writes it."""

AUDIO = {
    "aac": "phones, editors, every platform",
    "mp3float": "MP3",
    "opus": "WebM, messengers, browsers' recorders",
    "vorbis": "WebM, Ogg",
    "flac": "editors",
    "alac": "Apple's lossless sound",
    "ac3": "Dolby Digital: camcorders",
    "eac3": "Dolby Digital Plus: phones, streaming",
    "mp2": "camcorders, broadcast",
    "amrnb": "3GP and voice memos of phones",
    "amrwb": "3GP and voice memos of phones",
    "wmav1": "Windows Media Audio",
    "wmav2": "Windows Media Audio 2",
    "adpcm_ima_wav": "action and dashboard cameras",
    "adpcm_ms": "action and dashboard cameras",
    "adpcm_ima_qt": "older QuickTime",
    "pcm_alaw": "telephony, IP cameras",
    "pcm_mulaw": "telephony, IP cameras",
    "pcm_u8": "WAV, AVI",
    "pcm_s8": "AIFF, MOV",
    "pcm_s16le": "WAV, AVI, MOV",
    "pcm_s16be": "AIFF, MOV",
    "pcm_s24le": "WAV, MOV",
    "pcm_s24be": "AIFF, MOV",
    "pcm_s32le": "WAV, MOV",
    "pcm_s32be": "AIFF, MOV",
    "pcm_f32le": "WAV, MOV",
    "pcm_f32be": "AIFF, MOV",
    "pcm_f64le": "WAV",
}
"""FFmpeg's name of the decoder -> who writes it."""

LISTED = frozenset(VIDEO) | frozenset(AUDIO)

WHITELIST = ",".join((*VIDEO, *AUDIO))
"""As FFmpeg's option `codec_whitelist` takes it."""


def is_listed(stream: object) -> bool:
    """Say whether a stream's decoder is one of the list. A stream without one is not."""
    context = getattr(stream, "codec_context", None)
    return context is not None and context.name in LISTED
