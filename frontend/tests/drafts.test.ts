import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { Policy } from "@/api/queries";
import { type Draft, EMPTY, RETAIL, answersOf, contentOf, merged } from "@/drafts/answers";
import { openParts } from "@/drafts/judge";
import { type Body, DraftKeeper } from "@/drafts/keeper";
import { UploadList } from "@/uploads/upload-list";

/** A server with one draft, that can be cut off. */
class Server {
  draft: Draft | null = null;
  begun: string[] = [];
  saves = 0;
  isDown = false;
  losesAnswer = false;

  begin = async (body: Body, key: string): Promise<Draft> => {
    if (this.isDown) throw Problem.unreachable();
    if (!this.begun.includes(key)) {
      this.begun.push(key);
      this.write(body);
    }
    return this.answered();
  };

  save = async (_id: string, version: number, body: Body): Promise<Draft> => {
    if (this.isDown) throw Problem.unreachable();
    if (!this.draft) throw new Problem(404, { code: "not_found" });
    if (this.draft.version !== version) throw new Problem(412, { code: "stale_version", current: this.draft });
    this.saves += 1;
    this.write(body);
    return this.answered();
  };

  /** As another device saves. */
  write({ content, upload_ids: ids, purposes }: Body): void {
    this.draft = {
      id: "d1",
      version: (this.draft?.version ?? 0) + 1,
      workflow: "retail",
      content,
      uploads: ids.map((id) => ({ id, file_name: `${id}.pdf`, file_size: 9, is_encrypted: false, purpose: purposes[id] ?? null })),
      unfinished: [],
      created_at: "2026-11-26T00:00:00Z",
      updated_at: "2026-11-26T00:00:00Z",
    } as unknown as Draft;
  }

  private answered(): Draft {
    if (this.losesAnswer) {
      this.losesAnswer = false;
      throw Problem.unreachable();
    }
    return structuredClone(this.draft) as Draft;
  }
}

const body = (answers: Partial<typeof EMPTY>, ids: string[] = []): Body => ({
  content: contentOf({ ...EMPTY, ...answers }),
  upload_ids: ids,
  purposes: {},
  unfinished: [],
});

let server: Server;
let uploads: UploadList;
let keeper: DraftKeeper<typeof EMPTY>;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  uploads = new UploadList();
  keeper = new DraftKeeper(RETAIL, { begin: server.begin, save: server.save }, uploads);
});
afterEach(() => vi.useRealTimers());

const soon = () => vi.advanceTimersByTimeAsync(1000);
const there = () => server.draft && answersOf(server.draft.content);

it("is saved soon after each change, and several of them together", async () => {
  keeper.answer({ policyId: "p1", claimType: "medical" });
  await soon();
  expect([keeper.now().standing, keeper.now().id, server.draft?.version]).toEqual(["saved", "d1", 1]);
  for (const description of ["F", "Fe", "Fell"]) keeper.answer({ description });
  expect(keeper.now().standing).toBe("unsaved");
  await soon();
  expect([there()?.description, server.saves, keeper.isUnsaved]).toEqual(["Fell", 1, false]);
});

it("loses nothing that is typed while it cannot be saved, and says so", async () => {
  server.isDown = true;
  keeper.answer({ description: "Fell" });
  await soon();
  expect([keeper.now().standing, keeper.isUnsaved]).toEqual(["waiting", true]);
  keeper.answer({ amount: "100" });
  expect(await keeper.flush()).toBe(false);
  server.isDown = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([keeper.now().standing, there()]).toEqual(["saved", { ...EMPTY, description: "Fell", amount: "100" }]);
});

it("begins one draft although the answer was lost and more was typed since", async () => {
  server.losesAnswer = true;
  keeper.answer({ description: "Fell" });
  await soon();
  keeper.answer({ description: "Fell down" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect([server.begun.length, there()?.description, keeper.now().standing]).toEqual([1, "Fell down", "saved"]);
});

it("goes on when the answer to a saving was lost", async () => {
  keeper.answer({ description: "Fell" });
  await soon();
  server.losesAnswer = true;
  keeper.answer({ description: "Fell down" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect([keeper.now().standing, keeper.now().version, there()?.description]).toEqual(["saved", 2, "Fell down"]);
});

it("joins what two devices changed in different places", async () => {
  server.write(body({ description: "Fell" }));
  keeper.open(structuredClone(server.draft) as Draft);
  server.write(body({ description: "Fell", amount: "100" }, ["u1"]));
  keeper.answer({ incidentDate: "2026-11-02" });
  await soon();
  expect(there()).toEqual({ ...EMPTY, description: "Fell", amount: "100", incidentDate: "2026-11-02" });
  expect(server.draft?.uploads.map(({ id }) => id)).toEqual(["u1"]);
  expect([keeper.now().standing, uploads.all().map(({ name }) => name)]).toEqual(["saved", ["u1.pdf"]]);
});

it.each([
  ["here", "Fell here", 3],
  ["elsewhere", "Fell elsewhere", 2],
])("asks when two devices answered the same differently: what is %s stays", async (which, expected, version) => {
  server.write(body({ description: "Fell" }));
  keeper.open(structuredClone(server.draft) as Draft);
  server.write(body({ description: "Fell elsewhere" }));
  keeper.answer({ description: "Fell here" });
  await soon();
  expect([keeper.now().standing, there()?.description]).toEqual(["conflict", "Fell elsewhere"]);
  keeper.answer({ description: "Fell here" });
  if (which === "here") keeper.keepMine();
  else keeper.takeTheirs();
  await soon();
  expect([keeper.now().answers.description, there()?.description, server.draft?.version]).toEqual([expected, expected, version]);
  expect(keeper.now().standing).toBe("saved");
});

it("keeps what was typed when the draft was filed or discarded elsewhere", async () => {
  keeper.answer({ description: "Fell" });
  await soon();
  server.draft = null;
  keeper.answer({ description: "Fell down" });
  await soon();
  expect([keeper.now().standing, keeper.now().answers.description]).toEqual(["gone", "Fell down"]);
  keeper.beginAnew();
  await soon();
  expect([there()?.description, server.begun.length, keeper.now().standing]).toEqual(["Fell down", 2, "saved"]);
});

it("shows the files of a draft that is opened, and saves which of them are left", async () => {
  server.write({ ...body({}, ["u1", "u2"]), purposes: { u1: "bill" } });
  keeper.open(structuredClone(server.draft) as Draft);
  expect(uploads.all().map(({ name, slot, state }) => [name, slot, state])).toEqual([
    ["u1.pdf", "bill", "done"],
    ["u2.pdf", "", "done"],
  ]);
  expect(keeper.isUnsaved).toBe(false);
  uploads.remove("u2");
  await soon();
  expect(server.draft?.uploads.map(({ id, purpose }) => [id, purpose])).toEqual([["u1", "bill"]]);
});

it("sends an amount as the API writes it, as soon as it is one", () => {
  expect(contentOf({ ...EMPTY, amount: "₹ 18,250.50" })).toMatchObject({ claim_amount: "18250.50", description: null });
  expect(contentOf({ ...EMPTY, amount: "9 lakh" })).toMatchObject({ claim_amount: "9 lakh" });
});

it("tells what is changed on both sides", () => {
  const base = { ...EMPTY, description: "a", amount: "1" };
  expect(merged(base, { ...base, amount: "2" }, { ...base, amount: "2", description: "b" })).toEqual({
    answers: { ...base, amount: "2", description: "b" },
    clashes: [],
  });
  expect(merged(base, { ...base, amount: "2" }, { ...base, amount: "3" }).clashes).toEqual(["amount"]);
});

it("names the parts that are open", () => {
  const policy = { id: "p", status: "active", start_date: "2026-01-01", end_date: "2026-12-31", cover_amount: "1000.00" } as Policy;
  const whole = { policyId: "p", claimType: "medical", incidentDate: "2026-11-02", description: "Fell", amount: "1,000" };
  const open = (changes: Partial<typeof whole>) => openParts({ ...whole, ...changes }, [policy], "2026-11-26");
  expect(open({})).toEqual([]);
  expect(open({ policyId: "other" })).toEqual(["policy", "when", "amount"]);
  expect(open({ incidentDate: "2026-11-27", description: " ", amount: "1000.01" })).toEqual(["when", "what", "amount"]);
  expect(open({ incidentDate: "2026-1", amount: "9 lakh" })).toEqual(["when", "amount"]);
});
