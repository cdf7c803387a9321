/** How long ago something was, kept right while it is shown; the exact time on hover, and on paper. */
import { useSyncExternalStore } from "react";
import { useFormat } from "@/i18n/format";
import { cx } from "./cx";

const EACH_MS = 30_000;
const minute = () => Math.floor(Date.now() / EACH_MS);

export function Ago({ at, className }: { at: string; className?: string }) {
  const format = useFormat();
  useSyncExternalStore(eachMinute, minute);
  return (
    <time dateTime={at} title={format.time(at)} className={cx("exact-in-print", className)}>
      <span className="no-print">{format.ago(at)}</span>
    </time>
  );
}

function eachMinute(listener: () => void): () => void {
  const timer = setInterval(listener, EACH_MS);
  return () => clearInterval(timer);
}
