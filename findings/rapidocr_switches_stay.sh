#!/usr/bin/env bash
# rapidocr 3.10.0: the switches of one call stay for the calls after it.
#
# `engine(picture, use_rec=False)` finds lines without reading them. A later plain `engine(picture)`
# on the same engine, whose settings say that lines are read, does not read either: it answers with
# boxes and without texts. Give every switch in every call, or keep an engine for each use.
# Exits with 0 while that is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rapidocr==3.10.0 onnxruntime==1.32.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
from PIL import Image, ImageDraw
from rapidocr import RapidOCR

picture = Image.new("RGB", (320, 96), "white")
ImageDraw.Draw(picture).text((20, 30), "HELLO 2026", fill="black", font_size=32)
pixels = np.array(picture)
engine = RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False})
before = getattr(engine(pixels), "txts", None)
engine(pixels, use_rec=False)
after = getattr(engine(pixels), "txts", None)
print("plain call on a new engine reads:", before)
print("the same call after one with use_rec=False reads:", after)
sys.exit(0 if before and not after else 1)
PYTHON
