# One image for web, worker and scheduler; what a container does is said by its command (docker-compose.yml).

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements/base.txt .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r base.txt

FROM python:3.11-slim-bookworm
# Pango draws the agreements; HarfBuzz cuts the fonts down to the letters used. Fonts come with the packages.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tripartite
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
WORKDIR /app
COPY . .
# Nothing below /app is writable for the application. The stand-ins let the settings load and end with the line.
RUN python -m compileall -q . \
    && SECRET_KEY=build SITE_URL=https://build.invalid DATABASE_URL=postgres://build.invalid/none \
    REDIS_URL=redis://build.invalid/0 EMAIL_URL=smtp://build.invalid SEALING_CERTIFICATE_FILE=/nonexistent \
    python manage.py collectstatic --no-input --verbosity 0
ENV PYTHONDONTWRITEBYTECODE=1
USER tripartite
EXPOSE 8000
# The host's name must be one that the application answers to. Worker and scheduler are watched by /readyz instead.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/livez', headers={'Host': p.urlsplit(os.environ['SITE_URL']).netloc}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "20", "--log-level", "warning", "config.wsgi:application"]
