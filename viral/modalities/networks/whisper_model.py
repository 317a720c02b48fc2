"""Whisper base as openai-whisper runs it, with an encoder that does not do the same work twice.

openai-whisper hears every stretch of sound as a window of 30 s, and hears it up to three times: to
find the language, to find the words, and to time them. Most clips are shorter than a window. The
encoder here stops soon after the sound ends, and remembers its last answer. Importing this module
loads torch; it is imported when there is something to transcribe.
"""

from __future__ import annotations

import threading
import warnings
from functools import cache
from typing import Any

import torch
import whisper
from torch.nn import functional
from whisper.model import AudioEncoder, ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from viral.modalities.networks.pretrained import find
from viral.modalities.networks.whisper_weights import checkpoint
from viral.threads import limit_threads

BESIDE = ("whisper_filters", "whisper_vocabulary")
"""What openai-whisper opens beside the weights, as `viral.modalities.networks.pretrained` names
it."""
MARGIN_FRAMES = 500
"""Frames of 10 ms that are heard after the end of the sound, for the silence that Whisper expects
there. Of 209 words in nine spoken texts 4 were wrong with 5 s, 4 with the whole window and 28 with
1 s; with music under them 9, 9 and 11."""
FEWEST_FRAMES = 2000
"""Frames heard of the shortest sound. Of 54 words in fourteen calls of 1 to 2 s none were wrong
with 20 s, none with the whole window and 15 without this; with music under them 3, 3 and 9."""

loading = threading.Lock()
"""Held while the model is loaded or used: it keeps a state."""


class BriefEncoder(AudioEncoder):
    """The encoder, stopping after the sound and remembering its last answer.

    Parameters
    ----------
    dimensions : ModelDimensions
        Of the whole network.
    """

    def __init__(self, dimensions: ModelDimensions) -> None:
        super().__init__(
            dimensions.n_mels,
            dimensions.n_audio_ctx,
            dimensions.n_audio_state,
            dimensions.n_audio_head,
            dimensions.n_audio_layer,
        )
        self._heard: tuple[torch.Tensor, torch.Tensor] | None = None

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Encode a window.

        Parameters
        ----------
        mel : torch.Tensor [shape=(1, mel bands, 3000)]
            A window of 30 s in frames of 10 ms; what lies after the end of the sound is zero.

        Returns
        -------
        torch.Tensor [shape=(1, at most 1500, width)]
            One vector every 20 ms, up to `MARGIN_FRAMES` after the end of the sound and for at
            least `FEWEST_FRAMES`.
        """
        if self._heard is not None and torch.equal(self._heard[0], mel):
            return self._heard[1]
        sounding = mel.abs().amax(dim=(0, 1)).nonzero()
        frames = int(sounding[-1]) + 1 if len(sounding) else 0
        # An even number: the second convolution halves it.
        kept = min(max(frames + frames % 2 + MARGIN_FRAMES, FEWEST_FRAMES), mel.shape[-1])
        hidden = functional.gelu(self.conv1(mel[:, :, :kept]))
        hidden = functional.gelu(self.conv2(hidden)).permute(0, 2, 1)
        hidden = hidden + self.positional_embedding[: hidden.shape[1]]
        for block in self.blocks:
            hidden = block(hidden)
        hidden = self.ln_post(hidden)
        self._heard = (mel.clone(), hidden)
        return hidden


def _whole_window(_module: Any, _inputs: Any, outputs: Any) -> Any:
    """Widen cross-attention to the 30 s that the code which times words counts on."""
    hidden, attention = outputs
    if attention is None:
        return None
    missing = whisper.audio.N_FRAMES // 2 - attention.shape[-1]
    # The least that anything got, not nothing: zero weight in every row cannot be normalised.
    unheard = attention.amin(dim=-1, keepdim=True).expand(*attention.shape[:-1], missing)
    return hidden, torch.cat([attention, unheard], dim=-1)


@cache
def _model() -> Whisper:
    limit_threads()
    for name in BESIDE:
        find(name)
    stored = checkpoint()
    dimensions = ModelDimensions(**stored["dims"])
    model = Whisper(dimensions)
    model.encoder = BriefEncoder(dimensions)
    model.load_state_dict(stored["model_state_dict"])
    # A model that was not fetched by name carries no choice of the heads that follow the words.
    model.set_alignment_heads(whisper._ALIGNMENT_HEADS["base"])
    for block in model.decoder.blocks:
        block.cross_attn.register_forward_hook(_whole_window)
    with warnings.catch_warnings():
        # openai-whisper leaves the file of its vocabulary open, once.
        warnings.simplefilter("ignore", ResourceWarning)
        get_tokenizer(True, num_languages=model.num_languages)
    return model.float().eval()


def whisper_model() -> Whisper:
    """Return the model, loaded at the first call; call it while holding `loading`.

    Raises
    ------
    WeightsError
        The packages that carry the weights are missing or are not the published ones.
    """
    return _model()


def spoken_language(model: Whisper, sound: torch.Tensor) -> tuple[str, float]:
    """Return the language of the first 30 s, as ISO 639 code, and its probability.

    Parameters
    ----------
    model : Whisper
        From `whisper_model`.
    sound : torch.Tensor [shape=(samples,)]
        At 16 kHz.
    """
    # Made just as `transcribe` makes its first window, so that the encoder knows it again there.
    mel = whisper.log_mel_spectrogram(sound, model.dims.n_mels, padding=whisper.audio.N_SAMPLES)
    window = mel[:, : min(whisper.audio.N_FRAMES, mel.shape[-1] - whisper.audio.N_FRAMES)]
    _, odds = model.detect_language(whisper.pad_or_trim(window, whisper.audio.N_FRAMES))
    language = max(odds, key=odds.get)
    return language, float(odds[language])
