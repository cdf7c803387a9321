/** Why the claim was not taken, each reason with a link to the page where it is corrected. */
import { Link } from "react-router";
import type { Problem } from "@/api/problem";
import { messages as componentMessages } from "@/components/messages";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { CHANGE, usePlace } from "./places";
import { pageOfField } from "./steps";

export function Refused({ problem }: { problem: Problem }) {
  const t = useText(componentMessages);
  const say = useProblemText();
  const place = usePlace();
  return (
    <div ref={focus} tabIndex={-1} role="alert" className="rounded-surface border-2 border-negative bg-surface p-4">
      <h2 className="mb-2 text-base">{t("errors.title", { count: Math.max(1, problem.fields.length) })}</h2>
      <ul className="flex flex-col gap-1 text-negative">
        {problem.fields.length === 0 && <li>{say(problem)}</li>}
        {problem.fields.map((field) => (
          <li key={field.field + field.code}>
            <Link to={place(pageOfField(field.field))} state={CHANGE} className="font-medium underline underline-offset-2">
              {say.field(field)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function focus(box: HTMLElement | null): void {
  box?.focus();
}
