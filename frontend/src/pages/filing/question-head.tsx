/** The heading of a page of filing. */
import type { ReactNode } from "react";
import { Heading, WindowTitle } from "@/components/page";

export function QuestionHead({ title, hint }: { title: string; hint?: ReactNode }) {
  return (
    <header className="flex flex-col gap-2">
      <WindowTitle>{title}</WindowTitle>
      <Heading className="text-xl sm:text-2xl">{title}</Heading>
      {hint && <p className="text-muted">{hint}</p>}
    </header>
  );
}
