/** What to know of a claim before it is opened, as marks in its row: each an icon with its words. */
import { Ban, FileUser, FileX, Scale, UserX, type LucideIcon } from "lucide-react";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import type { Row } from "./queries";

type Flag = Row["flags"][number];

const ICONS: Record<Flag, LucideIcon> = {
  filed_by_you: FileUser,
  disputed: Scale,
  decided_by_you: UserX,
  over_limit: Ban,
  documents_rejected: FileX,
};

export function Flags({ flags }: { flags: Flag[] }) {
  const t = useText(messages);
  if (flags.length === 0) return null;
  return (
    <span className="relative z-1 inline-flex shrink-0 gap-1">
      {flags.map((flag) => {
        const Icon = ICONS[flag];
        return (
          <span key={flag} title={t(`flag.${flag}`)} className="text-waiting">
            <Icon className="size-4" aria-hidden />
            <span className="sr-only">{t(`flag.${flag}`)}</span>
          </span>
        );
      })}
    </span>
  );
}
