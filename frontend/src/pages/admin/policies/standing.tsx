/** How a policy stands, and the words there are for it. */
import { CircleMinus, CirclePause } from "lucide-react";
import { useText } from "@/i18n/text";
import { Mark } from "../parts/facts";
import type { PolicyRecord } from "../queries";
import { messages } from "./messages";

export const POLICY_TYPES = ["medical", "vehicle", "property", "travel", "other"] as const;
export const POLICY_STATUSES = ["active", "suspended", "ended"] as const;

export function PolicyStanding({ status }: { status: PolicyRecord["status"] }) {
  const t = useText(messages);
  if (status === "active") return <span className="text-muted">{t("status.active")}</span>;
  const isEnded = status === "ended";
  return (
    <Mark hue={isEnded ? "closed" : "waiting"} icon={isEnded ? CircleMinus : CirclePause}>
      {t(`status.${status}`)}
    </Mark>
  );
}
