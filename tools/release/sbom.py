# SPDX-License-Identifier: Apache-2.0
"""Software bills of materials in CycloneDX 1.5, one for each artifact."""
import json
import time
import uuid

import linkage

# Debian packages whose headers or data are compiled into the server.
COMPILED_IN = ("libboost1.81-dev", "libcli11-dev", "python3-zxcvbn")


def timestamp(epoch):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))


def debian_component(package, described, linked, files):
    version, architecture, source = described[package]
    purl = f"pkg:deb/debian/{package}@{version.replace('+', '%2B')}?arch={architecture}&distro=debian-12"
    properties = [{"name": "ashlar:linkage", "value": linked}, {"name": "debian:source", "value": source}]
    properties += [{"name": "ashlar:file", "value": file} for file in sorted(files)]
    return {"type": "library", "bom-ref": purl, "name": package, "version": version, "purl": purl,
            "properties": properties}


def npm_components(lock_file):
    """The packages of a package-lock.json."""
    out = []
    for path, entry in sorted(json.loads(lock_file.read_text())["packages"].items()):
        if path:
            name = path.rpartition("node_modules/")[2]
            purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
            out.append({"type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl,
                        "properties": [{"name": "ashlar:linkage", "value": "embedded"}]})
    return out


def of_debian(kinds):
    """Components of {(linked how): {package: [files]}}."""
    described = linkage.describe(sorted({package for files in kinds.values() for package in files}))
    return [debian_component(package, described, linked, files)
            for linked, packages in kinds.items() for package, files in sorted(packages.items())]


def packages_of(files):
    """{package: [files]}: where each file is from."""
    out = {}
    for file in files:
        out.setdefault(linkage.package_of(file), []).append(str(file))
    return out


def document(name, version, kind, components, epoch, licence="Apache-2.0"):
    """The JSON text; the same components give the same text."""
    components = sorted(components, key=lambda component: component["bom-ref"] + component["properties"][0]["value"])
    for component in components:  # a package may be linked in two ways
        component["bom-ref"] += "#" + component["properties"][0]["value"]
    own = f"pkg:generic/{name}@{version}"
    content = json.dumps([own, components], sort_keys=True)
    body = {"bomFormat": "CycloneDX", "specVersion": "1.5",
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}", "version": 1,
            "metadata": {"timestamp": timestamp(epoch),
                         "component": {"type": kind, "bom-ref": own, "name": name, "version": version, "purl": own,
                                       "licenses": [{"license": {"id": licence}}]}},
            "components": components,
            "dependencies": [{"ref": own, "dependsOn": [component["bom-ref"] for component in components]},
                             *({"ref": component["bom-ref"]} for component in components)]}
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def check_against_loader(text, program):
    """Ends the release when the document's shared libraries are not exactly what ldd shows."""
    stated = {entry["value"] for component in json.loads(text)["components"]
              if component["properties"][0]["value"] == "shared"
              for entry in component["properties"] if entry["name"] == "ashlar:file"}
    loaded = set(linkage.shared_libraries(program).values())
    if stated != loaded:
        raise SystemExit(f"release: the SBOM and ldd differ: {sorted(stated ^ loaded)}")
