import { expect, it } from "vitest";
import { edgeOf, frameOf } from "@/uploads/pages/page";
import { pdfOf } from "@/uploads/pages/pdf";

const jpeg = (...bytes: number[]) => new Uint8Array(bytes);
const latin1 = async (blob: Blob) => new TextDecoder("latin1").decode(await blob.arrayBuffer());

it("writes each picture as it is on a page of its own, as long as A4", async () => {
  const pdf = pdfOf([
    { jpeg: jpeg(0xff, 0xd8, 1, 2, 3), width: 1000, height: 2000 },
    { jpeg: jpeg(0xff, 0xd8, 4), width: 400, height: 300 },
  ]);
  const text = await latin1(pdf);
  expect(pdf.type).toBe("application/pdf");
  expect(text).toContain("/Count 2 /Kids [3 0 R 6 0 R]");
  expect(text).toContain("/MediaBox [0 0 421.00 842.00]");
  expect(text).toContain("/MediaBox [0 0 842.00 631.50]");
  expect(text).toContain("/Width 400 /Height 300 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length 3 >>\nstream\nÿØ\u0004\nendstream");
});

it("says where each object lies, also behind bytes that are no text", async () => {
  const text = await latin1(pdfOf([{ jpeg: jpeg(0xff, 0xd8, 0x80, 0xe2), width: 10, height: 10 }]));
  const places = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => Number(place));
  expect(places.map((place) => text.slice(place, place + 7))).toEqual([1, 2, 3, 4, 5].map((number) => `${number} 0 obj`));
  const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  expect(text.slice(table, table + 9)).toBe("xref\n0 6\n");
});

it("keeps what is not cut off, and makes it no larger than it was", () => {
  const photo = { width: 4000, height: 3000 };
  expect(frameOf({ insets: [0, 0, 0, 0] }, photo, 2000)).toEqual({ left: 0, top: 0, width: 4000, height: 3000, scale: 0.5 });
  expect(frameOf({ insets: [0.25, 0.25, 0, 0.25] }, photo, 4500)).toEqual({ left: 1000, top: 750, width: 2000, height: 2250, scale: 1 });
});

it("cuts at the edge that one sees, however the page is turned", () => {
  const edges = (turns: number) => [0, 1, 2, 3].map((edge) => edgeOf(turns, edge));
  expect([0, 1, 2, 3].map(edges)).toEqual([
    [0, 1, 2, 3],
    [3, 0, 1, 2],
    [2, 3, 0, 1],
    [1, 2, 3, 0],
  ]);
});
