# For any host but Hugging Face Spaces, which builds from README.md's front matter by itself.
#   docker build -t viral . && docker run --rm -p 7860:7860 viral
FROM python:3.11-slim

# LightGBM's wheel links against the system's OpenMP; nothing else needs a system package.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 user
USER user
WORKDIR /home/user/app
ENV PATH=/home/user/.local/bin:$PATH \
    VIRAL_HOST=0.0.0.0 \
    VIRAL_PORT=7860 \
    GRADIO_ANALYTICS_ENABLED=False

COPY --chown=user requirements.txt ./
RUN pip install --no-cache-dir \
        --extra-index-url https://download.pytorch.org/whl/cpu --requirement requirements.txt

COPY --chown=user . .
RUN pip install --no-cache-dir --no-deps --editable . \
    && python -c 'from viral.modalities.whisper_weights import prepare; prepare()'

EXPOSE 7860
CMD ["python", "app.py"]
