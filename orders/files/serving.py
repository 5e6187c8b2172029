"""A file as an answer: a download, or a picture where nothing in it can run."""

from django.core.files.storage import default_storage
from django.http import FileResponse

from orders.files.kinds import KINDS, ending
from orders.models import Attachment


def served(kept: Attachment) -> FileResponse:
    """The file of the row; raises FileNotFoundError when it is not on the disk. Whoever calls has asked who may."""
    kind = KINDS[ending(kept.name)]
    opened = default_storage.open(kept.path)
    answer = FileResponse(opened, as_attachment=not kind.is_shown, filename=kept.name, content_type=kept.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
