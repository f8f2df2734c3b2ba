"""Encryption for AAM: OpenPGP with AES, for a public key that the user has from Adobe.

Source: Adobe's page on PGP encryption of inbound files. GnuPG does the work, so no key or text passes this process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.scratch import scratch_folder
from airflow_provider_aam.members.making.parts import Part

_CIPHER = ["--cipher-algo", "AES", "--rfc4880"]

Seal = Callable[[Part], Part]


@contextmanager
def open_seal(public_key: bytes | None, scratch: Path) -> Iterator[Seal | None]:
    """A function that encrypts a part, in place of its plain file; ``None`` without a key.

    Raises :class:`AAMArgumentError` for what is not one public key, :class:`AAMConfigError` without GnuPG.
    """
    if public_key is None:
        yield None
        return
    with scratch_folder() as home:  # not in ``scratch``: the path of GnuPG's socket has a limit
        gpg = _gnupg(str(home))
        found = gpg.import_keys(public_key)
        keys = sorted({one for one in found.fingerprints if one})
        secret = " and a secret one" if gpg.list_keys(secret=True) else ""
        if len(keys) != 1 or secret:
            raise AAMArgumentError(
                f"pgp_key: expected one public key, found {len(keys) or 'none'}{secret}. Nothing was uploaded. Export "
                "the key that Adobe gave you with gpg --export --armor."
            )

        def seal(part: Part) -> Part:
            sealed = scratch / f"{part.path.name}.gpg"
            done = gpg.encrypt_file(
                str(part.path), keys, armor=False, always_trust=True, output=str(sealed), extra_args=_CIPHER
            )
            if not done.ok:
                raise AAMArgumentError(
                    f"pgp_key: GnuPG did not encrypt: {one_line(done.status or done.stderr)}. Nothing was uploaded. "
                    "Has the key expired?"
                )
            part.path.unlink()
            with sealed.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            return replace(part, path=sealed, bytes=sealed.stat().st_size, sha256=digest)

        yield seal


def _gnupg(home: str) -> Any:
    try:
        import gnupg

        return gnupg.GPG(gnupghome=home)
    except ImportError as missing:
        raise AAMConfigError("pgp_key needs python-gnupg: pip install 'airflow-provider-aam[pgp]'") from missing
    except OSError as missing:
        raise AAMConfigError(
            "pgp_key needs the program gpg on the worker: install the package gnupg of its distribution."
        ) from missing
