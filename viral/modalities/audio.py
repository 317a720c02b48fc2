"""Audio: what the clip sounds like, speech or not.

A creator would call it the sound. The 25 clip means are librosa's on `librosa.load(path, mono=True)`
at 22,050 Hz with default parameters: the numbers that the audio regressor learnt from. Levels are in
dB relative to full scale, shares in 0..1, times in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from viral.errors import WeightsError
from viral.media.clip import HOOK_S, Clip
from viral.modalities.features import Feature, Features, Spans, without_anything
from viral.modalities.spans import inside, kept_spans, length_s, opening, overlap_s
from viral.modalities.voice import VoiceActivity, voice_activity
from viral.modalities.waveform import resampled

RATE_HZ = 22_050
"""librosa's default rate."""
HOP = 512
FRAME = 2048
"""librosa's default hop and window, in samples."""
QUIET_DBFS = -60.0
"""Below this a moment counts as silent."""
FLOOR_DBFS = -100.0
CLIP_MEANS = (
    "chroma_stft",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    *(f"mfcc{i}" for i in range(1, 21)),
)
"""In the order of the table that the regressor learnt from."""
_SPECTRAL = {
    "chroma_stft": ("Fullness of harmony", "", "Mean chroma energy, 0..1."),
    "spectral_centroid": ("Brightness of the sound", "Hz", "Mean centre of the spectrum."),
    "spectral_bandwidth": ("Width of the spectrum", "Hz", "Mean spread around the centre."),
    "rolloff": ("Height of the treble", "Hz", "Frequency below which 85 % of the energy lies."),
    "zero_crossing_rate": ("Noisiness", "", "Share of samples where the sign changes, 0..1."),
}

FEATURES: tuple[Feature, ...] = (
    *(Feature(n, label, unit, "Timbre", text) for n, (label, unit, text) in _SPECTRAL.items()),
    *(
        Feature(f"mfcc{i}", f"Tone colour {i}", "", "Timbre", f"Mean of librosa's MFCC {i}.")
        for i in range(1, 21)
    ),
    Feature("tempo_bpm", "Tempo", "BPM", "Rhythm", "Beats a minute, librosa's estimate."),
    Feature("onset_rate_hz", "Sounds that set in", "1/s", "Rhythm", "Onsets a second."),
    Feature("loudness_dbfs", "Loudness", "dBFS", "Level", "RMS level of what is kept."),
    Feature("loudness_hook_dbfs", "Loudness of the opening", "dBFS", "Level", "In the first 3 s."),
    Feature("dynamic_range_db", "Dynamic range", "dB", "Level", "95th less 10th percentile."),
    Feature("silence_share", "Silence", "", "Level", f"Share below {QUIET_DBFS:.0f} dBFS, 0..1."),
    Feature("silence_hook_share", "Silence in the opening", "", "Level", "In the first 3 s, 0..1."),
    Feature("speech_share", "Speech", "", "Content", "Share of time with speech, 0..1."),
    Feature("singing_share", "Singing", "", "Content", "Share of time with singing, 0..1."),
    Feature("music_share", "Music", "", "Content", "Share of time with music, 0..1."),
)
"""What is measured, in order."""
NO_SOUND = "The clip has no sound, so the audio could not be measured."


@dataclass(frozen=True)
class SoundMeasurements:
    """What was heard, with times."""

    duration_s: float
    times_s: np.ndarray
    """Centres of the frames, float64 `[frames]`."""
    spectra: np.ndarray
    """float64 `[frames, 25]`, columns as in `CLIP_MEANS`."""
    power: np.ndarray
    """Mean square of each frame `[frames]`."""
    onsets_s: np.ndarray
    """Times of onsets `[onsets]`."""
    tempo_bpm: float
    """Of the whole clip; NaN where nothing sets in."""
    activity: VoiceActivity | None
    """None where the detector is not installed."""


def measure(clip: Clip) -> SoundMeasurements | None:
    """Listen to a clip; None without sound."""
    if not clip.has_audio or clip.sample_rate_hz <= 0:
        return None
    import librosa

    sound = resampled(clip.waveform, clip.sample_rate_hz, RATE_HZ).astype(np.float32)
    if len(sound) < FRAME:
        # Too short for one window: padded with silence, as a player would.
        sound = np.pad(sound, (0, FRAME - len(sound)))
    magnitude = np.abs(librosa.stft(sound, n_fft=FRAME, hop_length=HOP))
    power = magnitude**2
    mel = librosa.feature.melspectrogram(S=power, sr=RATE_HZ)
    decibels = librosa.power_to_db(mel)
    # A clip without any tone has no tuning to estimate.
    tuning = 0.0 if not np.any(magnitude > 0) else librosa.estimate_tuning(S=power, sr=RATE_HZ)
    rows = np.vstack(
        [
            librosa.feature.chroma_stft(S=power, sr=RATE_HZ, tuning=tuning).mean(axis=0),
            librosa.feature.spectral_centroid(S=magnitude, sr=RATE_HZ)[0],
            librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE_HZ)[0],
            librosa.feature.spectral_rolloff(S=magnitude, sr=RATE_HZ)[0],
            librosa.feature.zero_crossing_rate(sound)[0],
            librosa.feature.mfcc(S=decibels, n_mfcc=20),
        ]
    )
    times = np.arange(rows.shape[1]) * HOP / RATE_HZ
    envelope = librosa.onset.onset_strength(S=decibels, sr=RATE_HZ)
    onsets, tempo = np.zeros(0), math.nan
    if np.ptp(envelope) > 0 and np.sqrt(np.mean(sound**2)) > 10 ** (QUIET_DBFS / 20):
        onsets = librosa.onset.onset_detect(onset_envelope=envelope, sr=RATE_HZ, units="time")
        tempo = float(np.ravel(librosa.feature.tempo(onset_envelope=envelope, sr=RATE_HZ))[0])
    try:
        activity = voice_activity(clip.waveform, clip.sample_rate_hz)
    except WeightsError:
        activity = None
    rms = librosa.feature.rms(y=sound, frame_length=FRAME, hop_length=HOP)[0]
    return SoundMeasurements(
        duration_s=clip.facts.duration_s,
        times_s=times,
        spectra=rows.T.astype(np.float64),
        power=rms.astype(np.float64) ** 2,
        onsets_s=np.asarray(onsets, dtype=np.float64),
        tempo_bpm=tempo,
        activity=activity,
    )


def _dbfs(power: np.ndarray) -> np.ndarray:
    return 10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DBFS / 10)))


def _share(segments: object, spans: np.ndarray) -> float:
    rows = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
    total = length_s(spans)
    return float(overlap_s((rows[:, 0], rows[:, 1]), spans).sum() / total) if total else math.nan


def pool(measurements: SoundMeasurements | None, keep: Spans | None = None) -> Features:
    """Return the features of what is kept; missing without sound."""
    if measurements is None:
        return without_anything("audio", FEATURES, NO_SOUND)
    spans = kept_spans(keep, measurements.duration_s)
    kept = inside(measurements.times_s, spans, measurements.duration_s)
    if not kept.any():
        return without_anything("audio", FEATURES, NO_SOUND)
    hook = inside(measurements.times_s, opening(spans, HOOK_S), measurements.duration_s)
    levels = _dbfs(measurements.power)
    values = dict(zip(CLIP_MEANS, measurements.spectra[kept].mean(axis=0), strict=True))
    onsets = inside(measurements.onsets_s, spans, measurements.duration_s)
    seconds = length_s(spans)
    values |= {
        "tempo_bpm": measurements.tempo_bpm,
        "onset_rate_hz": onsets.sum() / seconds if seconds else math.nan,
        "loudness_dbfs": _dbfs(measurements.power[kept].mean()),
        "loudness_hook_dbfs": _dbfs(measurements.power[hook].mean()) if hook.any() else math.nan,
        "dynamic_range_db": float(np.ptp(np.percentile(levels[kept], [10, 95]))),
        "silence_share": float(np.mean(levels[kept] < QUIET_DBFS)),
        "silence_hook_share": float(np.mean(levels[hook] < QUIET_DBFS)) if hook.any() else math.nan,
    }
    activity = measurements.activity
    for name in ("speech", "singing", "music"):
        found = math.nan if activity is None else _share(getattr(activity, name), spans)
        values[f"{name}_share"] = found
    return Features(
        modality="audio", values={f.name: float(values[f.name]) for f in FEATURES}, details={}
    )


def extract(clip: Clip) -> Features:
    """Listen to a clip and return its features."""
    return pool(measure(clip))
