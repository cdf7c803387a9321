import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gather } from "@/live/gather";
import { lead } from "@/live/leader";
import { type Heard, listen, pause } from "@/live/stream";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("hands a burst on together, and the next not too soon", () => {
  vi.useFakeTimers();
  const taken: number[][] = [];
  const burst = gather<number>({ wait: 50, apart: 1000 }, (all) => taken.push(all));
  for (let n = 0; n < 100; n++) burst.add(n);
  vi.advanceTimersByTime(50);
  expect(taken.map(({ length }) => length)).toEqual([100]);
  burst.add(1);
  vi.advanceTimersByTime(999);
  expect(taken).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(taken).toHaveLength(2);
  burst.add(1);
  burst.stop();
  vi.advanceTimersByTime(5000);
  expect(taken).toHaveLength(2);
});

it.each([[0, 500, 1500], [3, 4000, 12_000], [30, 30_000, 90_000]])("waits longer after %d failures, but not for ever", (failures, least, most) => {
  const waits = Array.from({ length: 50 }, () => pause(failures));
  expect(waits.every((ms) => ms >= least && ms <= most)).toBe(true);
});

// --- the stream

class Source extends EventTarget {
  static made: Source[] = [];
  isClosed = false;
  constructor(readonly url: string) {
    super();
    Source.made.push(this);
  }
  close() {
    this.isClosed = true;
  }
  say(type: string, id = "", data: object = {}) {
    this.dispatchEvent(Object.assign(new Event(type), { lastEventId: id, data: JSON.stringify(data) }));
  }
}

it("goes on after what it heard last, and says so when it cannot be had", () => {
  vi.useFakeTimers();
  Source.made = [];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("window", new EventTarget());
  const heard: Heard[] = [];
  const live: boolean[] = [];
  const stop = listen({ after: () => heard.at(-1)?.rev, hear: (each) => heard.push(each), live: (isLive) => live.push(isLive) });
  const [first] = Source.made;
  expect(first?.url).toBe("/notifications/stream");
  first?.say("open");
  first?.say("state", "41", { unread: 3, rev: 41, seen_rev: 40 });
  first?.say("notification", "42", { unread: 4, item: { id: "x", rev: 42 } });
  expect(heard).toEqual([
    { kind: "state", unread: 3, rev: 41, seen_rev: 40 },
    { kind: "notice", rev: 42, unread: 4, notice: { id: "x", rev: 42 } },
  ]);
  // The server ends each stream after a while: no failure yet.
  first?.say("error");
  expect([first?.isClosed, live]).toEqual([true, [true]]);
  vi.advanceTimersByTime(1500);
  expect(Source.made[1]?.url).toBe("/notifications/stream?after=42");
  Source.made[1]?.say("error");
  expect(live).toEqual([true, false]);
  window.dispatchEvent(new Event("online"));
  expect(Source.made).toHaveLength(3);
  stop();
  vi.advanceTimersByTime(100_000);
  expect([Source.made.length, Source.made[2]?.isClosed]).toEqual([3, true]);
});

// --- who leads

/** The locks of one browser, for many tabs. */
class Locks {
  queue: { start: () => void; lose: (reason: Error) => void; isHeld: boolean }[] = [];

  request(_: string, { steal, signal }: { steal?: boolean; signal?: AbortSignal }, hold: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = {
        isHeld: false,
        lose: reject,
        start: () => {
          turn.isHeld = true;
          void hold().then(() => this.leave(turn)).then(resolve);
        },
      };
      if (steal) {
        const [holder] = this.queue.splice(0, 1);
        this.queue.unshift(turn);
        holder?.lose(new Error("stolen"));
      } else this.queue.push(turn);
      signal?.addEventListener("abort", () => {
        if (turn.isHeld) return;
        this.leave(turn);
        reject(new Error("aborted"));
      });
      this.grant();
    });
  }

  leave(turn: Locks["queue"][number]): void {
    this.queue = this.queue.filter((other) => other !== turn);
    this.grant();
  }

  grant(): void {
    if (this.queue[0] && !this.queue[0].isHeld) this.queue[0].start();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function tab(name: string, leaders: Set<string>) {
  return lead(() => {
    leaders.add(name);
    return () => leaders.delete(name);
  });
}

beforeEach(() => vi.stubGlobal("navigator", { locks: new Locks() }));

it("lets one tab lead, and the next when it closes", async () => {
  const leaders = new Set<string>();
  const [one, two, three] = ["one", "two", "three"].map((name) => tab(name, leaders));
  expect([...leaders]).toEqual(["one"]);
  two?.stop();
  one?.stop();
  await settled();
  expect([...leaders]).toEqual(["three"]);
  three?.stop();
  await settled();
  expect(leaders.size).toBe(0);
});

it("takes the lead from a tab that sleeps, which waits for its turn again", async () => {
  const leaders = new Set<string>();
  const [one, two] = ["one", "two"].map((name) => tab(name, leaders));
  two?.take();
  await settled();
  expect([...leaders]).toEqual(["two"]);
  two?.take();
  two?.stop();
  await settled();
  expect([...leaders]).toEqual(["one"]);
  one?.stop();
});

it("listens in each tab that is looked at where tabs cannot agree", () => {
  vi.stubGlobal("navigator", {});
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("document", page);
  const leaders = new Set<string>();
  const one = tab("one", leaders);
  expect(leaders.size).toBe(1);
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(leaders.size).toBe(0);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(leaders.size).toBe(1);
  one.stop();
  expect(leaders.size).toBe(0);
});
