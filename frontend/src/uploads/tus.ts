/** Sends a file in pieces by tus 1.0, and goes on where the server says: after a pause, a break, or on another day. */
import { type Schema, api } from "@/api/client";
import { Problem, asProblem } from "@/api/problem";
import { PIECE_BYTES, type Upload } from "@/api/uploads";

/** Larger ones would be held in memory to be hashed: they are not recognised later, and checked by the server alone. */
const MOST_HASHED_BYTES = 64 * 1024 * 1024;
const FIRST_PAUSE_MS = 1000;
/** In a row; what comes in between begins them anew. */
const TRIES = 5;
const VERSION = { "Tus-Resumable": "1.0.0" };

export interface Begun {
  /** Its id, as far as it was announced earlier. */
  id?: string | undefined;
  /** What its whole hashes to, where that is known. */
  sha256?: string | null | undefined;
}

export interface Hear {
  begun: (begun: Required<Begun>) => void;
  progress: (share: number) => void;
}

/** In use on this page: the same file chosen twice is two uploads. */
const inUse = new Set<string>();

/** Goes on with what was begun when it is of this very file, else with what else is found of it, else begins. */
export function sendInPieces(file: File, earlier: Begun, hear: Hear, signal: AbortSignal): Promise<Upload> {
  return new Sender(file, hear, signal).sent(earlier);
}

/** Removes what has come of a file; when that fails it ends by itself. */
export function giveUp(id: string): void {
  inUse.delete(id);
  void fetch(`/uploads/${id}`, { method: "DELETE", headers: VERSION }).catch(() => undefined);
}

class Sender {
  private id = "";
  private offset = 0;

  constructor(
    private readonly file: File,
    private readonly hear: Hear,
    private readonly signal: AbortSignal,
  ) {}

  async sent(earlier: Begun): Promise<Upload> {
    const sha256 = await hashOf(this.file);
    this.id = sha256 && earlier.sha256 === sha256 ? (earlier.id ?? "") : "";
    if (earlier.id && !this.id) giveUp(earlier.id);
    let tries = TRIES;
    for (;;) {
      const before = this.offset;
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        return await this.through(sha256);
      } catch (error) {
        if (this.signal.aborted) throw error;
        tries = this.offset > before ? TRIES : tries - 1;
        const problem = asProblem(error);
        // Of a file of which a part is lost nobody knows any more when it is asked for again.
        const isOtherwise = problem.code === "wrong_offset" || problem.code === "parts_lost";
        if (!(problem.isPassing || isOtherwise) || problem.status === 429 || tries === 0) throw problem;
        // oxlint-disable-next-line no-await-in-loop -- and a pause between them
        await this.pause(FIRST_PAUSE_MS * 2 ** (TRIES - 1 - tries));
      }
    }
  }

  private async through(sha256: string | null): Promise<Upload> {
    if (!this.id || !(await this.standing())) await this.begin(sha256);
    inUse.add(this.id);
    this.hear.begun({ id: this.id, sha256 });
    // oxlint-disable-next-line no-await-in-loop -- each piece follows the one before
    while (this.offset < this.file.size) await this.piece();
    return (await api.get("/uploads/{upload_id}", { path: { upload_id: this.id }, signal: this.signal })) as Upload;
  }

  /** Asks how far it has come; false when nobody knows of it any more. */
  private async standing(): Promise<boolean> {
    const answer = await this.ask(`/uploads/${this.id}`, { method: "HEAD", headers: VERSION });
    if (answer.status === 404) return false;
    if (!answer.ok) throw await Problem.of(answer);
    this.reached(Number(answer.headers.get("Upload-Offset")));
    return true;
  }

  private async begin(sha256: string | null): Promise<void> {
    const found = sha256 ? await this.found(sha256) : undefined;
    if (found) {
      this.id = found.id;
      this.reached(found.offset);
      return;
    }
    const described = [`filename ${base64(this.file.name)}`, ...(sha256 ? [`sha256 ${base64(sha256)}`] : [])];
    const headers = { ...VERSION, "Upload-Length": String(this.file.size), "Upload-Metadata": described.join(",") };
    const answer = await this.ask("/uploads", { method: "POST", headers });
    if (!answer.ok) throw await Problem.of(answer);
    this.id = ((await answer.json()) as Schema<"UnfinishedOut">).id;
    this.reached(0);
  }

  /** What came of the same bytes before, from wherever. */
  private async found(sha256: string): Promise<Schema<"UnfinishedOut"> | undefined> {
    const { items } = await api.get("/uploads", { signal: this.signal });
    // One that has just begun may be that of the same file beside this one.
    const isIt = (each: Schema<"UnfinishedOut">) => each.sha256 === sha256 && each.file_name === this.file.name && each.offset > 0;
    const found = items.find((each) => isIt(each) && !inUse.has(each.id));
    if (found) inUse.add(found.id);
    return found;
  }

  /** XMLHttpRequest, because fetch does not tell how much has left. */
  private piece(): Promise<void> {
    const request = new XMLHttpRequest();
    const start = this.offset;
    const piece = this.file.slice(start, start + PIECE_BYTES);
    const cancel = () => request.abort();
    this.signal.addEventListener("abort", cancel);
    const done = new Promise<void>((resolve, reject) => {
      request.open("PATCH", `/uploads/${this.id}`);
      const headers = { ...VERSION, "Upload-Offset": String(start), "Content-Type": "application/offset+octet-stream" };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded }) => this.tell(start + Math.min(loaded, piece.size)));
      request.addEventListener("load", () => {
        if (request.status !== 204) reject(new Problem(request.status, (request.response ?? {}) as Record<string, unknown>));
        else {
          this.reached(Number(request.getResponseHeader("Upload-Offset")));
          resolve();
        }
      });
      request.addEventListener("error", () => reject(Problem.unreachable()));
      request.addEventListener("abort", () => reject(cancelled()));
      request.send(piece);
    });
    return done.finally(() => {
      this.signal.removeEventListener("abort", cancel);
      // What left and was not acknowledged may not have arrived.
      this.tell(this.offset);
    });
  }

  private reached(offset: number): void {
    this.offset = offset;
    this.tell(offset);
  }

  private tell(bytes: number): void {
    this.hear.progress(bytes / this.file.size);
  }

  private ask(path: string, request: RequestInit): Promise<Response> {
    return fetch(path, { ...request, signal: this.signal }).catch((error: unknown) => {
      throw this.signal.aborted ? error : Problem.unreachable();
    });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(cancelled());
      });
    });
  }
}

/** Null where browsers do not hash: on plain http addresses other than localhost. */
async function hashOf(file: File): Promise<string | null> {
  if (!globalThis.crypto?.subtle || file.size > MOST_HASHED_BYTES) return null;
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function cancelled(): DOMException {
  return new DOMException("cancelled", "AbortError");
}
