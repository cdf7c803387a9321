/** Who is not written to any more, why and since when; admins end it for one of them. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { Paged } from "../parts/paged";
import { useMayAct } from "../parts/rights";
import { type Suppression, suppressionsQuery } from "../queries";
import { messages } from "./messages";

export function Suppressed() {
  const t = useText(messages);
  const list = useInfiniteQuery(suppressionsQuery);
  return (
    <Paged list={list} row="h-14" empty={<p className="max-w-2xl text-muted">{t("suppressed.none")}</p>}>
      {(rows) => (
        <>
          <p className="text-muted">{t("suppressed.intro")}</p>
          <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
            {rows.map((row) => (
              <Person key={`${row.user_id} ${row.channel}`} row={row} />
            ))}
          </ul>
        </>
      )}
    </Paged>
  );
}

function Person({ row }: { row: Suppression }) {
  const t = useText(messages);
  const format = useFormat();
  const mayAct = useMayAct();
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0">
        <p className="font-medium">
          <Link to={`/admin/users/${row.user_id}`} className="text-brand underline">
            {row.user_name}
          </Link>
          <span className="text-muted"> · </span>
          <span className="break-all">{row.user_email}</span>
        </p>
        <p className="text-muted">
          {t.of(`channel.${row.channel}`, row.channel)}
          <span> · </span>
          {t(`suppressed.${row.reason}`)}
          <span> · </span>
          <time>{t("suppressed.since", { when: format.time(row.since) })}</time>
        </p>
      </div>
      {mayAct && <Lift row={row} />}
    </li>
  );
}

function Lift({ row }: { row: Suppression }) {
  const t = useText(messages);
  const cache = useQueryClient();
  const name = row.user_name;
  const lift = useMutation({
    mutationFn: () => api.delete("/deliveries/suppressions/{user_id}", { path: { user_id: row.user_id } }),
    onSuccess: async () => {
      toast(t("lift.done", { name }));
      await cache.invalidateQueries({ queryKey: ["admin", "deliveries"] });
    },
  });
  return (
    <div className="flex flex-col items-end gap-2">
      <Button
        variant="secondary"
        size="small"
        icon={<MailCheck className="size-4" aria-hidden />}
        busy={lift.isPending}
        onClick={() => lift.mutate()}
        aria-label={t("lift.named", { name })}
      >
        {t("lift")}
      </Button>
      <ProblemNotice error={lift.error} />
    </div>
  );
}
