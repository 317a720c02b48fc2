"""Audio: what the sound is like, how loud and how fast, and whether it is speech, singing or music.

A creator would call it the sound. The 25 numbers under `Tone colour` are librosa's clip means with
default parameters at 22,050 Hz, the same that the audio regressor learnt from. What can be told of
three seconds is also measured for the opening (`..._hook`).

Conventions: levels are in dB relative to full scale (a sine from -1 to 1 is at -3.0 dBFS), a name
that ends in `_share` is 0..1 of the time that has sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viral.errors import WeightsError
from viral.media.clip import HOOK_S, Clip
from viral.messages import Message
from viral.modalities.features import Feature, Features, ShownAs, Spans, without_anything
from viral.modalities.networks.voice import Segments, VoiceActivity, voice_activity
from viral.modalities.rhythm import Rhythm, rhythm_of
from viral.modalities.sound_frames import CLIP_MEANS, HOP, RATE_HZ, SoundFrames, sound_frames
from viral.modalities.spans import inside, kept_spans, length_s, opening, overlap_s
from viral.modalities.waveform import resampled
from viral.threads import limit_threads

SILENT_DBFS = -50.0
"""Below it a moment counts as silent: the noise of a quiet room on a phone."""
FLOOR_DBFS = -90.0
"""Digital silence is put here, near the least that 16 bits can hold, since its logarithm is not a
number."""
MOMENT_S = 0.4
"""Levels are taken over this for the dynamic range: the momentary loudness of EBU Tech 3341."""
RANGE_FLOOR_DBFS = -60.0
"""Quieter moments count as this loud in the dynamic range; nobody hears how silent silence is."""
LOUD_PERCENTILE, SOFT_PERCENTILE = 95, 10
"""The percentiles of EBU Tech 3342's loudness range."""

NO_SOUND = Message("audio.no_sound")
NOTHING_KEPT = Message("audio.nothing_kept")

_COLOUR = "Tone colour"
_LIBROSA = " Mean over the clip, librosa's defaults at 22,050 Hz."
_VOICE = " Found by FireRedVAD; speech over music counts as both."
_HOOKED: tuple[Feature, ...] = (
    Feature(
        "onset_rate_hz",
        "Sounds that set in",
        "/s",
        "Rhythm",
        "Onsets a second: notes, beats and syllables that stand out.",
    ),
    Feature(
        "loudness_dbfs",
        "Loudness",
        "dBFS",
        "Level",
        "RMS level relative to full scale, not weighted by pitch: 0 is the loudest, digital "
        "silence is put at -90.",
    ),
    Feature(
        "silence_share",
        "Silence",
        "",
        "Level",
        "Share of the time below -50 dBFS, in steps of 23 ms, 0..1.",
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "speech_share",
        "Speech",
        "",
        "Voice and music",
        "Share of the time with speech." + _VOICE,
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "singing_share",
        "Singing",
        "",
        "Voice and music",
        "Share of the time with singing." + _VOICE,
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "music_share",
        "Music",
        "",
        "Voice and music",
        "Share of the time with music." + _VOICE,
        shown_as=ShownAs.SHARE,
    ),
)

FEATURES: tuple[Feature, ...] = (
    Feature(
        "chroma_stft",
        "Fullness of harmony",
        "",
        _COLOUR,
        "Energy of the twelve notes relative to the strongest, 0..1: low for one note, high for "
        "noise." + _LIBROSA,
    ),
    Feature(
        "spectral_centroid",
        "Brightness of the sound",
        "Hz",
        _COLOUR,
        "Centre of the spectrum." + _LIBROSA,
    ),
    Feature(
        "spectral_bandwidth",
        "Width of the spectrum",
        "Hz",
        _COLOUR,
        "Spread around its centre." + _LIBROSA,
    ),
    Feature(
        "rolloff",
        "Top of the spectrum",
        "Hz",
        _COLOUR,
        "Frequency below which 85 % of the magnitude lies." + _LIBROSA,
    ),
    Feature(
        "zero_crossing_rate",
        "Hiss",
        "",
        _COLOUR,
        "Share of samples where the sign changes, 0..1: low for a hum, high for hiss." + _LIBROSA,
    ),
    *(
        Feature(
            name,
            f"Tone colour {place}",
            "",
            _COLOUR,
            f"Mel-frequency cepstral coefficient {place} of 20: the shape of the spectrum."
            + _LIBROSA,
        )
        for place, name in enumerate(CLIP_MEANS[5:], start=1)
    ),
    Feature(
        "tempo_bpm",
        "Tempo",
        "BPM",
        "Rhythm",
        "Beats a minute, 40 to 240, from the autocorrelation of the onsets weighted towards 120 "
        "(Ellis 2007); of the whole clip, also where parts are left out. Half or twice the tempo "
        "that one would tap is possible. Not measured under 3 s, or where nothing repeats.",
    ),
    Feature(
        "beat_strength",
        "Clearness of the beat",
        "",
        "Rhythm",
        "Autocorrelation of the onsets at the beat, 0..1; of the whole clip.",
    ),
    Feature(
        "dynamic_range_db",
        "Dynamic range",
        "dB",
        "Level",
        "95th less 10th percentile of the level over 0.4 s; below -60 dBFS counts as -60.",
    ),
    *_HOOKED,
    *(
        Feature(
            f"{feature.name}_hook",
            f"{feature.label} in the first 3 s",
            feature.unit,
            feature.group,
            f"The same in the first 3 seconds. {feature.description}",
            feature.shown_as,
        )
        for feature in _HOOKED
    ),
)
"""What is measured, in order."""


@dataclass(frozen=True)
class Measurements:
    """What was heard, with times in seconds."""

    end_s: float
    """Where the sound ends, or the clip if that is sooner."""
    frames: SoundFrames | None
    """None without sound."""
    moments_dbfs: np.ndarray
    """Level over `MOMENT_S` around each frame, float64 `[frames]`."""
    rhythm: Rhythm
    voice: VoiceActivity | None
    """None without sound or without the detector."""
    voice_reason: str | None = None
    """Why speech, singing and music could not be told apart, or None."""

    @property
    def speech_segments_s(self) -> Segments:
        """Where somebody speaks, as (start_s, end_s)."""
        return self.voice.speech if self.voice else ()


def _dbfs(mean_square: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(mean_square, 10 ** (FLOOR_DBFS / 10)))


def _moments(frames: SoundFrames) -> np.ndarray:
    width = min(round(MOMENT_S * RATE_HZ / HOP), len(frames.energy))
    kernel = np.ones(width)
    energy = np.convolve(frames.energy, kernel, mode="same")
    samples = np.convolve(frames.samples, kernel, mode="same")
    return _dbfs(energy / np.maximum(samples, 1))


def measure(clip: Clip) -> Measurements:
    """Listen to a clip.

    Parameters
    ----------
    clip : Clip
        May be without sound.
    """
    if not clip.has_audio or clip.sample_rate_hz <= 0:
        nothing = Rhythm(np.empty(0), float("nan"), float("nan"))
        return Measurements(0.0, None, np.empty(0), nothing, None)
    limit_threads()
    waveform = np.nan_to_num(clip.waveform, nan=0.0, posinf=1.0, neginf=-1.0)
    frames = sound_frames(resampled(waveform, clip.sample_rate_hz, RATE_HZ))
    end_s = len(waveform) / clip.sample_rate_hz
    if clip.facts.duration_s > 0:
        end_s = min(end_s, clip.facts.duration_s)
    voice, reason = None, None
    try:
        voice = voice_activity(clip.waveform, clip.sample_rate_hz)
    except WeightsError as error:
        reason = error.message
    return Measurements(
        end_s=end_s,
        frames=frames,
        moments_dbfs=_moments(frames),
        rhythm=rhythm_of(frames.onset_strength, RATE_HZ, HOP),
        voice=voice,
        voice_reason=reason,
    )


def _share(segments: Segments, spans: np.ndarray) -> float:
    ends = np.array(segments, dtype=np.float64).reshape(-1, 2)
    return float(overlap_s((ends[:, 0], ends[:, 1]), spans).sum()) / length_s(spans)


def _hooked(heard: Measurements, frames: SoundFrames, spans: np.ndarray) -> dict[str, float]:
    kept = inside(frames.times_s, spans, heard.end_s) & (frames.samples > 0)
    seconds = length_s(spans)
    if not kept.any() or not seconds > 0:
        return {feature.name: float("nan") for feature in _HOOKED}
    energy, samples = frames.energy[kept], frames.samples[kept]
    voice = heard.voice
    return {
        "onset_rate_hz": inside(heard.rhythm.onsets_s, spans, heard.end_s).sum() / seconds,
        "loudness_dbfs": float(_dbfs(energy.sum() / samples.sum())),
        "silence_share": float(np.average(_dbfs(energy / samples) < SILENT_DBFS, weights=samples)),
        "speech_share": _share(voice.speech, spans) if voice else float("nan"),
        "singing_share": _share(voice.singing, spans) if voice else float("nan"),
        "music_share": _share(voice.music, spans) if voice else float("nan"),
    }


def pool(measurements: Measurements, keep: Spans | None = None) -> Features:
    """Return the features of a clip, or of what is kept of it.

    Parameters
    ----------
    measurements : Measurements
        From `measure`.
    keep : Spans, optional
        The parts that count, played back to back. Tempo and beat stay those of the whole clip.

    Returns
    -------
    Features
        Without an embedding. `details["voice_reason"]` says why speech, singing and music could not
        be told apart, or is None.
    """
    frames = measurements.frames
    if frames is None:
        return without_anything("audio", FEATURES, NO_SOUND)
    spans = kept_spans(keep, measurements.end_s)
    kept = inside(frames.times_s, spans, measurements.end_s)
    if not kept.any():
        return without_anything("audio", FEATURES, NOTHING_KEPT)
    moments = np.maximum(measurements.moments_dbfs[kept], RANGE_FLOOR_DBFS)
    soft, loud = np.percentile(moments, (SOFT_PERCENTILE, LOUD_PERCENTILE))
    hook = _hooked(measurements, frames, opening(spans, HOOK_S))
    values = {
        **dict(zip(CLIP_MEANS, frames.columns[kept].mean(axis=0), strict=True)),
        "tempo_bpm": measurements.rhythm.tempo_bpm,
        "beat_strength": measurements.rhythm.beat_strength,
        "dynamic_range_db": loud - soft,
        **_hooked(measurements, frames, spans),
        **{f"{name}_hook": value for name, value in hook.items()},
    }
    return Features(
        modality="audio",
        values={feature.name: float(values[feature.name]) for feature in FEATURES},
        details={"voice_reason": measurements.voice_reason},
    )


def extract(clip: Clip) -> Features:
    """Listen to a clip and return the features of the whole of it."""
    return pool(measure(clip))
