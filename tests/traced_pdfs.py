"""PDFs with traces of persons in them, each of one kind."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests.document_samples import shown, write_pdf
from tests.traced_pictures import photo

TEXT = "Der Rat beschließt das Losverfahren für alle."
Change = Callable[[pikepdf.Pdf, str], None]


def write_traced_pdf(path: Path, change: Change, marker: str) -> None:
    """A page of text, changed so that it says the marker."""
    write_pdf(path, [shown(TEXT, 60, 100)])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf, marker)
        pdf.save(path, compress_streams=True)


def _author(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.docinfo[Name.Author] = marker
    pdf.docinfo[Name.Title] = "Beschlussvorlage zum Bürgerrat"


def _company(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.docinfo[Name.Company] = marker


def _manager(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.docinfo[Name.Manager] = marker


def _custom(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.docinfo[Name.Aktenzeichen] = marker


def _xmp(pdf: pikepdf.Pdf, marker: str) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [marker]


def _comment(pdf: pikepdf.Pdf, marker: str) -> None:
    _annotate(pdf, Subtype=Name.Text, T=marker, Contents=marker)


def _highlight(pdf: pikepdf.Pdf, marker: str) -> None:
    _annotate(pdf, Subtype=Name.Highlight, T=marker, QuadPoints=Array([60, 742, 99, 742, 60, 730, 99, 730]))


def _stamp(pdf: pikepdf.Pdf, marker: str) -> None:
    look = pdf.make_stream(
        b"0 0 20 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 20, 20])
    )
    _annotate(pdf, Subtype=Name.Stamp, T=marker, AP=Dictionary(N=look))


def _hidden(pdf: pikepdf.Pdf, marker: str) -> None:
    _annotate(pdf, Subtype=Name.FreeText, Contents=marker, F=2)


def _attachment(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.attachments["liste.txt"] = marker.encode()


def _attached_to_page(pdf: pikepdf.Pdf, marker: str) -> None:
    held = pdf.make_stream(marker.encode(), Type=Name.EmbeddedFile)
    spec = Dictionary(Type=Name.Filespec, F="a.txt", EF=Dictionary(F=held))
    _annotate(pdf, Subtype=Name.FileAttachment, FS=spec, T="jemand")


def _photo(pdf: pikepdf.Pdf, marker: str) -> None:
    _show(pdf, pdf.make_stream(photo("JPEG", marker), Filter=Name.DCTDecode))


def _packed_photo(pdf: pikepdf.Pdf, marker: str) -> None:
    import zlib

    packed = zlib.compress(photo("JPEG", marker))
    _show(pdf, pdf.make_stream(packed, Filter=Array([Name.FlateDecode, Name.DCTDecode])))


def _thumbnail(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.pages[0].obj.Thumb = pdf.make_stream(marker.encode(), Width=1, Height=1)


def _piece_info(pdf: pikepdf.Pdf, marker: str) -> None:
    pdf.pages[0].obj.PieceInfo = Dictionary(Illustrator=Dictionary(Private=Dictionary(Path=marker)))


def _metadata_of_a_picture(pdf: pikepdf.Pdf, marker: str) -> None:
    _photo(pdf, "nichts")
    pdf.pages[0].Resources.XObject.Foto.Metadata = pdf.make_stream(marker.encode(), Type=Name.Metadata)


def _signature(pdf: pikepdf.Pdf, marker: str) -> None:
    signature = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Name=marker))
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="Unterschrift", V=signature, Rect=[0] * 4
        )
    )
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    pdf.Root.Perms = Dictionary(DocMDP=signature)


def _program(pdf: pikepdf.Pdf, marker: str) -> None:
    action = Dictionary(S=Name.JavaScript, JS=f"app.alert('{marker}')")
    pdf.Root.OpenAction = action
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", action])))


def _local_link(pdf: pikepdf.Pdf, marker: str) -> None:
    _annotate(pdf, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=f"file:///C:/Users/{marker}/a.pdf"))


def _annotate(pdf: pikepdf.Pdf, **said: Any) -> None:
    known: dict[str, Any] = {"Type": Name.Annot, "Rect": Array([60, 600, 80, 620])}
    pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(**(known | said)))])


def _show(pdf: pikepdf.Pdf, stream: pikepdf.Stream) -> None:
    for name, value in {
        "Type": Name.XObject, "Subtype": Name.Image, "Width": 40, "Height": 20,
        "ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8,
    }.items():  # fmt: skip
        stream[f"/{name}"] = value
    page = pdf.pages[0]
    page.Resources = Dictionary(Font=page.Resources.Font, XObject=Dictionary(Foto=stream))
    page.contents_add(pdf.make_stream(b"q 100 0 0 50 60 600 cm /Foto Do Q"))


def with_earlier_version(content: bytes, marker: str) -> bytes:
    """The PDF as an update on top of a state of it that said the marker."""
    with pikepdf.open(BytesIO(content)) as pdf:
        pdf.docinfo[Name.Author] = marker
        held = BytesIO()
        pdf.save(held, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    earlier = held.getvalue()
    with pikepdf.open(BytesIO(earlier)) as pdf:
        number, size = pdf.docinfo.objgen[0], int(pdf.trailer.Size)
        root = pdf.Root.objgen[0]
    place = len(earlier)
    start = int(earlier.rpartition(b"startxref")[2].split()[0])
    new = f"{number} 0 obj\n<< /Title (Neuer Antrag) >>\nendobj\n".encode()
    update = (
        f"xref\n{number} 1\n{place:010} 00000 n \ntrailer\n<< /Size {size} /Root {root} 0 R "
        f"/Info {number} 0 R /Prev {start} >>\nstartxref\n{place + len(new)}\n%%EOF\n"
    )
    return earlier + new + update.encode()


TRACED_PDFS: dict[str, Change] = {
    "author": _author,
    "author in XMP": _xmp,
    "company": _company,
    "manager": _manager,
    "other_property": _custom,
    "comment": _comment,
    "comment by highlighting": _highlight,
    "comment on a stamp": _stamp,
    "comment that is hidden": _hidden,
    "embedded_file": _attachment,
    "embedded_file on a page": _attached_to_page,
    "photo_place": _photo,
    "photo_place packed twice": _packed_photo,
    "thumbnail": _thumbnail,
    "other_property of a program": _piece_info,
    "metadata of a picture": _metadata_of_a_picture,
    "signature": _signature,
    "program": _program,
    "local_path": _local_link,
}


def page_looks(path: Path) -> Image.Image:
    """The first page as it is seen, without its annotations."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        drawn: Image.Image = pdf[0].render(scale=1, draw_annots=False).to_pil().convert("RGB")
    return drawn
