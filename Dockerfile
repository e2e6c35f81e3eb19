# One image for every Airflow component. Nothing is fetched when it runs: packages come from the lock, and DuckDB's
# extensions, which are Python packages too, are laid out while it is built.
FROM python:3.11.14-slim-trixie AS build

ENV UV_LINK_MODE=copy UV_NO_CACHE=1
WORKDIR /build
RUN python -m pip install --no-cache-dir --disable-pip-version-check uv==0.13.9 && uv venv /opt/venv
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY include include
# Versions and hashes are the lock's; the tools of development stay out. The second line fails if anything else came in.
RUN uv pip install --python /opt/venv --compile-bytecode --constraint requirements.lock '.[production]' \
    && uv pip freeze --python /opt/venv | grep -v '^creditlake @' > installed.txt \
    && sed -n 's/ \\$//p' requirements.lock > pinned.txt \
    && ! grep --line-regexp --invert-match --fixed-strings --file pinned.txt installed.txt
COPY docker/preload.py docker/preload.py
RUN /opt/venv/bin/python docker/preload.py


FROM python:3.11.14-slim-trixie

# pg_dump and pg_restore, not older than the server of docker-compose.yml (docs/decisions/0011)
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 50000 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin creditlake \
    && install --directory --owner=creditlake --group=creditlake --mode=0700 \
        /var/lib/creditlake /var/lib/creditlake/lake /var/lib/creditlake/drop /var/lib/creditlake/backups \
        /var/log/airflow \
    && install --directory /opt/airflow \
    && touch /opt/airflow/airflow.cfg
COPY --from=build /opt/venv /opt/venv
COPY dbt_project /opt/creditlake/dbt_project
COPY expectations /opt/creditlake/expectations
COPY dags /opt/creditlake/dags
COPY include/creditlake/orchestration/plugins /opt/creditlake/plugins
COPY docker/migrate.sh docker/healthy.py /opt/creditlake/docker/
ENV PATH=/opt/venv/bin:$PATH \
    AIRFLOW_HOME=/opt/airflow \
    CREDITLAKE_HOME=/opt/creditlake \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /opt/creditlake
USER 50000:50000
