/** Rules of form fields, for the small build of zod: `z.object({ name: needed("Enter your name") })`. */
import * as z from "zod/mini";

/** A text that must not be empty. */
export function needed(message: string) {
  return z.string().check(z.trim(), z.minLength(1, message));
}

/** A secret, taken as it is typed. */
export function secret(message: string) {
  return z.string().check(z.minLength(1, message));
}

export function emailAddress(missing: string, malformed: string) {
  return z.pipe(needed(missing), z.email(malformed));
}

/** A text that another rule judges: what it finds wrong is said in words. */
export function judgedBy<Wrong extends string>(judge: (text: string) => Wrong | null, say: (wrong: Wrong) => string) {
  return z.string().check(
    z.trim(),
    z.check((text) => {
      const wrong = judge(text.value);
      if (wrong) text.issues.push({ code: "custom", message: say(wrong), input: text.value });
    }),
  );
}

export { z };
