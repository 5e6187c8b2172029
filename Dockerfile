# The application for servers: web, worker and beat are this one image with different commands (docker-compose.yml).
FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=oms.settings OMS_STATIC_ROOT=/srv/static OMS_VAR=/srv/var
WORKDIR /srv/oms
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.txt
COPY . .
# Collecting static files needs settings but no database: the values live for this one command only.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin oms \
 && mkdir -p /srv/var /srv/static /srv/media \
 && DATABASE_URL=postgres://build@nowhere/build REDIS_URL=redis://nowhere OMS_SECRET_KEY=build-only \
    python -m django collectstatic --noinput -v 0 \
 && chown -R oms /srv/var /srv/media
USER oms
EXPOSE 8000
CMD ["gunicorn", "oms.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--timeout", "60", "--access-logfile", "-"]
