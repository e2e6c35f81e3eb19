"""What the compose file promises, as functions of its document or its folder: each returns what is not so."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Document = Mapping[str, Any]
SCHEMA = "builtin_schemas/vendor/compose-spec.json"
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|(?<!PUBLIC)_KEY|_CONN$|_CATALOG$")
REFERENCE = re.compile(r"\$\{(\w+)([^}]*)\}")
PINNED = re.compile(r":\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$")
ENDS = "no"
"""The restart policy of a service that does its work and ends."""


def schema_errors(document: Document) -> list[str]:
    """Return where a document breaks the Compose Specification."""
    schema = json.loads((files("check_jsonschema") / SCHEMA).read_text(encoding="utf-8"))
    errors = Draft202012Validator(schema).iter_errors(document)
    return sorted(f"{'.'.join(map(str, error.path))}: {error.message}" for error in errors)


def texts(value: Any) -> Iterator[str]:
    """Yield every text within a document."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def variables(document: Document) -> dict[str, set[str]]:
    """Return the variables a document takes from its environment, each with how it is asked for (``:?``, ``:-``)."""
    found: dict[str, set[str]] = {}
    for text in texts(document):
        for name, rest in REFERENCE.findall(text):
            found.setdefault(name, set()).add(rest[:2])
    return found


def open_secrets(document: Document) -> list[str]:
    """Return secrets that have a value or a default in the document instead of being demanded from the environment."""
    problems = [f"${{{name}}} is not demanded" for name, ways in variables(document).items()
                if SECRET.search(name) and ways != {":?"}]  # fmt: skip
    for service, name, value in _settings(document):
        if SECRET.search(name) and not REFERENCE.search(str(value)):
            problems.append(f"{service}: {name} stands in the file")
        if re.search(r"(://\w+:|\bpassword=)(?!\$\{)", str(value)):
            problems.append(f"{service}: {name} has a password in it")
    return sorted(problems)


def _settings(document: Document) -> Iterator[tuple[str, str, Any]]:
    for service, body in document["services"].items():
        environment = body.get("environment", {})
        pairs = environment.items() if isinstance(environment, Mapping) else (e.split("=", 1) for e in environment)
        yield from ((service, name, value) for name, value in pairs)


def open_doors(document: Document, published: Mapping[str, str]) -> list[str]:
    """Return what listens where it must not.

    Args:
        published: The services that may publish a port, each with that port inside; on 127.0.0.1 alone.
    """
    problems = []
    for service, body in document["services"].items():
        for port in body.get("ports", []):
            wanted = published.get(service)
            if wanted is None or not re.fullmatch(rf"127\.0\.0\.1:(\d+|\$\{{\w+:-\d+\}}):{wanted}", str(port)):
                problems.append(f"{service} publishes {port}")
        if body.get("network_mode") or body.get("privileged") or body.get("pid"):
            problems.append(f"{service} shares the machine's namespaces")
        if service not in published and not body.get("networks"):
            problems.append(f"{service} is in the default network")
    return problems


def in_reach_of_the_outside(document: Document) -> set[str]:
    """Return the services in a network that is not internal."""
    inside = {name for name, body in document["networks"].items() if (body or {}).get("internal")}
    return {name for name, body in document["services"].items() if set(body.get("networks", ["default"])) - inside}


def unwatched(document: Document) -> list[str]:
    """Return services without health check, restart policy or limits; one that ends must be waited for."""
    problems = []
    services = document["services"]
    for service, body in services.items():
        limits = body.get("deploy", {}).get("resources", {}).get("limits", {})
        problems += [f"{service} has no limit of {name}" for name in ("cpus", "memory", "pids") if name not in limits]
        if body.get("restart") == ENDS:
            waits = [other["depends_on"].get(service, {}).get("condition")
                     for other in services.values() if service in other.get("depends_on", {})]  # fmt: skip
            if not waits or set(waits) != {"service_completed_successfully"}:
                problems.append(f"nobody waits for the end of {service}")
            continue
        if not body.get("healthcheck", {}).get("test"):
            problems.append(f"{service} has no health check")
        if body.get("restart") not in ("always", "unless-stopped"):
            problems.append(f"{service} has no restart policy")
    return problems


def soft(document: Document) -> list[str]:
    """Return services that may do more on the machine than they need."""
    problems = []
    for service, body in document["services"].items():
        wanted = {
            "runs as root": not re.match(r"[1-9]\d*(:|$)", str(body.get("user", "0"))),
            "may write its image": body.get("read_only") is not True,
            "keeps capabilities": body.get("cap_drop") != ["ALL"] or "cap_add" in body,
            "may gain privileges": "no-new-privileges:true" not in body.get("security_opt", []),
        }
        problems += [f"{service} {what}" for what, is_so in wanted.items() if is_so]
    return problems


def unknown_names(document: Document) -> list[str]:
    """Return services, networks and volumes that are named and not declared."""
    problems = []
    for service, body in document["services"].items():
        problems += [f"{service} waits for {name}" for name in body.get("depends_on", {})
                     if name not in document["services"]]  # fmt: skip
        problems += [f"{service} is in {name}" for name in body.get("networks", [])
                     if name not in document["networks"]]  # fmt: skip
        problems += [f"{service} mounts {volume['source']}" for volume in body.get("volumes", [])
                     if volume["type"] == "volume" and volume["source"] not in document["volumes"]]  # fmt: skip
    return problems


def bad_binds(document: Document, root: Path) -> list[str]:
    """Return binds of what is not in the folder ``root``, and of folders of the machine that would be made unasked."""
    problems = []
    for service, body in document["services"].items():
        for volume in body.get("volumes", []):
            source = volume["source"]
            if volume["type"] != "bind":
                continue
            if REFERENCE.search(source):
                if ":?" not in source or volume.get("bind", {}).get("create_host_path") is not False:
                    problems.append(f"{service} would make {volume['target']} up")
            elif not source.startswith("./") or not (root / source).exists():
                problems.append(f"{service} binds {source}, which is not in the project")
    return problems


def writable(document: Document, target: str) -> set[str]:
    """Return the services that may write to a mount."""
    return {service for service, body in document["services"].items() for volume in body.get("volumes", [])
            if volume["target"] == target and not volume.get("read_only")}  # fmt: skip


def loose_images(document: Document, dockerfile: str) -> list[str]:
    """Return images, of the services and of the Dockerfile, that are not pinned to one version."""
    images = [body["image"] for body in document["services"].values()]
    images += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    return sorted(
        {image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?[\w.-]*$|@sha256:[0-9a-f]{64}$", image)}
    )


def copied_from_nowhere(dockerfile: str, root: Path) -> list[str]:
    """Return what a Dockerfile copies from the folder ``root`` and is not there."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
    return [name for line in lines for name in line.split()[:-1] if not (root / name).exists()]


def program_calls(document: Document, root: Path) -> list[list[str]]:
    """Return every command line of ``airflow`` and ``creditlake`` that services and their scripts call."""
    calls = []
    for body in document["services"].values():
        for words in (body.get("command", []), body.get("healthcheck", {}).get("test", [])[1:]):
            calls += [words] if words and words[0] in ("airflow", "creditlake") else []
            calls += [call for word in words if word.endswith(".sh") for call in _calls_of_script(root / word)]
    return calls


def _calls_of_script(path: Path) -> list[list[str]]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [shlex.split(line) for line in lines if line.startswith(("airflow ", "creditlake "))]


def missing_scripts(document: Document, root: Path) -> list[str]:
    """Return scripts that services call and the project does not have."""
    words = [word for body in document["services"].values()
             for word in [*body.get("command", []), *body.get("healthcheck", {}).get("test", [])]]  # fmt: skip
    return [word for word in words if word.endswith((".py", ".sh")) and not (root / word).exists()]


def example_problems(document: Document, example: str, guide: str) -> list[str]:
    """Return variables that the example or the guide does not explain, that nothing asks for, or that have a value."""
    used = set(variables(document))
    shown = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", example, re.MULTILINE))
    return [
        *(f"{name} is not in .env.example" for name in sorted(used - set(shown))),
        *(f"{name} is asked for by nobody" for name in sorted(set(shown) - used)),
        *(f"{name} is not in the guide" for name in sorted(used) if f"`{name}`" not in guide),
        *(f"{name} has a value" for name, value in shown.items() if value),
    ]
