/** Sends one file ahead to `POST /uploads`. XMLHttpRequest, because fetch does not tell how much has left. */
import type { Schema } from "./client";
import { Problem } from "./problem";

/** A piece survives proxies that hold back what they take in; a smaller file is sent whole. */
export const PIECE_BYTES = 2 * 1024 * 1024;

export type Upload = Schema<"UploadOut">;

export interface Sending {
  done: Promise<Upload>;
  cancel: () => void;
}

/** The same key sent again after a broken connection gives the same upload. Rejects with a Problem, or AbortError. */
export function send(file: File, idempotencyKey: string, onProgress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Upload>((resolve, reject) => {
    request.open("POST", "/uploads");
    request.setRequestHeader("Idempotency-Key", idempotencyKey);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("load", () => {
      const body = (request.response ?? {}) as Record<string, unknown>;
      if (request.status === 201) resolve(body as unknown as Upload);
      else reject(new Problem(request.status, body));
    });
    request.addEventListener("error", () => reject(Problem.unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}
