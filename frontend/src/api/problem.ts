/** A refusal of the API: an RFC 9457 problem, or what the browser says when the server cannot be reached. */
import type { components } from "./schema";

export type ProblemField = components["schemas"]["ProblemField"];

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: ProblemField[];
  readonly requestId: string;
  /** The whole document: some problems add members, such as `allowed_actions`. */
  readonly document: Record<string, unknown>;

  constructor(status: number, document: Record<string, unknown>) {
    super(text(document.detail) || text(document.title));
    this.name = "Problem";
    this.status = status;
    this.code = text(document.code) || "unknown";
    this.fields = Array.isArray(document.errors) ? (document.errors as ProblemField[]) : [];
    this.requestId = text(document.request_id);
    this.document = document;
  }

  /** Nobody answered: no network, or no server. */
  static unreachable(): Problem {
    return new Problem(0, { code: "unreachable" });
  }

  static async of(response: Response): Promise<Problem> {
    const document: unknown = await response.json().catch(() => null);
    return new Problem(response.status, isObject(document) ? document : { code: "unknown" });
  }

  /** Somebody else was faster, or the claim has changed since it was read. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412;
  }

  /** Whether the same request may well succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, { code: "unknown", detail: String(error) });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
