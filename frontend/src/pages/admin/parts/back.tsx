/** The heading of one thing, below the way back to the list that it is of. */
import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";
import { Heading } from "@/components/page";

export function BackHeading({ to, list, children }: { to: string; list: string; children: string }) {
  return (
    <>
      <Link to={to} className="mb-1 flex w-fit items-center gap-1.5 rounded-control font-medium text-brand hover:underline">
        <ArrowLeft className="size-4" aria-hidden />
        {list}
      </Link>
      <Heading>{children}</Heading>
    </>
  );
}
