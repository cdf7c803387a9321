/** Which keys mean what, and what a desk remembers. */
import { describe, expect, test } from "vitest";
import { type Shortcut, Typist, grouped, keyOf } from "@/keyboard/keys";
import { read } from "@/keyboard/remembered";

const of = (...keys: string[]): Shortcut[] => keys.map((each) => ({ keys: each, label: each, run: () => {} }));

describe("presses of keys", () => {
  test("one key, and two in a row", () => {
    const typist = new Typist();
    const known = of("c", "g c");
    expect(typist.press("c", 0, known)?.keys).toBe("c");
    expect(typist.press("g", 100, known)).toBeUndefined();
    expect(typist.press("c", 200, known)?.keys).toBe("g c");
    expect(typist.press("c", 300, known)?.keys).toBe("c");
  });

  test("the second key is not waited for forever", () => {
    const typist = new Typist();
    const known = of("c", "g c");
    typist.press("g", 0, known);
    expect(typist.press("c", 5000, known)?.keys).toBe("c");
  });

  test("a key that continues nothing ends the waiting", () => {
    const typist = new Typist();
    const known = of("c", "g c");
    typist.press("g", 0, known);
    expect(typist.press("x", 10, known)).toBeUndefined();
    expect(typist.press("c", 20, known)?.keys).toBe("c");
  });

  test("the part of the page that came last goes first", () => {
    const [outer, inner] = [of("a"), of("a")];
    expect(new Typist().press("a", 0, [...outer, ...inner])).toBe(inner[0]);
  });

  test("a keyboard of another script still has its letters", () => {
    expect(keyOf({ key: "ो", code: "KeyA" })).toBe("a");
    expect(keyOf({ key: "?", code: "Slash" })).toBe("?");
    expect(keyOf({ key: "z", code: "KeyY" })).toBe("z");
    expect(keyOf({ key: "Enter", code: "Enter" })).toBe("Enter");
  });
});

test("the list has each once, under its heading", () => {
  const list = [...of("a", "b"), { ...of("a")[0], keys: "a", label: "again", run: () => {} }, { keys: "?", label: "help", run: () => {}, group: "G" }];
  expect(grouped(list, "Page").map(([group, members]) => [group, members.map(({ keys }) => keys)])).toEqual([
    ["Page", ["a", "b"]],
    ["G", ["?"]],
  ]);
});

test("only numbers are read from what a desk remembers", () => {
  expect([...read("a=b; insurenz-desk=split-58.keys-0.bad-x.-3; c=d")]).toEqual([
    ["split", 58],
    ["keys", 0],
  ]);
  expect([...read("")]).toEqual([]);
});
