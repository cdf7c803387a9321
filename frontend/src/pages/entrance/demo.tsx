/** The people of the demo world, each a button that signs in as them. */
import { useMutation } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import type { Schema } from "@/api/client";
import { signIn } from "@/api/session";
import { ProblemNotice } from "@/components/notice";
import { useText } from "@/i18n/text";
import { messages as shellMessages } from "@/shell/messages";
import { messages } from "./messages";

export function Demo({ demo }: { demo: Schema<"DemoWorld"> }) {
  const t = useText(messages);
  const { mutate, error, variables, isPending } = useMutation({
    mutationFn: (email: string) => signIn(email, demo.password),
  });
  return (
    <section aria-labelledby="demo" className="flex flex-col gap-3 border-t border-line pt-6">
      <h2 id="demo" className="text-lg">
        {t("demo.title")}
      </h2>
      <p className="text-muted">{t("demo.intro")}</p>
      <ProblemNotice error={error} />
      <ul className="flex flex-col divide-y divide-line rounded-surface border border-line bg-surface">
        {demo.people.map((person) => (
          <li key={person.email}>
            <Person person={person} isBusy={isPending && variables === person.email} onChoose={() => mutate(person.email)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface PersonProps {
  person: Schema<"DemoPerson">;
  isBusy: boolean;
  onChoose: () => void;
}

function Person({ person, isBusy, onChoose }: PersonProps) {
  const t = useText(messages);
  const role = useText(shellMessages).of(`role.${person.role}`, person.role);
  return (
    <button
      type="button"
      className="flex min-h-11 w-full cursor-pointer items-center justify-between gap-4 px-4 py-2 text-start hover:bg-sunken"
      onClick={onChoose}
    >
      <span className="font-medium">
        <span className="sr-only">{t("demo.as")} </span>
        {person.name}
      </span>
      <span className="flex items-center gap-2 text-sm text-muted">
        {isBusy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
        {role}
      </span>
    </button>
  );
}
