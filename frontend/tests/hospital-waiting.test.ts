import { describe, expect, it } from "vitest";
import { countdown, minutesUntil } from "@/claims/due";
import type { HospitalRow, Workflow } from "@/pages/hospital/queries";
import { grouped, openStatuses } from "@/pages/hospital/waiting";

const NOW = Date.parse("2026-11-26T10:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

describe("the time that is left", () => {
  it.each([
    [185, "3 hrs 5 mins", false],
    [60, "1 hr", false],
    [1, "1 min", false],
    [0, "0 mins", false],
    [-1, "1 min", true],
    [-2 * 1440, "2 days", true],
    [-(2 * 1440 + 61), "2 days 1 hr", true],
    [12 * 1440 + 61, "12 days", false],
  ])("%d minutes are %s", (minutes, length, isLate) => {
    expect(countdown(at(minutes), NOW, "en")).toMatchObject({ length, isLate });
  });

  it("is that between two readings of the clock, whatever the seconds", () => {
    const due = "2026-11-26T13:05:00Z";
    expect(minutesUntil(due, Date.parse("2026-11-26T10:00:59Z"))).toBe(185);
    expect(minutesUntil(due, Date.parse("2026-11-26T13:05:00Z"))).toBe(0);
    expect(minutesUntil(due, Date.parse("2026-11-26T13:06:00Z"))).toBe(-1);
  });

  it("is said in Hindi, too", () => {
    expect(countdown(at(185), NOW, "hi").length).toMatch(/3.*5/);
  });
});

const workflow = {
  states: [
    { code: "asked", phase: "waiting", clock: "hospital_user", labels: {} },
    { code: "checked", phase: "review", clock: "claim_processor", labels: {} },
    { code: "refused", phase: "decided", clock: null, labels: {} },
  ],
  transitions: [
    { action: "submit", from: ["new"], to: "checked", roles: ["hospital_user"] },
    { action: "answer", from: ["asked"], to: "checked", roles: ["hospital_user"] },
    { action: "ask", from: ["checked"], to: "asked", roles: ["claim_processor"] },
    { action: "contest", from: ["refused"], to: "checked", roles: ["hospital_user"] },
  ],
} as unknown as Workflow;

it("a definition says from where the hospital acts, and where it is awaited", () => {
  expect(openStatuses([workflow, workflow])).toEqual([
    { status: "asked", isAwaited: true },
    { status: "refused", isAwaited: false },
  ]);
});

it("what waits stands by due time, then by age; what is no duty stands apart", () => {
  const row = (id: string, status: string, due: number | null, since: number) =>
    ({ id, status, waiting: { actions: [], since: at(since), due_at: due === null ? null : at(due) } }) as unknown as HospitalRow;
  const rows = [
    row("young", "asked", null, -10),
    row("old", "asked", null, -9000),
    row("tomorrow", "asked", 1300, -50),
    row("far", "asked", 9000, -50),
    row("late", "asked", -5, -50),
    row("latest", "asked", -500, -50),
    row("denied", "refused", 30, -50),
    { ...row("nothing", "refused", 30, -50), waiting: null },
  ];
  const { late, soon, later, choice } = grouped(rows, openStatuses([workflow]), NOW);
  const ids = (group: HospitalRow[]) => group.map(({ id }) => id);
  expect({ late: ids(late), soon: ids(soon), later: ids(later), choice: ids(choice) }).toEqual({
    late: ["latest", "late"],
    soon: ["tomorrow"],
    later: ["far", "old", "young"],
    choice: ["denied"],
  });
});
