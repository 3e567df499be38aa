# SPDX-License-Identifier: Apache-2.0
"""The container image: an OCI layout (image-spec 1.1) in a tar archive, which `docker load` and `podman load` read.

It holds the program, the shared libraries that ldd shows, the CA certificates and a user; no shell, no package manager.
"""
import hashlib
import json
import pathlib

import archive
import linkage
import sbom

USER = 65532
FOLDERS = ("etc", "etc/ssl", "etc/ssl/certs", "data", "tmp", "usr", "usr/bin", "usr/share", "usr/share/doc",
           "usr/share/doc/ashlar")
TEXTS = {"etc/passwd": f"root:x:0:0:root:/:/sbin/nologin\nashlar:x:{USER}:{USER}:ashlar:/data:/sbin/nologin\n",
         "etc/group": f"root:x:0:\nashlar:x:{USER}:\n",
         "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n"}
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


class Folder:
    """A folder that is in the image only."""

    def __init__(self, mode):
        self.mode = mode

    def is_symlink(self):
        return False

    def is_dir(self):
        return True

    def stat(self):
        return type("Status", (), {"st_mode": self.mode})


def root_of(release):
    """{name: content} of the image's file system."""
    entries = {name: Folder(0o1777 if name == "tmp" else 0o750 if name == "data" else 0o755) for name in FOLDERS}
    entries |= {name: text.encode() for name, text in TEXTS.items()}
    entries[CERTIFICATES] = pathlib.Path("/", CERTIFICATES).read_bytes()
    entries["usr/bin/ashlar"] = release.portable
    for path in linkage.shared_libraries(release.portable).values():
        entries[path[1:]] = pathlib.Path(path).resolve()
        for parent in pathlib.PurePath(path[1:]).parents:
            if str(parent) != ".":
                entries[str(parent)] = Folder(0o755)
    licences = [f"{package}: /usr/share/doc/{package}/copyright" for package in packages_of(release)]
    entries["usr/share/doc/ashlar/LICENSES"] = ("Ashlar: Apache-2.0\n" + "\n".join(sorted(licences)) + "\n").encode()
    return entries


def packages_of(release):
    files = [*linkage.shared_libraries(release.portable).values(), *release.archives]
    return sorted(sbom.packages_of(files))


def config_of(release, layer, architecture):
    return {"created": sbom.timestamp(release.epoch), "architecture": architecture, "os": "linux",
            "config": {"User": f"{USER}:{USER}", "ExposedPorts": {"3000/tcp": {}}, "WorkingDir": "/data",
                       "Env": ["PATH=/usr/bin", "APP_ENV=production", "HOST=0.0.0.0", "PORT=3000",
                               "DATABASE_URL=sqlite:/data/ashlar.db", "SSL_CERT_FILE=/" + CERTIFICATES],
                       "Entrypoint": ["/usr/bin/ashlar"], "Cmd": ["serve"], "Volumes": {"/data": {}},
                       "StopSignal": "SIGTERM",
                       # Docker's own field; Kubernetes has probes instead.
                       "Healthcheck": {"Test": ["CMD", "/usr/bin/ashlar", "health"], "Interval": 10_000_000_000,
                                       "Timeout": 5_000_000_000, "StartPeriod": 30_000_000_000, "Retries": 3},
                       "Labels": {"org.opencontainers.image.title": "ashlar",
                                  "org.opencontainers.image.version": release.version,
                                  "org.opencontainers.image.revision": release.revision,
                                  "org.opencontainers.image.licenses": "Apache-2.0"}},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
            "history": [{"created": sbom.timestamp(release.epoch), "created_by": "tools/release/make"}]}


def write(release):
    """Writes ashlar-VERSION-image.tar. Returns its path and the size of the unpacked layer in bytes."""
    entries = root_of(release)
    layer = archive.tar(entries, release.epoch, {"data": (USER, USER)})
    packed = archive.gzipped(layer)
    architecture = linkage.output_of("dpkg", "--print-architecture").strip()
    config = json.dumps(config_of(release, layer, architecture), sort_keys=True).encode()
    blobs = {}

    def blob(content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = content
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": blob(config, "application/vnd.oci.image.config.v1+json"),
                "layers": [blob(packed, "application/vnd.oci.image.layer.v1.tar+gzip")]}
    entry = blob(json.dumps(manifest, sort_keys=True).encode(), manifest["mediaType"])
    entry["annotations"] = {"org.opencontainers.image.ref.name": release.version,
                            "io.containerd.image.name": f"ashlar:{release.version}"}
    entry["platform"] = {"architecture": architecture, "os": "linux"}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry]}
    # For a Docker that is older than OCI layouts.
    docker = [{"Config": "blobs/sha256/" + manifest["config"]["digest"][7:], "RepoTags": [f"ashlar:{release.version}"],
               "Layers": ["blobs/sha256/" + manifest["layers"][0]["digest"][7:]]}]
    files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": json.dumps(index, sort_keys=True).encode(),
             "manifest.json": json.dumps(docker, sort_keys=True).encode(), "blobs": Folder(0o755),
             "blobs/sha256": Folder(0o755), **blobs}
    target = release.outdir / f"ashlar-{release.version}-image.tar"
    target.write_bytes(archive.tar(files, release.epoch))
    return target, sum(len(content) if isinstance(content, bytes) else content.stat().st_size
                       for content in entries.values() if not isinstance(content, Folder))
