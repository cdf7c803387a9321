import { describe, expect, it } from "vitest";
import { placesOf } from "./places";

type Catalogue = Record<"en" | "hi", Record<string, string>>;
const modules = import.meta.glob<Record<string, Catalogue>>("../src/**/*messages.ts", { eager: true });
const catalogues = Object.entries(modules).flatMap(([path, exported]) =>
  Object.values(exported).map((catalogue) => [path.replace("../src/", ""), catalogue] as const),
);

describe.each(catalogues)("the catalogue %s", (_, { en, hi }) => {
  it("has the same keys in both languages", () => {
    expect(Object.keys(hi)).toEqual(Object.keys(en));
  });

  it("fills the same places in both languages", () => {
    const places = (texts: Record<string, string>) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placesOf(text)]));
    expect(places(hi)).toEqual(places(en));
  });

  it("is written in Devanagari where it is Hindi, and leaves nothing empty", () => {
    expect(Object.entries(en).filter(([, text]) => !text.trim())).toEqual([]);
    expect(Object.entries(hi).filter(([, text]) => !/[\u0900-\u097f]/.test(text))).toEqual([]);
  });
});

it("there are catalogues", () => {
  expect(catalogues.length).toBeGreaterThan(4);
});
