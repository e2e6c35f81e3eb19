#!/bin/sh
# Two databases, each with a role of its own that owns it and reaches nothing else: Airflow's metadata and the lake's
# catalogue. The PostgreSQL image runs this once, when its data folder is empty.
set -eu

: "${AIRFLOW_DB_PASSWORD:?}" "${LAKE_DB_PASSWORD:?}"

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:?}" --dbname="${POSTGRES_DB:?}" <<'SQL'
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv lake_password LAKE_DB_PASSWORD
create role airflow login password :'airflow_password';
create role lake login password :'lake_password';
create database airflow owner airflow;
create database lake owner lake;
revoke connect, temporary on database airflow, lake, postgres, template1 from public;
SQL
