/** A hint: another claim has this very file; which one only where it may be seen. */
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { Link } from "react-router";
import type { Document } from "@/api/queries";
import { useText } from "@/i18n/text";
import { sameFilesQuery } from "../queries";
import { messages } from "./messages";

export function SameFile({ document }: { document: Document }) {
  const t = useText(messages);
  const { data } = useQuery(sameFilesQuery(document.claim_id));
  const same = data?.filter(({ document_id: id }) => id === document.id) ?? [];
  if (same.length === 0) return null;
  const numbers = same.flatMap(({ claim_number: number }) => number ?? []);
  return (
    <p role="status" className="flex shrink-0 flex-wrap items-center gap-2 border-t border-line bg-surface px-3 py-2 text-sm">
      <Copy className="size-4 shrink-0" aria-hidden />
      {t(numbers.length > 0 ? "viewer.sameFile" : "viewer.sameFileUnseen")}
      {numbers.map((number) => (
        <Link key={number} to={`/claims/${number}`} className="font-medium text-brand underline">
          {number}
        </Link>
      ))}
    </p>
  );
}
