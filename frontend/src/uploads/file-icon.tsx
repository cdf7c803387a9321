/** What stands in place of a file that has no picture. */
import { FileText } from "lucide-react";

export function FileIcon() {
  return (
    <span className="flex size-11 shrink-0 items-center justify-center rounded-control bg-sunken text-muted">
      <FileText className="size-5" aria-hidden />
    </span>
  );
}
