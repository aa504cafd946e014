"""What an agency gets: in an environment with the wheel alone, an event is checked, signed and verified."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SCRIPT = """
import sys
from datetime import UTC, datetime
from safepassage_contracts.envelope import Unacceptable, compose, read
from safepassage_contracts.fields import case_code
from safepassage_contracts.guidelines import in_force
from safepassage_contracts.identifiers import new_id
from safepassage_contracts.journeys import JOURNEYS
from safepassage_contracts.signing import SignatureRefused, Signer, sign_detached, verify_detached

now = datetime(2026, 1, 1, tzinfo=UTC)
case = new_id(now)
facts = {"channel": "hotline", "code": case_code(case), "found_country": "KH", "person": "child"}
facts["at_police_post"] = False
said = dict(id=new_id(now), source="/agencies/kh-moi-ahtjp", type="safepassage.intake.report-received.v1",
            subject=case, time=now)
event = read(compose(**said, data=facts))
signer = Signer.from_seed("kh-moi-ahtjp/sig-1", bytes(32))
jws = sign_detached(event.body, signer)
verify_detached(event.body, jws, signer.public)
try:
    verify_detached(event.body + b" ", jws, signer.public)
    sys.exit("a changed body passed")
except SignatureRefused:
    pass
try:
    read(compose(**said, data={**facts, "channel": "rumour"}))
    sys.exit("a wrong code passed")
except Unacceptable as refused:
    assert refused.faults[0][0] == "data.channel", refused.faults
assert in_force("kh-decision-107", now.date())
assert set(JOURNEYS) == {"intake", "justice", "referral", "custody", "repatriation", "audit"}
others = {"contracts", "infra", "services", "aiokafka", "asyncpg"}
assert not others & {name.split(".")[0] for name in sys.modules}
print("checked, signed, verified")
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter whose environment has the wheel and what the wheel needs, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "contracts"
    shutil.copytree(CHECKOUT / "contracts", source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    quiet = {"check": True, "capture_output": True}
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, source], **quiet)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], **quiet)
    wheel = next(folder.glob("*.whl"))
    python = folder / "venv" / "bin" / "python"
    constraints = CHECKOUT / "constraints.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-c", constraints, wheel], **quiet)
    return python


def test_the_example_of_the_wheels_own_readme_runs(python: Path, tmp_path: Path) -> None:
    text = (CHECKOUT / "contracts" / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run([python, "-c", example], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr


def test_an_event_is_checked_signed_and_verified_with_the_wheel_alone(python: Path, tmp_path: Path) -> None:
    done = subprocess.run([python, "-c", SCRIPT], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "checked, signed, verified"
