/** Asks what may be wrong with a file, beside its sending. */
import type { Flaw } from "./quality";

/** `locked`: a PDF that asks for a password. */
export type Hint = Flaw | "locked";

const LOOKED_AT = /^(?:image\/(?:jpeg|png)|application\/pdf)$/;
/** Of larger ones only the server says whether they are locked. */
const MOST_BYTES = 64 * 1024 * 1024;

let looker: Worker | undefined;

export function hintAbout(file: File): Promise<Hint | undefined> {
  if (!LOOKED_AT.test(file.type) || file.size > MOST_BYTES) return Promise.resolve(undefined);
  const looking = (looker ??= new Worker(new URL("look.ts", import.meta.url), { type: "module" }));
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener("message", ({ data }) => {
      resolve(data as Hint | undefined);
      port1.close();
    });
    port1.start();
    looking.postMessage(file, [port2]);
  });
}
