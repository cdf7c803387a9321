/** Places on documents, told apart, and found by the question that marked them. */
import type { Place } from "@/api/queries";

export function placeKey(place: Place): string {
  return JSON.stringify(place);
}

interface Asked {
  queries: readonly { raised_at: string; marks: Place[] }[];
}

/** What the question marked that was asked at this time. */
export function marksAsked(claim: object, at: string): Place[] {
  const { queries = [] } = claim as Partial<Asked>;
  return queries.find(({ raised_at: raised }) => raised === at)?.marks ?? [];
}
