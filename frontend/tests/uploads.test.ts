import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SubmissionKey } from "@/api/submission";
import type { Config } from "@/api/queries";
import { judged } from "@/uploads/judge";
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
