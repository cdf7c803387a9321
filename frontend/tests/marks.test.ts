/** Places on pages: the same place however the page is turned, drawn within its edges, by pointer and by keys. */
import { describe, expect, test } from "vitest";
import type { Document, Place } from "@/api/queries";
import { marksAsked } from "@/claims/place";
import { isMarkable, spotsOn, takesMarks, toMark } from "@/pages/desk/marking";
import type { Offer } from "@/pages/desk/queries";
import { type Box, between, isLarge, middleOf, rounded, stepped, turnedBox, uprightBox } from "@/pages/desk/viewer/box";
import { placed } from "@/pages/desk/viewer/spot-box";

// Exact in binary, so that nothing is rounded.
const BOX: Box = { x: 0.125, y: 0.25, width: 0.5, height: 0.0625 };
const TURNS = [0, 90, 180, 270];

describe("a box on a page that is turned", () => {
  test("is seen where its corner has gone", () => {
    // What was on the left is above, what was above is on the right.
    expect(turnedBox(BOX, 90)).toEqual({ x: 1 - 0.25 - 0.0625, y: 0.125, width: 0.0625, height: 0.5 });
    expect(turnedBox(BOX, 180)).toEqual({ x: 1 - 0.125 - 0.5, y: 1 - 0.25 - 0.0625, width: 0.5, height: 0.0625 });
    expect(turnedBox(BOX, 270)).toEqual({ x: 0.25, y: 1 - 0.125 - 0.5, width: 0.0625, height: 0.5 });
  });

  test.each(TURNS)("and drawn there means the same place of the upright page (%i degrees)", (rotation) => {
    expect(uprightBox(turnedBox(BOX, rotation), rotation)).toEqual(BOX);
  });

  test("comes back after four turns", () => {
    expect(TURNS.reduce((box) => turnedBox(box, 90), BOX)).toEqual(BOX);
  });

  test("is placed in shares of the page, so that its size makes no difference", () => {
    expect(placed(BOX, 0)).toEqual({ left: "12.5%", top: "25%", width: "50%", height: "6.25%" });
    expect(placed(BOX, 90)).toEqual({ left: "68.75%", top: "12.5%", width: "6.25%", height: "50%" });
  });
});

describe("a box that is drawn", () => {
  test("has the corners of the drag, in whichever direction, and ends at the page", () => {
    const [one, other] = [{ x: 0.75, y: 0.5 }, { x: 0.25, y: 0.125 }];
    expect(between(one, other)).toEqual({ x: 0.25, y: 0.125, width: 0.5, height: 0.375 });
    expect(between(other, one)).toEqual(between(one, other));
    expect(between({ x: 0.5, y: 0.5 }, { x: 9, y: -3 })).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.5 });
  });

  test("is none when the hand has slipped", () => {
    expect(isLarge({ ...BOX, height: 0.009 })).toBe(false);
    expect(isLarge(BOX)).toBe(true);
  });

  test("is told in four digits and never beyond the page", () => {
    expect(rounded({ x: 1 / 3, y: 0.123456, width: 2 / 3, height: 0.1 })).toEqual({ x: 0.3333, y: 0.1235, width: 0.6667, height: 0.1 });
    for (let step = 0; step <= 300; step++) {
      const x = step / 301;
      const box = rounded({ x, y: x, width: 1 - x, height: 1 - x });
      expect(box.x + box.width).toBeCloseTo(1, 12);
    }
  });
});

describe("a box that is made by keys", () => {
  test("begins in the middle of what is in sight", () => {
    const page = { left: 0, top: -600, right: 600, bottom: 600, width: 600, height: 1200 } as DOMRect;
    const window = { left: 0, top: 0, right: 600, bottom: 300 } as DOMRect;
    const box = middleOf(page, window);
    expect([box.x, box.y, box.width, box.height].map((each) => each.toFixed(4))).toEqual(["0.3333", "0.5833", "0.3333", "0.0833"]);
    // Nothing of the page is in sight: in the middle of it all.
    expect(middleOf(page, { ...window, top: 900, bottom: 1000 } as DOMRect).y).toBeCloseTo(1 / 3);
  });

  test("moves and grows by steps, up to the edge", () => {
    const box = { x: 0.985, y: 0, width: 0.015, height: 0.5 };
    expect(stepped(box, "ArrowRight", false)).toEqual(box);
    expect(stepped(box, "ArrowUp", false)).toEqual(box);
    expect(stepped(box, "ArrowLeft", false).x).toBeCloseTo(0.975);
    expect(stepped(box, "ArrowDown", true).height).toBeCloseTo(0.51);
    expect(stepped(box, "ArrowLeft", true).width).toBe(0.01);
    expect(stepped(box, "ArrowRight", true).width).toBeCloseTo(0.015);
  });
});

const place = (document_id: string, page = 1): Place => ({ document_id, page, ...BOX });
const document = (id: string, more: Partial<Document> = {}) =>
  ({ id, file_type: "pdf", is_encrypted: false, replaced_by: null, scan_state: "clean", ...more }) as Document;

describe("what is marked", () => {
  test("stands on the pages of its document, with the number it has in the form", () => {
    const marks = [place("a"), place("b", 2), place("a", 3)];
    expect(spotsOn("a", marks, null).map(({ page, number }) => [page, number])).toEqual([[1, 1], [3, 3]]);
  });

  test("is drawn once, also when it is looked at", () => {
    expect(spotsOn("a", [place("a")], place("a"))).toEqual([{ ...place("a"), number: 1, isShown: true }]);
    expect(spotsOn("a", [place("a")], place("a", 2)).map(({ page, isShown }) => [page, isShown])).toEqual([[1, false], [2, true]]);
    expect(spotsOn("b", [], place("a"))).toEqual([]);
  });

  test("is something that both sides see as pages", () => {
    expect(isMarkable(document("a"))).toBe(true);
    for (const not of [{ file_type: "docx" }, { is_encrypted: true }, { replaced_by: "b" }, { scan_state: "infected" }]) {
      expect(isMarkable(document("a", not))).toBe(false);
    }
    const documents = [document("a", { file_type: "doc" }), document("b"), document("c")];
    expect([toMark(documents, "c"), toMark(documents, "a"), toMark(documents, null)]).toEqual(["c", "b", "b"]);
  });

  test("belongs to the question that was asked at that time", () => {
    const queries = [{ raised_at: "2026-11-20T10:00:00Z", marks: [place("a")] }];
    expect(marksAsked({ queries }, "2026-11-20T10:00:00Z")).toEqual([place("a")]);
    expect(marksAsked({ queries }, "2026-11-20T11:00:00Z")).toEqual([]);
    expect(marksAsked({}, "2026-11-20T10:00:00Z")).toEqual([]);
  });

  test("is taken by the actions of which the API says so", () => {
    expect(takesMarks({ requires: [], optional: ["marks"] } as unknown as Offer)).toBe(true);
    expect(takesMarks({ requires: ["remarks"], optional: [] } as unknown as Offer)).toBe(false);
  });
});
