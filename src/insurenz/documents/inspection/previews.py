"""Small pictures of a document's first page, and the text of Word files, made in the child process."""

import base64
import io
from collections.abc import Callable
from typing import Any, BinaryIO

from PIL import Image, ImageOps

from insurenz.documents.inspection.words import text_of_doc, text_of_docx

SIZES = {"small": 320, "large": 1600}
_WHITE = (255, 255, 255)
# Of each length: what tells the two apart is how it is squeezed.
_QUALITY = {"small": 70, "large": 80}

Preview = dict[str, str]


def of_picture(file: BinaryIO) -> Preview:
    """Two sizes of a picture, upright."""
    picture = Image.open(file, formats=["JPEG", "PNG"])
    # Lets the decoder leave out what is not seen.
    picture.draft("RGB", (SIZES["large"], SIZES["large"]))
    picture.thumbnail((SIZES["large"], SIZES["large"]))
    return _sizes(ImageOps.exif_transpose(picture))


def of_pdf(file: BinaryIO) -> Preview:
    """Two sizes of the first page; nothing without the extra [previews]."""
    try:
        import pypdfium2  # noqa: PLC0415 - needs the extra
    except ImportError:
        return {}
    page = pypdfium2.PdfDocument(file)[0]
    longest = max(page.get_size())
    return _sizes(page.render(scale=SIZES["large"] / longest, may_draw_forms=False).to_pil())


def of_doc(file: BinaryIO) -> Preview:
    """The text of a DOC."""
    return {"text": text_of_doc(file)}


def of_docx(file: BinaryIO) -> Preview:
    """The text of a DOCX."""
    return {"text": text_of_docx(file)}


MAKERS: dict[str, Callable[[BinaryIO], Preview]] = {
    "pdf": of_pdf,
    "jpeg": of_picture,
    "png": of_picture,
    "doc": of_doc,
    "docx": of_docx,
}


def _sizes(picture: Image.Image) -> Preview:
    flat = _flat(picture)
    made = {}
    for name in ("large", "small"):
        flat.thumbnail((SIZES[name], SIZES[name]))
        out = io.BytesIO()
        flat.save(out, "JPEG", quality=_QUALITY[name])
        made[name] = base64.b64encode(out.getvalue()).decode()
    return made


def _flat(picture: Image.Image) -> Image.Image:
    """In colours without transparency: what shines through is white."""
    if picture.mode.startswith("I"):
        # Grey in 65,536 steps, of which 256 are left; otherwise all but the darkest would be white.
        picture = picture.point(lambda grey: grey * (1 / 256)).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    page: Any = Image.new("RGB", picture.size, _WHITE)
    layer = picture.convert("RGBA")
    page.paste(layer, mask=layer.getchannel("A"))
    return page  # type: ignore[no-any-return]
