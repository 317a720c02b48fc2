"""Write a list of everything that is installed for the app, as CycloneDX JSON: `make sbom`.

CycloneDX's own tool looks at the environment; what the tests and tools brought is then left out,
the hashes of the weights and of the model are added, and the result is held against the schema.

    python scripts/sbom.py [FILE]      # build/sbom.cdx.json unless said otherwise
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from licences import EXCEPTIONS
from runtime_packages import ROOT, canonical, runtime_packages

from viral.version import __version__

OUT = ROOT / "build" / "sbom.cdx.json"
SCHEMA = SchemaVersion.V1_6
MANIFEST = ROOT / "models" / "manifest.json"


def _environment() -> dict[str, Any]:
    program = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject"]
    options = ["--mc-type", "application", "--output-reproducible", "--no-validate"]
    done = subprocess.run(
        [*program, str(ROOT / "pyproject.toml"), *options, "--sv", "1.6", sys.executable],
        capture_output=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def _model_part(name: str, sha256: str) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }


def _models() -> list[dict[str, Any]]:
    from viral.modalities.networks.pretrained import WEIGHTS

    shipped = json.loads(MANIFEST.read_text(encoding="utf-8"))["files"]
    return [
        *(_model_part(name, entry.sha256) for name, entry in sorted(WEIGHTS.items())),
        *(_model_part(f"models/{name}", sha256) for name, sha256 in sorted(shipped.items())),
    ]


def sbom() -> dict[str, Any]:
    """Return the list: the app, the packages it needs, the weights and the model."""
    packages = runtime_packages()
    found = _environment()
    kept = [part for part in found["components"] if canonical(part["name"]) in packages]
    for part in kept:
        exception = EXCEPTIONS.get(canonical(part["name"]))
        if exception is not None:
            part["licenses"] = [
                {"expression": exception.licence, "acknowledgement": "concluded"},
            ]
    references = {part["bom-ref"] for part in kept}
    root = found["metadata"]["component"]
    root["version"] = __version__
    references.add(root["bom-ref"])
    models = _models()
    links = [
        {
            "ref": link["ref"],
            "dependsOn": [ref for ref in link.get("dependsOn", ()) if ref in references],
        }
        for link in found["dependencies"]
        if link["ref"] in references and link["ref"] != root["bom-ref"]
    ]
    everything = sorted(part["bom-ref"] for part in (*kept, *models))
    links.append({"ref": root["bom-ref"], "dependsOn": everything})
    return {**found, "components": [*kept, *models], "dependencies": links}


def main() -> int:
    """Write the file; return 1 if it is not as the schema wants it."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    made = sbom()
    text = json.dumps(made, indent=1, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SCHEMA).validate_str(text)
    if wrong is not None:
        print(wrong, file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(f"{len(made['components'])} components in {out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
