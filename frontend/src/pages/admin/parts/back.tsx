/** The heading of one thing, below the way back to the list that it is of. */
import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";
import { Heading } from "@/components/page";

export function BackHeading({ to, list, children }: { to: string; list: string; children: string }) {
  return (
    <>
      <Link to={to} className="-mt-2 -mb-1 flex w-fit items-center gap-1.5 rounded-control py-2 font-medium text-brand hover:underline">
        <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden />
        {list}
      </Link>
      <Heading>{children}</Heading>
    </>
  );
}
