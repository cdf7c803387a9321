/** What became of something that was done to many claims. */
import { Problem } from "@/api/problem";
import type { Schema } from "@/api/client";
import type { Row } from "../queries";
import type { Refused } from "../working";

export interface Report {
  done: number;
  refused: Refused[];
}

export function partsOf(outcomes: (Refused | Row)[]): { done: Row[]; refused: Refused[] } {
  const isRefused = (each: Refused | Row): each is Refused => "problem" in each;
  return { done: outcomes.filter((each): each is Row => !isRefused(each)), refused: outcomes.filter(isRefused) };
}

/** The answer to a bulk action, with the rows that were sent. */
export function reportOf(results: Schema<"BulkResult">[], rows: readonly Row[]): Report {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const refused = results.flatMap(({ claim_id: id, problem }) => {
    const row = byId.get(id);
    return row && problem ? [{ row, problem: new Problem(Number(problem.status), problem) }] : [];
  });
  return { done: results.length - refused.length, refused };
}
