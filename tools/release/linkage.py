# SPDX-License-Identifier: Apache-2.0
"""What a program is linked with: shared libraries by ldd, archives by the link command, and their Debian packages."""
import pathlib
import re
import shlex
import subprocess

# Their archives are not used. Debian has no libpgcommon.a, which libpq.a needs. A shared libpq brings a shared OpenSSL,
# and two copies of OpenSSL in one process break each other, as two of libstdc++ do: spdlog, fmt and simdjson have no
# archives. libzxcvbn.a is not position-independent.
STAYS_SHARED = ("libpq", "libssl", "libcrypto", "libzxcvbn")


def output_of(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True, **options).stdout


def shared_libraries(program):
    """{name: path} of all that the loader maps, with the loader itself."""
    out = {}
    for line in output_of("ldd", program).splitlines():
        match = re.match(r"\s*(?:(\S+) => )?(/\S+) \(0x", line)
        if match:
            out[match[1] or pathlib.PurePath(match[2]).name] = match[2]
    if not out:
        raise SystemExit(f"release: ldd names no library of {program}")
    return dict(sorted(out.items()))


def package_of(file):
    """The installed package that a file is from."""
    path = str(file)
    names = [path, path.removeprefix("/usr")] if path.startswith("/usr/") else [path, "/usr" + path]
    for name in dict.fromkeys([*names, str(pathlib.Path(path).resolve())]):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True).stdout
        if found:
            return re.split(r"[:,]", found)[0]
    raise SystemExit(f"release: no Debian package has {file}")


def describe(packages):
    """{package: (version, architecture, source package)}."""
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\n"
    lines = output_of("dpkg-query", "-W", "-f", form, *packages).splitlines()
    return {name: tuple(rest) for name, *rest in (line.split("\t") for line in lines)}


def portable_link(command):
    """The words of a link command with Debian's archives instead of its shared libraries, and these archives."""
    words, archives = [], []
    for word in shlex.split(command):
        match = re.fullmatch(r"(/usr/lib/.*/(lib[\w+-]+))\.so[\d.]*", word)
        archive = pathlib.Path(f"{match[1]}.a") if match else None
        if archive and archive.exists() and not match[2].startswith(STAYS_SHARED):
            archives.append(archive)
            words.append(str(archive))
        else:
            words.append(word)
    if any(archive.name == "libbrotlienc.a" for archive in archives):
        archives.append(archives[0].with_name("libbrotlicommon.a"))
        words.append(str(archives[-1]))
    return words, list(dict.fromkeys(archives))


def link_portable(build, target):
    """Links the ashlar of a build once more, as portable_link() says. Returns the archives."""
    command = output_of("ninja", "-C", build, "-t", "commands", "-s", "bin/ashlar").splitlines()[-1]
    command = command.removeprefix(": && ").removesuffix(" && :")
    words, archives = portable_link(command)
    words[words.index("-o") + 1] = str(pathlib.Path(target).resolve())
    subprocess.run(words, check=True, cwd=build)
    return archives
