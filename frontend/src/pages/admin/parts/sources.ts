/** What pickers choose from: people and organisations. */
import { type Schema, api } from "@/api/client";
import type { Option, Source } from "./picker";

const MOST = 20;

/** The id of an organisation's option is its number, which addresses show; that of a person is their id. */
export function organisations(kind?: Schema<"Kind">): Source {
  return {
    key: ["organisations", kind ?? "all"],
    search: async (text, signal) => {
      const { items } = await api.get("/organisations", { query: { kind, text, limit: MOST }, signal });
      return items.filter((each) => each.is_active).map(organisationOption);
    },
  };
}

export function people(role?: "policyholder"): Source {
  return {
    key: ["users", role ?? "all"],
    search: async (text, signal) => (await api.get("/users", { query: { role, text, limit: MOST }, signal })).items.map(personOption),
  };
}

export function organisationOption({ number, name }: { number: string; name: string }): Option {
  return { id: number, name, note: number };
}

export function personOption({ id, name, email }: { id: string; name: string; email: string }): Option {
  return { id, name, note: email };
}
