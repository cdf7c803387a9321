/** Asks what may be wrong with a file, beside its sending. */
import type { Flaw } from "./quality";

/** `locked`: a PDF that asks for a password. */
export type Hint = Flaw | "locked";

const LOOKED_AT = /^(?:image\/(?:jpeg|png)|application\/pdf)$/;
/** Of larger ones only the server says whether they are locked. */
const MOST_BYTES = 64 * 1024 * 1024;

let looker: Worker | undefined;
/** End what is not answered yet. */
const waiting = new Set<(hint?: Hint) => void>();

export function hintAbout(file: File): Promise<Hint | undefined> {
  if (!LOOKED_AT.test(file.type) || file.size > MOST_BYTES) return Promise.resolve(undefined);
  const looking = (looker ??= begun());
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const end = (hint?: Hint) => {
      waiting.delete(end);
      port1.close();
      resolve(hint);
    };
    waiting.add(end);
    port1.addEventListener("message", ({ data }) => end(data as Hint | undefined));
    port1.start();
    looking.postMessage(file, [port2]);
  });
}

/** One that could not be loaded, or has died, answers nothing any more: the next file begins another. */
function begun(): Worker {
  const worker = new Worker(new URL("look.ts", import.meta.url), { type: "module" });
  worker.addEventListener("error", () => {
    worker.terminate();
    looker = undefined;
    for (const end of waiting) end();
  });
  return worker;
}
