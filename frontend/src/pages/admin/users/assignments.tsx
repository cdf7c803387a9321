/** The hospitals and payers that somebody works for: given by a search, taken at once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Building2, Landmark } from "lucide-react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { fieldId } from "@/components/field";
import { Notice, ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { type Option, Picker } from "../parts/picker";
import { useMayAct } from "../parts/rights";
import { organisations } from "../parts/sources";
import { type Assigned, type User, assignmentsQuery } from "../queries";
import { messages } from "./messages";
import { assignedKinds, baseOf } from "./roles";

export function Assignments({ user }: { user: User }) {
  const t = useText(messages);
  const mayAct = useMayAct();
  const { data: rows, error, refetch } = useQuery(assignmentsQuery(user.id));
  const { give, take } = useAssigning(user);
  return (
    <Section id="assignments" title={t("assignments")}>
      <p className="text-muted">{t(`assignments.${baseOf(user.role) === "hospital_user" ? "desk" : "processor"}`)}</p>
      <ProblemNotice error={give.error ?? take.error} />
      {error && !rows && <Failed error={error} retry={() => void refetch()} />}
      {!error && !rows && <SkeletonList rows={2} row="h-12" />}
      {rows?.length === 0 && <Notice kind="attention">{t("assignments.none")}</Notice>}
      {rows && rows.length > 0 && (
        <ul className="divide-y divide-line rounded-surface border border-line bg-surface">
          {rows.map((row) => (
            <Line
              key={row.id}
              row={row}
              isBusy={take.isPending}
              // Its button goes with it: the focus moves on to where another can be added.
              onTake={mayAct ? () => take.mutate(row, { onSuccess: () => document.getElementById(fieldId("assign"))?.focus() }) : undefined}
            />
          ))}
        </ul>
      )}
      {mayAct && <Give user={user} onGive={(option) => give.mutate(option)} />}
    </Section>
  );
}

function Line({ row, isBusy, onTake }: { row: Assigned; isBusy: boolean; onTake: (() => void) | undefined }) {
  const t = useText(messages);
  const words = useText(shared);
  const Icon = row.kind === "hospital" ? Building2 : Landmark;
  return (
    <li className="flex min-h-12 items-center gap-3 px-4 py-1.5">
      <Icon className="size-4.5 shrink-0 text-muted" aria-hidden />
      <span className="min-w-0 flex-1">
        <Link to={`/admin/organisations/${row.number}`} className="font-medium hover:underline">
          {row.name}
        </Link>
        <span className="block text-muted">
          {words(`kind.${row.kind}`)} · {row.number}
        </span>
      </span>
      {onTake && (
        <Button variant="quiet" size="small" busy={isBusy} onClick={onTake} aria-label={t("assignments.takeNamed", { name: row.name })}>
          {t("assignments.take")}
        </Button>
      )}
    </li>
  );
}

function Give({ user, onGive }: { user: User; onGive: (option: Option) => void }) {
  const t = useText(messages);
  const [only, ...others] = assignedKinds(user.role);
  return (
    <Picker
      name="assign"
      label={t("assignments.give")}
      source={organisations(others.length === 0 ? only : undefined)}
      value={null}
      onChange={(option) => option && onGive(option)}
    />
  );
}

function useAssigning(user: User) {
  const t = useText(messages);
  const cache = useQueryClient();
  const path = { user_id: user.id };
  const readAnew = () => cache.invalidateQueries({ queryKey: ["admin", "users"] });
  const give = useMutation({
    mutationFn: ({ id }: Option) => api.post("/users/{user_id}/assignments", { path, body: { organisation: id } }),
    onSuccess: async (_, { name }) => {
      toast(t("assignments.given", { user: user.name, name }));
      await readAnew();
    },
  });
  const take = useMutation({
    mutationFn: ({ id }: Assigned) =>
      api.delete("/users/{user_id}/assignments/{organisation_id}", { path: { ...path, organisation_id: id } }),
    onSuccess: async (_, { name }) => {
      toast(t("assignments.taken", { user: user.name, name }));
      await readAnew();
    },
  });
  return { give, take };
}
