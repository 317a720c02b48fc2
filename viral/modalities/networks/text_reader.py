"""Finding and reading lines of text in a picture: PP-OCRv6 small, as RapidOCR runs it.

Detection says where lines are, in any script. Recognition reads Latin letters with their accents,
Chinese and Japanese; the weights know no Cyrillic, Arabic, Hangul, Devanagari or Thai, and little
Greek, so that such lines are found and not read. Both networks come in the `rapidocr` package and
are compared with their SHA-256 before they are opened. Importing this module loads no library.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import Any

import cv2
import numpy as np

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.networks.pretrained import find
from viral.settings import settings

DETECTION_SIDE_PX = 352
"""Long side at which lines are looked for. On pictures of 288x512, lines 9 pixels high are found at
352 and not at 320; 512 takes twice the time and finds no more."""
LEAST_BOX_SCORE = 0.5
"""Mean probability of text inside a box, RapidOCR's own bound."""
LEAST_CONFIDENCE = 0.6
"""Below, what was read is a guess: RapidOCR's own bound is .5, and what it makes of scripts that it
does not know comes to .8 at times, which `_is_readable` sorts out."""
FEWEST_SIGNS = 0.5
"""Signs in a square of a line's height: letters have two, Chinese one, wide lettering less."""
READABLE = ("LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "HALFWIDTH")
"""Beginnings of the Unicode names of letters that the weights can read."""

_one_at_a_time = threading.Lock()


@cache
def _engine() -> Any:
    paths = {kind: find(f"ocr_{kind}") for kind in ("detection", "recognition")}
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise WeightsError(Message("weights.no_rapidocr", package=error.name)) from error
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            # Named, so that the library never looks for weights elsewhere.
            "Det.model_path": str(paths["detection"]),
            "Rec.model_path": str(paths["recognition"]),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE_PX,
            "Det.box_thresh": LEAST_BOX_SCORE,
            "EngineConfig.onnxruntime.intra_op_num_threads": max(settings().threads, 1),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def load() -> None:
    """Load the library and its weights.

    Raises
    ------
    WeightsError
        They are missing or are not the published ones.
    """
    _engine()


def found_boxes(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where lines of text are.

    Parameters
    ----------
    picture : np.ndarray [shape=(height, width, 3)], uint8
        RGB.

    Returns
    -------
    corners : np.ndarray [shape=(lines, 4, 2)], float32
        In pixels, clockwise from the top left.
    scores : np.ndarray [shape=(lines,)], float64
        How surely each is text, 0..1.
    """
    with _one_at_a_time:
        # The switches of a call stay for the next one, so both are always given.
        found = _engine()(_bgr(picture), use_det=True, use_rec=False)
    if found.boxes is None:
        return np.zeros((0, 4, 2), np.float32), np.zeros(0)
    return np.asarray(found.boxes, np.float32), np.asarray(found.scores, np.float64)


def read_line(picture: np.ndarray, box: np.ndarray) -> tuple[str, float]:
    """Read one line.

    Parameters
    ----------
    picture : np.ndarray [shape=(height, width, 3)], uint8
        RGB.
    box : np.ndarray [shape=(4, 2)]
        From `found_boxes`.

    Returns
    -------
    text : str
        Empty where it could not be read.
    confidence : float
        0..1.
    """
    line = _straightened(_bgr(picture), box)
    with _one_at_a_time:
        found = _engine()(line, use_det=False, use_rec=True)
    if not found.txts:
        return "", 0.0
    text, confidence = str(found.txts[0]).strip(), float(found.scores[0])
    # Of a script that it does not know it makes a mark or two.
    fills = len(text) * line.shape[0] >= FEWEST_SIGNS * line.shape[1]
    has_words = any(map(str.isalnum, text))
    if confidence < LEAST_CONFIDENCE or not (fills and has_words and _is_readable(text)):
        return "", 0.0
    return text, confidence


def _is_readable(text: str) -> bool:
    """Say whether all letters are of scripts that the weights know."""
    letters = [letter for letter in text if letter.isalpha()]
    return all(unicodedata.name(letter, "").split(" ")[0] in READABLE for letter in letters)


def _bgr(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture[..., ::-1])


def _straightened(picture: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Cut a line out and turn it level."""
    width = max(round(float(np.linalg.norm(box[1] - box[0]))), 1)
    height = max(round(float(np.linalg.norm(box[3] - box[0]))), 1)
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(np.asarray(box, np.float32), goal)
    return cv2.warpPerspective(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
