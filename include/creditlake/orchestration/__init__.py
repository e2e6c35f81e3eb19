"""What Airflow needs to know: assets, defaults, the steps that tasks call, the notifier. The only code that imports it.

Modules that DAG files import at their top (``assets``, ``defaults``, ``context``, ``approval``) load nothing heavy; the
steps (``ingest``, ``modelling``, ``publishing``, ``keeping``, ``replay``) are imported inside the tasks.
"""
