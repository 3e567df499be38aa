# SPDX-License-Identifier: Apache-2.0
"""The two packages for Debian, laid out as Debian Policy asks and packed by dpkg-deb."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap
import time

import archive
from linkage import output_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN = pathlib.Path(__file__).resolve().parent / "debian"
MAINTAINER = "The Ashlar Authors <ashlar@users.noreply.github.com>"
SCRIPTS = ("postinst", "prerm", "postrm")
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Ashlar

Files: *
Copyright: 2026 The Ashlar Authors
License: Apache-2.0
 On Debian systems the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0.
"""

# The settings may hold passwords, so others cannot read them.
OVERRIDES = """ashlar: non-standard-dir-perm 0750 != 0755 [etc/ashlar/]
ashlar: non-standard-file-perm 0640 != 0644 [etc/ashlar/ashlar.env]
"""


def write(path, content, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)


def install(source, path, mode=0o644):
    write(path, pathlib.Path(source).read_bytes(), mode)


def changelog(package, version, epoch):
    """Of the package; Ashlar's own is CHANGELOG.md."""
    day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(epoch))
    return f"{package} ({version}) unstable; urgency=medium\n\n  * Release {version}.\n\n -- {MAINTAINER}  {day}\n"


def shared_library_depends(tree, programs):
    """The Depends of the programs, as dpkg-shlibdeps derives them from the symbols that they use."""
    with tempfile.TemporaryDirectory(prefix="ashlar-shlibdeps-") as folder:
        write(pathlib.Path(folder, "debian/control"), "Source: ashlar\n\nPackage: ashlar\nArchitecture: any\n")
        line = output_of("dpkg-shlibdeps", "-O", *(argument for each in programs for argument in ("-e", tree / each)),
                         cwd=folder)
    return line.partition("=")[2].strip()


def control(fields, about, long_about):
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    return "\n".join([*lines, f"Description: {about}", *textwrap.wrap(long_about, 78, initial_indent=" ",
                                                                     subsequent_indent=" ")]) + "\n"


def pack(tree, package, version, depends, about, long_about, outdir, epoch, conffiles=(), scripts=(), **more):
    """Writes PACKAGE_VERSION_ARCHITECTURE.deb from a tree. Returns its path."""
    documents = tree / "usr/share/doc" / package
    write(documents / "copyright", COPYRIGHT)
    write(documents / "changelog.gz", archive.gzipped(changelog(package, version, epoch).encode()))
    architecture = output_of("dpkg", "--print-architecture").strip()
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()]
    size = sum((path.stat().st_size + 1023) // 1024 for path in files)
    fields = {"Package": package, "Version": version, "Architecture": architecture, "Maintainer": MAINTAINER,
              "Installed-Size": size, "Depends": depends, "Section": more.pop("section"), "Priority": "optional", **more}
    sums = "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files)
    write(tree / "DEBIAN/md5sums", sums)
    write(tree / "DEBIAN/control", control(fields, about, long_about))
    if conffiles:
        write(tree / "DEBIAN/conffiles", "".join(f"/{name}\n" for name in conffiles))
    for script in scripts:
        install(OWN / script, tree / "DEBIAN" / script, 0o755)
    for path in [tree, *tree.rglob("*")]:
        if path.is_dir() and path != tree / "etc/ashlar":
            path.chmod(0o755)
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    target = pathlib.Path(outdir) / f"{package}_{version}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz", "--build", tree, target], check=True,
                   stdout=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})
    return target


def server(tree, release):
    """The .deb of the server, from its program and texts."""
    install(release.program, tree / "usr/bin/ashlar", 0o755)
    install(ROOT / "deploy/systemd/ashlar.service", tree / "usr/lib/systemd/system/ashlar.service")
    install(ROOT / "deploy/systemd/ashlar.socket", tree / "usr/lib/systemd/system/ashlar.socket")
    install(OWN / "ashlar.sysusers", tree / "usr/lib/sysusers.d/ashlar.conf")
    install(ROOT / "deploy/systemd/ashlar.env", tree / "etc/ashlar/ashlar.env", 0o640)
    (tree / "etc/ashlar").chmod(0o750)
    write(tree / "usr/share/man/man1/ashlar.1.gz", archive.gzipped(release.texts["man/ashlar.1"]))
    for source, target in (("completions/ashlar.bash", "bash-completion/completions/ashlar"),
                           ("completions/_ashlar", "zsh/vendor-completions/_ashlar"),
                           ("completions/ashlar.fish", "fish/vendor_completions.d/ashlar.fish")):
        write(tree / "usr/share" / target, release.texts[source])
    write(tree / "usr/share/doc/ashlar/NEWS.gz", archive.gzipped((ROOT / "CHANGELOG.md").read_bytes()))
    write(tree / "usr/share/lintian/overrides/ashlar", OVERRIDES)
    depends = shared_library_depends(tree, ["usr/bin/ashlar"]) + ", ca-certificates, init-system-helpers (>= 1.54~), procps"
    return pack(tree, "ashlar", release.version, depends, "backend in one binary",
                "Accounts, sessions, roles, a product catalogue, orders, jobs and events over REST, GraphQL, gRPC and "
                "WebSockets, on SQLite or on PostgreSQL and Redis. A systemd service with its own user.",
                release.outdir, release.epoch, section="httpd", conffiles=["etc/ashlar/ashlar.env"], scripts=SCRIPTS,
                Recommends="systemd", Suggests="postgresql, redis-server, nginx")


def development_packages():
    """What a program that links the library needs, by cmake/AshlarDependencies.cmake."""
    text = (ROOT / "cmake/AshlarDependencies.cmake").read_text()
    named = re.findall(r"^ashlar_dependency\(.* DEBIAN (\S+?)(?: .*)?\)$", text, re.MULTILINE)
    return sorted({*named, "libboost1.81-dev"})


def library(tree, release):
    """The .deb of the library, as `cmake --install` lays it out."""
    subprocess.run(["cmake", "--install", release.build, "--prefix", tree / "usr"], check=True, stdout=subprocess.DEVNULL)
    for path in tree.rglob("*.a"):
        subprocess.run(["strip", "--strip-debug", "--enable-deterministic-archives", path], check=True)
    for path in tree.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    shutil.copytree(ROOT / "examples/hello", tree / "usr/share/doc/libashlar-dev/examples/hello")
    return pack(tree, "libashlar-dev", release.version, ", ".join(development_packages()),
                "C++23 library for backends",
                "Operations are plain structs and functions, served as REST, GraphQL, gRPC and over WebSockets. Headers, "
                "static libraries, and files for CMake and pkg-config.",
                release.outdir, release.epoch, section="libdevel", Recommends="cmake, pkg-config, clang-19, lld-19")
