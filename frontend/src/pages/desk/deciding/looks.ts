/** What actions look like, which keys open them, and in which order they stand. */
import { CircleCheck, CircleHelp, CircleX, FileCheck2, type LucideIcon, MessageCircleQuestion, Play, Wallet, Zap } from "lucide-react";
import type { Offer } from "../queries";

interface Looks {
  icon: LucideIcon;
  keys?: string;
  isAgainst?: boolean;
}

const LOOKS: Record<string, Looks> = {
  start_review: { icon: Play, keys: "s" },
  approve: { icon: CircleCheck, keys: "a" },
  clear: { icon: FileCheck2, keys: "c" },
  complete: { icon: Wallet, keys: "p" },
  raise_query: { icon: MessageCircleQuestion, keys: "q" },
  request_info: { icon: CircleHelp, keys: "i" },
  deny: { icon: CircleX, keys: "d", isAgainst: true },
  reject: { icon: CircleX, keys: "d", isAgainst: true },
};
const OTHER: Looks = { icon: Zap };
const ORDER = ["start_review", "clear", "approve", "complete", "raise_query", "request_info"];

export function looksOf(action: string): Looks {
  return LOOKS[action] ?? OTHER;
}

export function inOrder(offers: Offer[]): Offer[] {
  const place = ({ action }: Offer) => (ORDER.includes(action) ? ORDER.indexOf(action) : ORDER.length);
  return offers.toSorted((one, other) => place(one) - place(other));
}
