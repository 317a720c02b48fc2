# For any host but Hugging Face Spaces, which builds from README.md's front matter by itself.
#   docker build -t viral . && docker run --rm -p 7860:7860 viral
# `scripts/run_dockerfile.py` runs these steps where there is no container engine.
FROM python:3.11-slim

# LightGBM's wheel links against the system's OpenMP; nothing else needs a system package.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 user
WORKDIR /home/user/app

# Every file is compared with its hash. torch's CPU build has an index of its own, see scripts/lock.py.
COPY requirements.lock pre-requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock \
    && pip install --no-cache-dir --requirement pre-requirements.txt

# Code, packages and model belong to root: the app can read them and change nothing of them.
COPY . .
RUN pip install --no-cache-dir --no-deps --editable .

USER user
ENV HOME=/home/user \
    VIRAL_HOST=0.0.0.0 \
    VIRAL_PORT=7860 \
    GRADIO_ANALYTICS_ENABLED=False \
    HF_HUB_OFFLINE=1 \
    PYTHONDONTWRITEBYTECODE=1

# The one conversion of weights that takes seconds is part of the image, not of the first start.
RUN python -c 'from viral.warm_up import prepare; prepare()'

EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/healthz')"]
CMD ["python", "app.py"]
