"""Write the bill of materials and the licence list of what requirements.lock installs and the web app is built of."""

import json
import re
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB_LOCK = ROOT / "frontend/package-lock.json"
SBOM = ROOT / "docs/sbom.json"
LICENCES = ROOT / "docs/licences.md"

# what a package says in its older metadata fields -> SPDX
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# packages that other systems install, so that their metadata cannot be read here
ELSEWHERE = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause"}
# packages whose metadata is vaguer than the licence in them
VAGUE = {
    "amqp": "BSD-3-Clause",
    "billiard": "BSD-3-Clause",
    "click-plugins": "BSD-3-Clause",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "vine": "BSD-3-Clause",
}


def locked(lock: Path) -> list[tuple[str, str]]:
    """Name and version of every entry of a lock file, in its order."""
    return re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE)


def licence(name: str) -> str:
    """The SPDX expression of a package; a KeyError asks for an entry in ELSEWHERE."""
    if name in VAGUE:
        return VAGUE[name]
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ELSEWHERE[name]
    if expression := about.get("License-Expression"):
        return str(expression)
    kinds = [c.rsplit(" :: ", 1)[-1] for c in about.get_all("Classifier", []) if c.startswith("License ::")]
    given = [about["License"]] if about.get("License") else kinds
    return " OR ".join(SPDX.get(text, text) for text in given)


def web_packages() -> list[tuple[str, str, str]]:
    """Name, version and licence of every package whose code is in the built web app."""
    locked = json.loads(WEB_LOCK.read_text())["packages"]
    return sorted(
        (path.rpartition("node_modules/")[2], entry["version"], entry["license"])
        for path, entry in locked.items()
        if path and not entry.get("dev") and not entry.get("optional") and not entry.get("peer")
    )


def sbom(packages: list[tuple[str, str]]) -> str:
    """CycloneDX 1.6: the project and its packages, the same text for the same locks."""
    project = {"type": "application", "bom-ref": "insurenz", "name": "insurenz"}
    components = [
        {
            "type": "library",
            "bom-ref": f"{name}=={version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "licenses": [{"expression": licence(name)}],
        }
        for name, version in packages
    ] + [
        {
            "type": "library",
            "bom-ref": f"{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "licenses": [{"expression": spdx}],
        }
        for name, version, spdx in web_packages()
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**project, "licenses": [{"expression": "Apache-2.0"}]}},
        "components": components,
    }
    return json.dumps(bill, indent=1) + "\n"


def licences(packages: list[tuple[str, str]]) -> str:
    """A table for people, one row for each package."""
    rows = "".join(f"| {name} | {version} | {licence(name)} |\n" for name, version in packages)
    web = "".join(f"| {name} | {version} | {spdx} |\n" for name, version, spdx in web_packages())
    head = "# Licences of what Insurenz installs\n\nWritten by `scripts/update-locks` from `requirements.lock`.\n"
    table = "| package | version | licence |\n|---|---|---|\n"
    built = "## Of what the web app is built\n\nFrom `frontend/package-lock.json`.\n"
    return f"{head}\n{table}{rows}\n{built}\n{table}{web}"


if __name__ == "__main__":
    packages = locked(ROOT / "requirements.lock")
    SBOM.write_text(sbom(packages))
    LICENCES.write_text(licences(packages))
