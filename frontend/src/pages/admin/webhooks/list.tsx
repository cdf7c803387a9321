/** The webhooks of all organisations, and how each of them fares. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { LinkButton } from "@/components/button";
import { Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { Nothing, useAsked } from "../parts/filters";
import { Paged } from "../parts/paged";
import { useMayAct } from "../parts/rights";
import { type Column, Named, Table } from "../parts/table";
import { messages } from "./messages";
import { type Webhook, webhooksQuery } from "./queries";
import { Standing } from "./standing";

export default function WebhooksPage() {
  const t = useText(messages);
  const mayAct = useMayAct();
  const asked = useAsked(["organisation"]);
  const list = useInfiniteQuery(webhooksQuery(asked));
  const columns = useColumns();
  const add = (
    <LinkButton to="/admin/webhooks/new" size="small" icon={<Plus className="size-4.5" aria-hidden />}>
      {t("add")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} width="desk" intro={t("intro")} actions={mayAct && add}>
      <Paged list={list} empty={<Nothing isFiltered={Object.keys(asked).length > 0} title={t("none")}>{t("noneText")}</Nothing>}>
        {(rows) => (
          <Table caption={t("title")} columns={columns} rows={rows} keyOf={({ id }) => id} linkOf={({ id }) => `/admin/webhooks/${id}`} />
        )}
      </Paged>
    </Page>
  );
}

function useColumns(): Column<Webhook>[] {
  const words = useText(shared);
  const t = useText(messages);
  return [
    { id: "organisation", head: t("organisation"), cell: ({ organisation, url }) => <Named name={organisation.name} note={url} /> },
    { id: "description", head: t("description"), cell: ({ description }) => <span className="text-muted">{description || "–"}</span>, from: "lg" },
    {
      id: "events",
      head: t("events"),
      cell: ({ events }) => (events.length > 0 ? t("events.count", { count: events.length }) : t("events.all")),
      from: "md",
    },
    { id: "status", head: words("status"), cell: (webhook) => <Standing webhook={webhook} /> },
  ];
}
