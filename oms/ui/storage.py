"""Static files for production: hashed names, compressed, the stylesheets joined into one."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRY = "ui/css/oms.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n')


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Forty small stylesheets are for people; browsers get one file, joined when static files are collected."""

    # Module imports are rewritten to hashed names in our own scripts only: other packages' bundles confuse them.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("ui/js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator:
        if ENTRY in paths and not dry_run:
            # Read from the sources: the collected entry may be the joined one of an earlier run.
            joined = _IMPORT.sub(lambda found: self._source(paths, f"ui/css/{found[1]}"), self._source(paths, ENTRY))
            self.delete(ENTRY)
            self._save(ENTRY, ContentFile(joined.encode()))
            paths = {**paths, ENTRY: (self, ENTRY)}
        yield from super().post_process(paths, dry_run, **options)

    @staticmethod
    def _source(paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return file.read().decode()
