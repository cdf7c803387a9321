/** The way back to the list that a thing is of. */
import { ArrowLeft } from "lucide-react";
import { LinkButton } from "@/components/button";

export function Back({ to, children }: { to: string; children: string }) {
  return (
    <LinkButton to={to} variant="quiet" size="small" icon={<ArrowLeft className="size-4" aria-hidden />}>
      {children}
    </LinkButton>
  );
}
