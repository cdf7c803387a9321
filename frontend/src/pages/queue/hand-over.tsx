/** To whom claims are given: the people who may work on them, found by typing. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "@/components/dialog";
import { controlClass } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Row, assigneesQuery } from "./queries";
import type { Queue } from "./use-queue";
import { type Person, giveAll, usePlaceInLists } from "./working";
import { type Report, partsOf } from "./tray/report";

interface HandOverProps {
  rows: Row[];
  queue: Queue;
  onReport: (report: Report) => void;
  onClose: () => void;
}

export function HandOver(props: HandOverProps) {
  const t = useText(messages);
  return (
    <Dialog open={props.rows.length > 0} onClose={props.onClose} title={t("handOver.title", { count: props.rows.length })}>
      <People {...props} />
    </Dialog>
  );
}

function People({ rows, queue, onReport, onClose }: HandOverProps) {
  const t = useText(messages);
  const place = usePlaceInLists();
  const [sought, setSought] = useState("");
  const { data: people, error } = useQuery(assigneesQuery(rows[0]?.id ?? ""));
  const { mutate, isPending } = useMutation({
    mutationFn: (to: Person) => giveAll(rows, to),
    onSuccess: (outcomes, to) => {
      const { done, refused } = partsOf(outcomes);
      place(done);
      const [only] = done;
      if (rows.length === 1 && only) toast(t("handOver.done", { number: only.claim_number, name: to.name }));
      else onReport({ done: done.length, refused });
      if (rows.length > 1) queue.chooseOnly(refused.map(({ row }) => row.id));
      onClose();
    },
  });
  if (error && !people) return <ProblemNotice error={error} />;
  // Who has all of them already is not asked for.
  const others = people?.filter(({ id }) => !rows.every(({ assignee }) => assignee?.id === id));
  const found = others?.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className="text-muted">{t("handOver.text")}</p>
      <input
        type="search"
        aria-label={t("handOver.find")}
        placeholder={t("handOver.find")}
        onChange={(event) => setSought(event.target.value)}
        className={controlClass(false, "h-10 !text-sm")}
      />
      {!found && <SkeletonList rows={3} row="h-10" />}
      <ul aria-busy={isPending} className="max-h-72 overflow-y-auto">
        {found?.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              onClick={() => !isPending && mutate(person)}
              className="flex min-h-10 w-full cursor-pointer items-center rounded-control px-3 text-start hover:bg-sunken"
            >
              {person.name}
            </button>
          </li>
        ))}
      </ul>
      {found?.length === 0 && <p className="text-muted">{t("handOver.nobody")}</p>}
    </div>
  );
}
