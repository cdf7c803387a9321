/** A text that is copied by one press, such as a claim's number. */
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useText } from "@/i18n/text";
import { buttonClass } from "./button";
import { messages } from "./messages";

export function CopyButton({ text }: { text: string }) {
  const t = useText(messages);
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  // Missing on plain http addresses other than localhost: there the text can still be marked.
  if (!navigator.clipboard) return null;
  const Icon = isDone ? Check : Copy;
  return (
    <button type="button" className={buttonClass("quiet", "icon")} onClick={() => void copy()}>
      <Icon className="size-5" aria-hidden />
      <span className="sr-only" aria-live="polite">
        {isDone ? t("copied") : t("copy", { what: text })}
      </span>
    </button>
  );
}
