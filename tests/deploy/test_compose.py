"""The compose file, read: what each service may do, where its secrets come from. Docker itself is not needed for this."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from campaign.cli.role_commands import ALL_ROLES
from campaign.config import load_settings, require_log_key, require_redis, require_secret
from campaign.jobs import QUEUES
from campaign.web.host import PROBED_PATHS
from tests.docs.project_files import ROOT
from workers.pool import role_processes

COMPOSE = (ROOT / "deploy/compose.yaml").read_text()


def sections(name: str) -> dict[str, str]:
    """The parts of a top-level section, each as its lines."""
    inside = re.search(rf"^{name}:\n(.*?)(?=^\S|\Z)", COMPOSE, re.DOTALL | re.MULTILINE)
    assert inside is not None
    return {found[1]: found[2] for found in re.finditer(r"^  (\w+):\n?((?:^    .*\n|^\n|^  +#.*\n)*)", inside[1], re.MULTILINE)}


APP = re.search(r"^x-app: &app\n(.*?)^services:", COMPOSE, re.DOTALL | re.MULTILINE)
SERVICES = {
    # What a service says itself comes first, and so is found before what all of ours share.
    name: text + (APP[1] if "<<: *app" in text and APP else "")
    for name, text in sections("services").items()
}


def value(service: str, key: str) -> str:
    found = re.search(rf"^ +{key}: (.+)$", SERVICES[service], re.MULTILINE)
    assert found is not None, f"{service} has no {key}"
    return found[1]


def test_the_services_are_all_there() -> None:
    assert SERVICES.keys() == {"migrate", "web", "worker", "clock", "postgres", "valkey", "cache", "caddy"}


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_bounded_and_may_do_no_more_than_it_must(service: str) -> None:
    assert re.fullmatch(r"\d+m", value(service, "mem_limit"))
    assert int(value(service, "pids_limit")) > 0
    assert float(value(service, "cpus")) > 0
    assert value(service, "read_only") == "true"
    assert value(service, "cap_drop") == "[ALL]"
    assert "cap_add" not in SERVICES[service] or value(service, "cap_add") == "[NET_BIND_SERVICE]"
    assert "no-new-privileges:true" in value(service, "security_opt")
    if service != "migrate":
        assert "healthcheck:" in SERVICES[service]


def test_the_limits_together_are_what_the_file_says() -> None:
    limits = {service: int(value(service, "mem_limit").removesuffix("m")) for service in SERVICES if service != "migrate"}
    assert sum(limits.values()) + limits["worker"] * (int(value("worker", "replicas")) - 1) < 3.5 * 1024


def test_every_image_has_an_exact_tag_and_a_digest() -> None:
    images = [value(service, "image") for service in SERVICES]
    images += re.findall(r"^FROM (\S+)", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
    for image in images:
        exact = re.fullmatch(r"[\w/]+:\d+\.\d+(\.\d+)?(-\w+)?@sha256:[0-9a-f]{64}", image)
        assert image == "countersign:local" or exact, image


SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "command", "cpus", "depends_on", "deploy", "entrypoint", "env_file", "environment",
    "expose", "healthcheck", "image", "init", "mem_limit", "pids_limit", "ports", "read_only", "restart", "secrets",
    "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Those that we use of the Compose Specification's."""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_only_what_compose_knows_and_names_only_what_there_is(service: str) -> None:
    text = SERVICES[service]
    shared = APP[1] if APP else ""
    own = re.findall(r"^    (\w+):", text.replace(shared, ""), re.MULTILINE)
    assert {*own, *(re.findall(r"^  (\w+):", shared, re.MULTILINE) if shared in text else ())} <= SERVICE_KEYS
    assert len(own) == len(set(own))
    for name, condition in re.findall(r"^ +(\w+):\n +condition: (\w+)$", text, re.MULTILINE):
        assert condition in {"service_started", "service_healthy", "service_completed_successfully"}
        assert condition != "service_healthy" or "healthcheck:" in SERVICES[name]
    for source in re.findall(r"^ +- ([\w./-]+):/", text, re.MULTILINE):
        assert (ROOT / "deploy" / source).is_file() if source.startswith("./") else source in sections("volumes"), source


def test_what_is_asked_whether_a_service_is_well_is_what_our_code_answers() -> None:
    programs = {name: found for name in SERVICES if (found := re.search(r'"python", "-c", "(.*)"\]$', SERVICES[name], re.M))}
    assert programs.keys() >= {"web", "worker", "clock"}
    for name, program in programs.items():
        compile(program[1].replace("\\\\", "\\"), name, "exec")
    address = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", programs["web"][1])
    assert address is not None
    assert address[1] == value("web", "PORT").strip('"')
    assert address[2] in PROBED_PATHS
    roles = [child.name for child in role_processes(load_settings(_env_file=None), ALL_ROLES)]
    assert sum(name.startswith("worker ") for name in roles) == len(QUEUES) == int(programs["worker"][1][-1])
    assert "clock" in roles
    cache = (ROOT / "deploy/nginx-cache.conf").read_text()
    asked = re.search(r"http://127\.0\.0\.1:(\d+)/", SERVICES["cache"])
    assert asked is not None
    assert f"listen {asked[1]};" in cache
    assert value("caddy", "COUNTERSIGN_WEB") == f"cache:{asked[1]}"
    assert f"web:{address[1]};" in cache
    assert "{$COUNTERSIGN_WEB:" in (ROOT / "deploy/Caddyfile").read_text()
    assert f"- exports:{value('web', 'DATA_DIR')}" in COMPOSE


def test_secrets_are_files_and_in_nobody_s_environment() -> None:
    assert "PASSWORD:" not in COMPOSE
    assert "KEY:" not in COMPOSE
    declared = sections("secrets")
    used = set(re.findall(r"/run/secrets/(\w+)", COMPOSE))
    assert used == declared.keys()
    for service, text in SERVICES.items():
        handed = set(re.findall(r"\w+", value(service, "secrets"))) if "secrets:" in text else set()
        assert set(re.findall(r"/run/secrets/(\w+)", text)) == handed, service


def test_the_script_makes_every_secret_once_and_the_site_can_be_started_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "deploy/make-secrets.sh", tmp_path)
    command = ["sh", str(tmp_path / "make-secrets.sh"), "smtp://user:p%40ss@mail.example.org:587?starttls=1"]
    folder = tmp_path / "secrets"
    made = []
    for _ in range(2):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        made.append({path.name: path.read_text() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert made[0].keys() == sections("secrets").keys()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert APP is not None
    for name, path in re.findall(r"(\w+_FILE): /run/secrets/(\w+)", APP[1]):
        monkeypatch.setenv(name, str(folder / path))
    settings = load_settings(_env_file=None, data_dir=tmp_path, base_url="https://sign.example.org", host="0.0.0.0")
    for require in (require_secret, require_log_key, require_redis):
        require(settings)
    assert settings.secret_key.get_secret_value() == made[0]["secret_key"]
    assert made[0]["postgres_password"] in settings.database_url
    assert made[0]["redis_password"] in settings.redis_url
    assert settings.mail_url == command[-1]
