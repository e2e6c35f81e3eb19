#!/bin/sh
# Before every start: the schema of Airflow's metadata, the one slot of the lake's writer, and a sound lake. Data without
# their catalogue stop the start here: on an empty catalogue they would be orphans, and maintenance deletes orphans.
set -eu

airflow db migrate
airflow pools set catalogue 1 '数据湖唯一写入者'
if [ -n "$(find "$CREDITLAKE_LAKE" -path '*/data/*' -type f -print -quit)" ]; then
    creditlake fsck --lake "$CREDITLAKE_LAKE"
fi
