/** The claim that is being written at this desk: in memory, and as a draft with the server. */
import { useSyncExternalStore } from "react";
import { cache, noticeEnd } from "@/api/cache";
import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { type Content, type Shape, isSame } from "@/drafts/answers";
import { DraftKeeper, type KeeperState } from "@/drafts/keeper";
import { amountOf } from "@/drafts/money";
import { EMPTY, type FieldValues, type FormData, NAMES, isOurs } from "../fields";
import { type Kept, keptFor } from "../kept";

/** What the server keeps of it. */
export interface Answers extends FieldValues {
  hospital_id: string;
  payer_id: string;
  payer_name: string;
  /** Copied along, without a field here. */
  others: FormData;
}

export interface Draft extends Answers {
  /** The number of the claim it was copied from. */
  source: string;
  /** The number it was given: it is sent, and ends with its receipt. */
  number: string;
}

const NO_ANSWERS: Answers = { ...EMPTY, hospital_id: "", payer_id: "", payer_name: "", others: {} };
const NOTHING: Draft = { ...NO_ANSWERS, source: "", number: "" };

export const HOSPITAL: Shape<Answers> = { empty: NO_ANSWERS, of: answersOf, to: contentOf };

function answersOf(content: Content): Answers {
  const { hospital_id: hospital, payer_id: payer, form_data: form } = content as { hospital_id?: string | null; payer_id?: string | null; form_data?: FormData | null };
  const { payer_name: name, ...rest } = form ?? {};
  const own = Object.entries(rest).filter(([each, value]) => isOurs(each) && (typeof value === "string" || typeof value === "number"));
  const others = Object.entries(rest).filter(([each]) => !isOurs(each));
  return {
    ...NO_ANSWERS,
    ...Object.fromEntries(own.map(([each, value]) => [each, String(value)])),
    hospital_id: hospital ?? "",
    payer_id: payer ?? "",
    payer_name: typeof name === "string" ? name : "",
    others: Object.fromEntries(others),
  };
}

/** As it would be submitted, as far as it goes: what was left empty is not in it, and an age is a number. */
function contentOf({ hospital_id, payer_id, payer_name, others, ...values }: Answers): Content {
  const given = NAMES.filter((name) => values[name].trim() !== "").map((name) => [name, valueOf(name, values[name].trim())]);
  const form = { ...others, ...Object.fromEntries(given), ...(payer_name && { payer_name }) };
  return { hospital_id: hospital_id || null, payer_id: payer_id || null, form_data: Object.keys(form).length > 0 ? form : null };
}

function valueOf(name: (typeof NAMES)[number], text: string): string | number {
  if (name === "claimed_amount") return amountOf(text) ?? text;
  return name === "age" && /^\d+$/.test(text) ? Number(text) : text;
}

const keepers = new WeakMap<Kept<Draft>, DraftKeeper<Answers>>();
const owners = new WeakMap<Kept<Draft>, string>();

export function useDraft(): Kept<Draft> {
  const me = useMe();
  const draft = keptFor(me.id, "submit", NOTHING);
  owners.set(draft, me.id);
  return draft;
}

/** What one person has written is never saved as another's who has signed in since. */
function whileOwned<T>(draft: Kept<Draft>, call: () => Promise<T>): Promise<T> {
  const me = cache.getQueryData<{ id: string } | null>(["me"]);
  return me?.id === owners.get(draft) ? call() : Promise.reject(new Problem(401, { code: "not_signed_in" }));
}

/** What saves a draft with the server; the same for the same draft. */
export function keeperOf(draft: Kept<Draft>): DraftKeeper<Answers> {
  const known = keepers.get(draft);
  if (known) return known;
  const keeper = new DraftKeeper(
    HOSPITAL,
    {
      begin: (body, idempotencyKey) => whileOwned(draft, () => api.post("/drafts", { body: { workflow: "hospital", ...body }, idempotencyKey })),
      save: (id, ifMatch, body) =>
        whileOwned(draft, () => api.put("/drafts/{draft_id}", { path: { draft_id: id }, body: { workflow: "hospital", ...body }, ifMatch })),
    },
    draft.uploads,
    (problem) => problem.code !== "not_signed_in" && void noticeEnd(problem),
  );
  const answers = (): Answers => {
    const { source: _, number: __, ...kept } = draft.read();
    return kept;
  };
  draft.subscribe(() => keeper.answer(answers()));
  // What another device has saved, or was opened.
  keeper.subscribe(() => {
    if (!isSame(keeper.now().answers, answers())) draft.change(keeper.now().answers);
  });
  window.addEventListener("online", () => void keeper.flush());
  draft.isSaved = () => !keeper.isUnsaved && !draft.uploads.isUnsaved;
  keepers.set(draft, keeper);
  return keeper;
}

export function useSaving(draft: Kept<Draft>): KeeperState<Answers> {
  const keeper = keeperOf(draft);
  return useSyncExternalStore(keeper.subscribe, keeper.now);
}

/** Empties this place; what the server has of it stays. */
export function forget(draft: Kept<Draft>): void {
  keeperOf(draft).forget();
  draft.clear();
}
