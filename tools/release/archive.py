# SPDX-License-Identifier: Apache-2.0
"""Archives that are the same bytes for the same content: entries sorted, one time, no owner's name."""
import gzip
import io
import pathlib
import tarfile


def tree_of(folder, prefix=""):
    """{name in the archive: path} of everything below a folder, and the folders themselves."""
    folder = pathlib.Path(folder)
    return {prefix + str(path.relative_to(folder)): path for path in sorted(folder.rglob("*"))}


def tar(entries, epoch, owners=None):
    """The bytes of a tar archive. An entry is a path of a file, folder or link, or bytes for a plain file.

    Owners: {name: (uid, gid)} of entries that do not belong to root. Only the execute bit of a file is kept.
    """
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted(entries):
            source = entries[name]
            info = tarfile.TarInfo(name)
            info.mtime = epoch
            info.uid, info.gid = (owners or {}).get(name, (0, 0))
            content = b""
            if isinstance(source, bytes):
                info.mode, content = 0o644, source
            elif source.is_symlink():
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, str(source.readlink()), 0o777
            elif source.is_dir():
                info.type = tarfile.DIRTYPE
                info.mode = source.stat().st_mode & 0o7777
            else:
                info.mode = 0o755 if source.stat().st_mode & 0o100 else 0o644
                content = source.read_bytes()
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def gzipped(content):
    """Without a name and a time."""
    return gzip.compress(content, compresslevel=9, mtime=0)
