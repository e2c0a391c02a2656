# One image for all parts: `serve` for everything on one machine, `worker` and `room` for several (compose.yaml).
# Any image with Python 3.11 or newer as `python3` may stand in for the base.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${PYTHON_IMAGE} AS build
WORKDIR /opt/mitschnitt
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1
# What we depend on changes seldom, so it comes first; both by the hashes of uv.lock.
COPY bootstrap.py pyproject.toml uv.lock ./
RUN python3 bootstrap.py \
    && .venv/bin/uv sync --frozen --no-default-groups --no-install-project
COPY LICENSE README.md ./
COPY config config
COPY transcripts transcripts
COPY tasks tasks
COPY flows flows
RUN .venv/bin/uv sync --frozen --no-default-groups --no-editable \
    && .venv/bin/python -m flows.orchestration.prefect_database \
    && rm .venv/bin/uv

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Mitschnitt" \
      org.opencontainers.image.licenses="EUPL-1.2"
# What documents need besides: LibreOffice makes pages of office files, OCRmyPDF recognises scans.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core fonts-liberation hyphen-de libreoffice-calc-nogui libreoffice-impress-nogui \
        libreoffice-writer-nogui ocrmypdf tesseract-ocr-deu \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 mitschnitt \
    && useradd --uid 10001 --gid mitschnitt --create-home --home-dir /var/lib/mitschnitt \
        --shell /usr/sbin/nologin mitschnitt \
    && install --directory --owner mitschnitt --group mitschnitt --mode 700 /var/lib/mitschnitt/state
COPY --from=build /opt/mitschnitt/.venv /opt/mitschnitt/.venv
# What only the container's network can reach must be listened for on all of its addresses.
ENV PATH=/opt/mitschnitt/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MITSCHNITT_READING_ROOM__HOST=0.0.0.0
WORKDIR /var/lib/mitschnitt
USER 10001:10001
# Keys and jobs lie in state/: whoever keeps this volume keeps all that cannot be made again.
VOLUME /var/lib/mitschnitt
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["mitschnitt"]
CMD ["serve"]
