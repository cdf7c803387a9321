/** Recipients by person: each once, with every channel. Pure. */
import type { Recipients } from "../queries";

export interface ToldPerson {
  id: string;
  name: string;
  reason: string;
  channels: string[];
}

/** What says something of the person: not that an install has no such channel, or that they have given it nothing. */
export function leftOut({ excluded }: Pick<Recipients, "excluded">): Recipients["excluded"] {
  return excluded.filter(({ reason }) => reason !== "not_configured" && reason !== "no_target");
}

export function byPerson({ recipients }: Pick<Recipients, "recipients">): ToldPerson[] {
  const people = new Map<string, ToldPerson>();
  for (const { user_id: id, user_name: name, channel, reason } of recipients) {
    const person = people.get(id) ?? { id, name, reason, channels: [] };
    if (!person.channels.includes(channel)) person.channels.push(channel);
    people.set(id, person);
  }
  return [...people.values()];
}
