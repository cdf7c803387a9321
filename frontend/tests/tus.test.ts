import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PIECE_BYTES } from "@/api/uploads";
import { UploadList, arrived, coming, stuck } from "@/uploads/upload-list";

const SIZE = PIECE_BYTES * 2 + 10;

/** A server that keeps what comes in pieces, and breaks when it is told to. */
const server = {
  uploads: new Map<string, { name: string; size: number; sha256: string; offset: number }>(),
  sent: [] as { id: string; offset: number; size: number }[],
  breaksAt: -1,
  made: 0,

  async fetch(path: string, { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> }) {
    const id = path.split("/")[2] ?? "";
    const found = server.uploads.get(id);
    if (method === "POST") return server.begun(headers);
    if (path === "/uploads") return Response.json({ items: [...server.uploads].map(([key, one]) => server.told(key, one)) });
    if (!found) return new Response(null, { status: 404 });
    if (method === "HEAD") return new Response(null, { headers: { "Upload-Offset": String(found.offset) } });
    if (method === "DELETE") server.uploads.delete(id);
    return method === "DELETE" ? new Response(null, { status: 204 }) : Response.json({ id, is_encrypted: false });
  },

  begun(headers: Record<string, string>) {
    const said = Object.fromEntries((headers["Upload-Metadata"] ?? "").split(",").map((pair) => pair.split(" ") as [string, string]));
    server.made += 1;
    const id = `u${server.made}`;
    server.add(id, atob(said.filename ?? ""), Number(headers["Upload-Length"]), atob(said.sha256 ?? ""), 0);
    return Response.json({ id }, { status: 201 });
  },

  add(id: string, name: string, size: number, sha256: string, offset: number) {
    server.uploads.set(id, { name, size, sha256, offset });
  },

  told: (id: string, { name, size, sha256, offset }: { name: string; size: number; sha256: string; offset: number }) => ({
    id,
    file_name: name,
    file_size: size,
    sha256,
    offset,
  }),
};

/** A piece on its way to that server. */
class Request extends EventTarget {
  upload = new EventTarget();
  status = 0;
  response: unknown = null;
  private id = "";
  private headers: Record<string, string> = {};
  open(_method: string, path: string) {
    this.id = path.split("/")[2] ?? "";
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader() {
    return String(server.uploads.get(this.id)?.offset);
  }
  abort() {
    this.dispatchEvent(new Event("abort"));
  }
  send(piece: Blob) {
    const offset = Number(this.headers["Upload-Offset"]);
    server.sent.push({ id: this.id, offset, size: piece.size });
    const upload = server.uploads.get(this.id);
    queueMicrotask(() => {
      if (upload) upload.offset = server.breaksAt >= 0 ? Math.min(server.breaksAt, offset + piece.size) : offset + piece.size;
      this.status = 204;
      this.dispatchEvent(new Event(server.breaksAt >= 0 ? "error" : "load"));
    });
  }
}

const content = (byte: number, size = SIZE) => new File([new Uint8Array(size).fill(byte)], "scan.pdf");
const takesAll = () => undefined;
const only = (list: UploadList) => list.all()[0];
const states = (list: UploadList) => list.all().map(({ state }) => state);

beforeEach(() => {
  server.uploads.clear();
  Object.assign(server, { sent: [], breaksAt: -1 });
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("XMLHttpRequest", Request);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("sends a large file in pieces, one after the other, and knows it by one id", async () => {
  const list = new UploadList();
  list.add([content(1)], "bill", takesAll);
  await vi.waitFor(() => expect(states(list)).toEqual(["done"]));
  expect(server.sent.map(({ offset, size }) => [offset, size])).toEqual([
    [0, PIECE_BYTES],
    [PIECE_BYTES, PIECE_BYTES],
    [PIECE_BYTES * 2, 10],
  ]);
  expect([arrived(list.all()), coming(list.all())]).toEqual([[server.sent[0]?.id], []]);
});

it("goes on after a break where the server says", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 500 });
  const list = new UploadList();
  server.breaksAt = 100;
  list.add([content(2)], "", takesAll);
  await vi.waitFor(() => expect(server.sent).toHaveLength(1));
  expect(coming(list.all())).toEqual([server.sent[0]?.id]);
  server.breaksAt = -1;
  await vi.waitFor(() => expect(states(list)).toEqual(["done"]), { timeout: 5000 });
  expect(server.sent[1]).toEqual({ id: server.sent[0]?.id, offset: 100, size: PIECE_BYTES });
});

it("goes on with a file that another page began, once the same one is chosen again", async () => {
  const first = new UploadList();
  first.add([content(3)], "bill", takesAll);
  await vi.waitFor(() => expect(states(first)).toEqual(["done"]));
  const sha256 = [...server.uploads.values()][0]?.sha256 ?? "";
  server.add("earlier", "scan.pdf", SIZE, sha256, SIZE - 100);
  server.sent = [];

  const list = new UploadList();
  list.restore([], [{ id: "earlier", file_name: "scan.pdf", file_size: SIZE, offset: SIZE - 100, sha256, purpose: "bill" }]);
  expect([states(list), coming(list.all()), stuck(list.all()).length]).toEqual([["awaited"], ["earlier"], 1]);
  expect(only(list)?.progress).toBeCloseTo(1 - 100 / SIZE);
  list.add([content(3)], "elsewhere", takesAll);
  await vi.waitFor(() => expect(states(list)).toEqual(["done"]));
  expect(server.sent).toEqual([{ id: "earlier", offset: SIZE - 100, size: 100 }]);
  expect([only(list)?.slot, arrived(list.all())]).toEqual(["bill", ["earlier"]]);
});

it("sends another file of the same name and size from its beginning", async () => {
  const list = new UploadList();
  server.add("earlier", "scan.pdf", SIZE, "other", 500);
  list.restore([], [{ id: "earlier", file_name: "scan.pdf", file_size: SIZE, offset: 500, sha256: "other", purpose: null }]);
  list.choose(only(list)?.id ?? "", content(4), takesAll);
  await vi.waitFor(() => expect(states(list)).toEqual(["done"]));
  expect(server.sent[0]?.offset).toBe(0);
  expect(server.uploads.has("earlier")).toBe(false);
});

it("makes two uploads of a file that is chosen twice", async () => {
  const list = new UploadList();
  list.add([content(5), content(5)], "", takesAll);
  await vi.waitFor(() => expect(states(list)).toEqual(["done", "done"]));
  expect(new Set(arrived(list.all())).size).toBe(2);
});

it("removes from the server what has come of a file that is given up", async () => {
  const list = new UploadList();
  server.add("earlier", "scan.pdf", SIZE, "x", 500);
  list.restore([], [{ id: "earlier", file_name: "scan.pdf", file_size: SIZE, offset: 500, sha256: "x", purpose: null }]);
  list.remove(only(list)?.id ?? "");
  await vi.waitFor(() => expect(server.uploads.size).toBe(0));
});

it("takes for whole what became so when nobody was there to be told", () => {
  const list = new UploadList();
  list.restore([], [{ id: "u", file_name: "scan.pdf", file_size: SIZE, offset: SIZE, sha256: null, purpose: "bill" }]);
  expect([states(list), arrived(list.all()), coming(list.all())]).toEqual([["done"], ["u"], []]);
});
