import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SubmissionKey } from "@/api/submission";
import type { Config } from "@/api/queries";
import { keptFor } from "@/pages/hospital/kept";
import { judged } from "@/uploads/judge";
import { pageOf } from "@/uploads/pages/page";
import { UploadList, arrived, pending, stuck } from "@/uploads/upload-list";

/** A request that the test answers. */
class Request extends EventTarget {
  static made: Request[] = [];
  upload = new EventTarget();
  status = 0;
  response: unknown = null;
  headers: Record<string, string> = {};
  constructor() {
    super();
    Request.made.push(this);
  }
  open() {}
  send() {}
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  abort() {
    this.dispatchEvent(new Event("abort"));
  }
  async answer(status: number, response: unknown) {
    Object.assign(this, { status, response });
    this.dispatchEvent(new Event("load"));
    await settled();
  }
  async cut() {
    this.dispatchEvent(new Event("error"));
    await settled();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const file = (name: string, size = 3) => new File([new Uint8Array(size)], name);
const takesAll = () => undefined;
const takesOne = (sent: File, held: number) => judged(sent, held, { file_types: ["pdf"], max_file_bytes: 100, max_files: 1 } as Config);
const names = (list: UploadList) => list.all().map(({ name }) => name);
const states = (list: UploadList) => list.all().map(({ state }) => state);

beforeEach(() => {
  Request.made = [];
  vi.stubGlobal("XMLHttpRequest", Request);
});
afterEach(() => vi.unstubAllGlobals());

it("sends three at a time, the next when one is through", async () => {
  const list = new UploadList();
  list.add(["a.pdf", "b.pdf", "c.pdf", "d.pdf"].map((name) => file(name)), "", takesAll);
  expect(states(list)).toEqual(["sending", "sending", "sending", "waiting"]);
  await Request.made[0]?.answer(201, { id: "u1" });
  expect(states(list)).toEqual(["done", "sending", "sending", "sending"]);
  expect(arrived(list.all())).toEqual(["u1"]);
  expect(pending(list.all())).toHaveLength(3);
});

it("sends a cut file again under the same key, so that it is kept once", async () => {
  const list = new UploadList();
  list.add([file("a.pdf")], "bill", takesAll);
  await Request.made[0]?.cut();
  expect(states(list)).toEqual(["failed"]);
  expect(stuck(list.all())).toHaveLength(1);
  list.retry(list.all()[0]?.id ?? "");
  await Request.made[1]?.answer(201, { id: "u1" });
  expect(states(list)).toEqual(["done"]);
  expect(Request.made[1]?.headers["Idempotency-Key"]).toBe(Request.made[0]?.headers["Idempotency-Key"]);
});

it("does not offer to send again what the server refused", async () => {
  const list = new UploadList();
  list.add([file("a.pdf")], "", takesAll);
  const fields = [{ field: "files", code: "corrupt", detail: "damaged", file_name: "a.pdf" }];
  await Request.made[0]?.answer(422, { code: "corrupt", errors: fields });
  expect(list.all()[0]).toMatchObject({ state: "refused", problem: { code: "corrupt" } });
});

it("forgets a file that is cancelled and goes on with the next", async () => {
  const list = new UploadList();
  list.add(["a.pdf", "b.pdf", "c.pdf", "d.pdf"].map((name) => file(name)), "", takesAll);
  list.remove(list.all()[0]?.id ?? "");
  await settled();
  expect(list.all().map((picked) => picked.name)).toEqual(["b.pdf", "c.pdf", "d.pdf"]);
  expect(states(list)).toEqual(["sending", "sending", "sending"]);
});

it.each([
  ["bill.PDF", 10, undefined],
  ["photo.jpeg", 100, undefined],
  ["notes.txt", 10, "type_not_allowed"],
  ["pdf", 10, "type_not_allowed"],
  ["bill.pdf", 0, "empty"],
  ["bill.pdf", 101, "too_large"],
])("judges %s of %d bytes before it is sent", (name, size, code) => {
  const config = { file_types: ["pdf", "jpeg"], max_file_bytes: 100, max_files: 2 } as Config;
  expect(judged(file(name, size), 1, config)?.code).toBe(code);
  expect(judged(file(name, size), 2, config)?.code).toBe(code === "type_not_allowed" ? code : "too_many_files");
});

it("keeps the key of the same content until it is done", () => {
  const key = new SubmissionKey();
  const first = key.for({ a: 1 });
  expect(key.for({ a: 1 })).toBe(first);
  expect(key.for({ a: 2 })).not.toBe(first);
  const last = key.for({ a: 2 });
  key.done();
  expect(key.for({ a: 2 })).not.toBe(last);
});

it("holds a file back until it is told to go on, and lets the next one take its place", async () => {
  const list = new UploadList();
  list.add(["a.pdf", "b.pdf", "c.pdf", "d.pdf"].map((name) => file(name)), "", takesAll);
  const [first] = list.all();
  list.pause(first?.id ?? "");
  await settled();
  expect(states(list)).toEqual(["paused", "sending", "sending", "sending"]);
  expect(stuck(list.all())).toHaveLength(1);
  await Promise.all(["u2", "u3", "u4"].map((id, at) => Request.made[at + 1]?.answer(201, { id })));
  list.retry(first?.id ?? "");
  expect(states(list)).toEqual(["sending", "done", "done", "done"]);
  await Request.made[4]?.answer(201, { id: "u1" });
  expect(arrived(list.all())).toEqual(["u1", "u2", "u3", "u4"]);
  expect(Request.made[4]?.headers).toEqual(Request.made[0]?.headers);
});

it("says what may be wrong with a photo until its sender keeps it, and sends it all the same", async () => {
  class Looker extends EventTarget {
    postMessage(_: File, [port]: MessagePort[]) {
      port?.postMessage("blurred");
    }
  }
  vi.stubGlobal("Worker", Looker);
  const list = new UploadList();
  list.add([new File(["x"], "a.jpg", { type: "image/jpeg" }), new File(["x"], "b.docx")], "", takesAll);
  await new Promise<void>((done) => list.subscribe(() => list.all()[0]?.hint && done()));
  expect(list.all().map(({ hint }) => hint)).toEqual(["blurred", undefined]);
  expect(states(list)).toEqual(["sending", "sending"]);
  list.keep(list.all()[0]?.id ?? "");
  expect(list.all()[0]?.hint).toBeUndefined();
});

it("keeps pages that are photographed while the page is drawn anew, until they are used or the list is cleared", () => {
  const list = new UploadList();
  list.photograph({ slot: "bill", pages: [pageOf(file("a.jpg"))] });
  expect(list.photographed()).toMatchObject({ slot: "bill", pages: [{ turns: 0, insets: [0, 0, 0, 0] }] });
  list.clear();
  expect(list.photographed()).toBeUndefined();
});

it("adds the file that was made of the pages in their place", () => {
  const list = new UploadList();
  const pages = [pageOf(file("a.jpg"))];
  list.photograph({ slot: "bill", pages });
  expect(list.bind(pages, file("pages.pdf"), takesOne)).toBeUndefined();
  expect(list.all()).toMatchObject([{ name: "pages.pdf", slot: "bill", state: "sending" }]);
  expect(list.photographed()).toBeUndefined();
});

it("drops the file when one more page was photographed while it was made, or others were begun", () => {
  const list = new UploadList();
  const made = [pageOf(file("a.jpg"))];
  for (const pages of [[...made, pageOf(file("b.jpg"))], [pageOf(file("c.jpg"))]]) {
    list.photograph({ slot: "bill", pages });
    expect(list.bind(made, file("pages.pdf"), takesAll)).toBeUndefined();
    expect(list.photographed()).toEqual({ slot: "bill", pages });
  }
  list.photograph(undefined);
  expect(list.bind(made, file("pages.pdf"), takesAll)).toBeUndefined();
  expect(list.all()).toEqual([]);
});

it("keeps the pages when their file cannot be taken, and says why", () => {
  const list = new UploadList();
  const pages = [pageOf(file("a.jpg"))];
  list.photograph({ slot: "bill", pages });
  expect(list.bind(pages, file("pages.pdf", 101), takesOne)?.code).toBe("too_large");
  expect(list.all()).toEqual([]);
  list.add([file("a.pdf")], "", takesOne);
  expect(list.bind(pages, file("pages.pdf"), takesOne)?.code).toBe("too_many_files");
  expect(names(list)).toEqual(["a.pdf"]);
  expect(list.photographed()?.pages).toBe(pages);
});

it("counts pages that are not used yet as unsaved, like files on their way", async () => {
  const kept = keptFor("u1", "claim/answer", {});
  const { uploads: list } = kept;
  list.photograph({ slot: "", pages: [] });
  expect([list.isUnsaved, kept.isEmpty]).toEqual([false, true]);
  const pages = [pageOf(file("a.jpg"))];
  list.photograph({ slot: "", pages });
  expect([list.isUnsaved, kept.isEmpty]).toEqual([true, false]);
  list.bind(pages, file("pages.pdf"), takesAll);
  expect(list.isUnsaved).toBe(true);
  await Request.made[0]?.answer(201, { id: "u1" });
  expect([list.isUnsaved, kept.isEmpty]).toEqual([false, false]);
});

it("takes another file in place of one only when it can be taken", async () => {
  const list = new UploadList();
  list.add([file("a.pdf")], "bill", takesOne);
  await Request.made[0]?.answer(201, { id: "u1" });
  const [first] = list.all();
  if (!first) throw new Error("no file");
  list.replace(first, file("b.pdf", 101), takesOne);
  expect(list.all()).toMatchObject([{ name: "a.pdf", state: "done" }, { name: "b.pdf", state: "refused", problem: { code: "too_large" } }]);
  list.replace(first, file("c.pdf"), takesOne);
  expect(list.all()).toMatchObject([{ name: "b.pdf", state: "refused" }, { name: "c.pdf", slot: "bill", state: "sending" }]);
});
