import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { hintAbout } from "@/uploads/hints";

/** A worker that the test answers for. */
class Looker extends EventTarget {
  static begun: Looker[] = [];
  ports: MessagePort[] = [];
  isEnded = false;
  constructor() {
    super();
    Looker.begun.push(this);
  }
  postMessage(_: File, [port]: MessagePort[]) {
    if (port) this.ports.push(port);
  }
  terminate() {
    this.isEnded = true;
  }
}

const photo = (name: string) => new File(["x"], name, { type: "image/jpeg" });

beforeEach(() => vi.stubGlobal("Worker", Looker));
afterEach(() => vi.unstubAllGlobals());

it("waits for no hint of a worker that cannot be loaded or has died, and asks another about the next file", async () => {
  const asked = [hintAbout(photo("a.jpg")), hintAbout(photo("b.jpg")), hintAbout(photo("c.jpg"))];
  const [first] = Looker.begun;
  first?.ports[0]?.postMessage("dark");
  expect(await asked[0]).toBe("dark");
  first?.dispatchEvent(new Event("error"));
  expect(await Promise.all(asked)).toEqual(["dark", undefined, undefined]);
  expect(first?.isEnded).toBe(true);
  const next = hintAbout(photo("d.jpg"));
  Looker.begun[1]?.ports[0]?.postMessage("blurred");
  expect(await next).toBe("blurred");
  expect(first?.ports).toHaveLength(3);
  expect(Looker.begun).toHaveLength(2);
});
