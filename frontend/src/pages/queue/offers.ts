/** What can be done to several claims at once, by the definitions that they follow. */
import type { Schema } from "@/api/client";
import type { Row } from "./queries";

export type Definition = Schema<"WorkflowOut">;
type Transition = Schema<"TransitionOut">;

export interface Offer {
  /** An action that needs other fields in another workflow is another offer. */
  key: string;
  action: string;
  /** What it is called; one action can have several names. */
  labels: string[];
  /** The claims that stand where it can be done. */
  rows: Row[];
  requires: string[];
  optional: string[];
  guards: string[];
  /** Who is told of it. */
  audiences: string[];
}

// What differs from claim to claim, or is set by the definition.
const SINGLE = new Set(["approved_amount", "resolution", "files", "upload_ids", "marks", "claim_amount"]);

/** How a definition is named in `definitions`. */
export function keyOf(name: string, version: number): string {
  return `${name} ${version}`;
}

/** The actions of a role on these claims, those for most claims first. */
export function offersFor(rows: Row[], definitions: ReadonlyMap<string, Definition>, role: string): Offer[] {
  const offers = new Map<string, Offer>();
  for (const row of rows) {
    const definition = definitions.get(keyOf(row.workflow, row.workflow_version));
    for (const transition of openTo(definition, row, role)) {
      const key = [transition.action, ...transition.requires].join(" ");
      offers.set(key, extended(key, offers.get(key), transition, row, audiencesOf(definition, transition)));
    }
  }
  return [...offers.values()].toSorted((one, other) => other.rows.length - one.rows.length);
}

function openTo(definition: Definition | undefined, row: Row, role: string): Transition[] {
  return definition?.transitions.filter(({ from, roles }) => from.includes(row.status) && roles.includes(role)) ?? [];
}

function audiencesOf(definition: Definition | undefined, { event }: Transition): string[] {
  return definition?.events.find((each) => each.event === event)?.tell.map(({ audience }) => audience) ?? [];
}

function extended(key: string, offer: Offer | undefined, transition: Transition, row: Row, audiences: string[]): Offer {
  const { action, label, requires, optional, guards } = transition;
  const many = (names: string[]) => names.filter((name) => !SINGLE.has(name));
  return {
    key,
    action,
    labels: union(offer?.labels, [label]),
    rows: union(offer?.rows, [row]),
    requires: many(requires),
    // What one of the workflows does not know would be refused for its claims.
    optional: many(offer ? offer.optional.filter((name) => optional.includes(name)) : optional),
    guards: union(offer?.guards, guards),
    audiences: union(offer?.audiences, audiences),
  };
}

function union<T>(before: T[] | undefined, more: T[]): T[] {
  return [...new Set([...(before ?? []), ...more])];
}
