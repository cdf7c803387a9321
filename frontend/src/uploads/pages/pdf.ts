/** A PDF whose pages are JPEG pictures, as they are: each fills its page. */

export interface Picture {
  jpeg: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** The longer side of a page in points: that of A4. */
const LONG_SIDE = 842;
/** The catalogue and the list of pages come before the three objects of each page. */
const FIRST = 3;
const OF_EACH = 3;

export function pdfOf(pictures: readonly Picture[]): Blob {
  const kids = pictures.map((_, at) => `${FIRST + OF_EACH * at} 0 R`).join(" ");
  const objects = [
    ["<< /Type /Catalog /Pages 2 0 R >>"],
    [`<< /Type /Pages /Count ${pictures.length} /Kids [${kids}] >>`],
    ...pictures.flatMap((picture, at) => objectsOf(picture, FIRST + OF_EACH * at)),
  ];
  return filed(objects);
}

type Part = string | Uint8Array<ArrayBuffer>;

/** The page, what is drawn on it, and the picture. */
function objectsOf({ jpeg, width, height }: Picture, number: number): Part[][] {
  const [wide, high] = [width, height].map((side) => ((LONG_SIDE * side) / Math.max(width, height)).toFixed(2));
  const drawing = `${wide} 0 0 ${high} 0 0 cm /Photo Do`;
  const resources = `<< /XObject << /Photo ${number + 2} 0 R >> >>`;
  const picture = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8`;
  return [
    [`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide} ${high}] /Resources ${resources} /Contents ${number + 1} 0 R >>`],
    [`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`],
    [`<< ${picture} /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n`, jpeg, "\nendstream"],
  ];
}

/** Numbers the objects and adds the table of their places. */
function filed(objects: Part[][]): Blob {
  const parts: Part[] = [];
  let length = 0;
  const write = (part: Part) => {
    parts.push(part);
    length += part.length;
  };
  write("%PDF-1.4\n");
  const places = objects.map((object, at) => {
    const place = length;
    [`${at + 1} 0 obj\n`, ...object, "\nendobj\n"].forEach(write);
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = length;
  write(`xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}`);
  write(`trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(parts, { type: "application/pdf" });
}
