"""Builds the sdist and the wheel in dist/, checks what is in them, and writes the SBOM: `make dist`.

Of a commit it makes the same bytes on every machine: the time is the commit's, owners and modes are nobody's.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from zipfile import ZipFile

sys.path.insert(0, str(Path(__file__).parent))  # tests load this file by its path

import leaks
import sbom

REPOSITORY = Path(__file__).resolve().parents[1]
DIST = REPOSITORY / "dist"
PACKAGE = "airflow_provider_aam"
TOOLS = Path(sys.executable).parent


def main(uv: str) -> None:
    moment = int(_git("log", "-1", "--format=%ct"))
    os.environ["SOURCE_DATE_EPOCH"] = str(moment)
    os.umask(0o022)  # or the wheel has the modes of whoever builds it
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tree = export(place / "tree")
        sdist = build_sdist(tree, place / "first", moment)
        wheel = build_wheel(unpack(sdist, place / "unpacked"), place / "first")
        twin = export(place / "twin")
        _same(sdist, build_sdist(twin, place / "second", moment))
        _same(wheel, build_wheel(twin, place / "second"))
        check_tag(version=wheel.name.split("-")[1])
        check(wheel, sdist, tree)
        bill = sbom.write(wheel, uv)
        leaks.refuse([wheel, sdist, bill], built_in=place, pip=Path(uv).with_name("pip"))
        shutil.rmtree(DIST, ignore_errors=True)
        DIST.mkdir()
        for made in (wheel, sdist, bill):
            print(shutil.copy(made, DIST))


def export(to: Path) -> Path:
    """The files that git knows, as they are now: what earlier builds left behind is not among them."""
    who = ("-c", "user.name=dist", "-c", "user.email=dist@localhost")
    commit = _git(*who, "stash", "create") or "HEAD"
    packed = subprocess.run(["git", "archive", commit], cwd=REPOSITORY, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(to, filter="data")  # gives every file the modes 644 or 755
    return to


def build_sdist(tree: Path, to: Path, moment: int) -> Path:
    """As setuptools makes it, but without when and by whom."""
    _build("--sdist", tree, to)
    (sdist,) = to.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = {each.name: (each, archive.extractfile(each)) for each in archive}
        content = {name: file.read() if file else b"" for name, (_, file) in members.items()}
    with (
        sdist.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name, (member, _) in sorted(members.items()):
            plain = tarfile.TarInfo(name)
            plain.type, plain.size, plain.mtime = member.type, len(content[name]), moment
            plain.mode = 0o755 if member.isdir() else 0o644
            archive.addfile(plain, io.BytesIO(content[name]))
    return sdist


def unpack(sdist: Path, to: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(to, filter="data")
    return to / sdist.name.removesuffix(".tar.gz")


def build_wheel(tree: Path, to: Path) -> Path:
    _build("--wheel", tree, to)
    (wheel,) = to.glob("*.whl")
    return wheel


def check(wheel: Path, sdist: Path, tree: Path) -> None:
    """The wheel has every file of the package and nothing else; both say of themselves what an index takes."""
    found = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        str(Path(folder, name).relative_to(tree))
        for folder, _, names in os.walk(tree / PACKAGE, followlinks=True)
        for name in names
        if Path(folder) != tree / PACKAGE / "docs/reference"  # docstrings, on the site
    }
    if found != expected:
        sys.exit(f"The wheel lacks {sorted(expected - found)} and should not have {sorted(found - expected)}")
    if not any(".dist-info/licenses/LICENSE" in name for name in ZipFile(wheel).namelist()):
        sys.exit("The wheel has no LICENSE")
    subprocess.run([TOOLS / "twine", "check", "--strict", wheel, sdist], check=True)
    subprocess.run([TOOLS / "check-wheel-contents", "--toplevel", PACKAGE, wheel], check=True)


def check_tag(version: str) -> None:
    """A commit that is tagged as a version is that version, and the changelog has a part about it."""
    tags = _git("tag", "--points-at", "HEAD", "--list", "v*").split()
    if wrong := [tag for tag in tags if tag != f"v{version}"]:
        sys.exit(f"The tag is {', '.join(wrong)}, and __version__ is {version}")
    if tags and f"## [{version}]" not in (REPOSITORY / "CHANGELOG.md").read_text():
        sys.exit(f"The tag is v{version}, and CHANGELOG.md has no part ## [{version}]")


def _build(kind: str, tree: Path, to: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", to, tree]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def _same(one: Path, other: Path) -> None:
    if one.read_bytes() != other.read_bytes():
        sys.exit(f"{one.name} has other bytes when it is built again: {one}, {other}")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
