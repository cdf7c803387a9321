import { expect, it } from "vitest";
import { written } from "@/i18n/written";

it("fills places, and leaves one that was not given to be seen", () => {
  expect(written("Hello {name}, {greeting}", "en", { name: "Asha" })).toBe("Hello Asha, {greeting}");
});

it.each([
  ["en", 0, "0 files"],
  ["en", 1, "1 file"],
  ["en", 1234567, "12,34,567 files"],
  ["hi", 0, "0 file"],
])("counts as %s does: %d", (language, count, expected) => {
  expect(written("{count, plural, one {# file} other {# files}}", language, { count })).toBe(expected);
});

it("takes a form for an exact number first", () => {
  expect(written("{n, plural, =0 {none} one {# one} other {# many}}", "en", { n: 0 })).toBe("none");
});
