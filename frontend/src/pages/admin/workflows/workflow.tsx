/** How claims move: each workflow as a diagram and as tables, in any version that claims follow. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";
import type { Schema } from "@/api/client";
import { Section } from "@/components/card";
import { cx } from "@/components/cx";
import { Select } from "@/components/field";
import { Failed, Page, Skeleton, State } from "@/components/page";
import { SearchX } from "lucide-react";
import { useText } from "@/i18n/text";
import { workflowVersionQuery, workflowsQuery } from "../queries";
import { Diagram } from "./diagram";
import { messages } from "./messages";
import { StateTable, TransitionTable } from "./tables";

type Summary = Schema<"WorkflowSummary">;

export default function WorkflowPage() {
  const t = useText(messages);
  const { name } = useParams();
  const { data: all, error, refetch } = useQuery(workflowsQuery);
  const chosen = name === undefined ? all?.[0] : all?.find((each) => each.name === name);
  return (
    <Page title={t("title")} width="desk" intro={t("intro")}>
      {error && !all && <Failed error={error} retry={() => void refetch()} />}
      {!error && !all && <Skeleton className="h-96" />}
      {all && <Tabs all={all} chosen={chosen} />}
      {all && !chosen && <State icon={SearchX} title={t("missing")} />}
      {chosen && <Chosen key={chosen.name} summary={chosen} />}
    </Page>
  );
}

function Tabs({ all, chosen }: { all: Summary[]; chosen: Summary | undefined }) {
  const t = useText(messages);
  return (
    <nav aria-label={t("title")}>
      <ul className="flex flex-wrap gap-2">
        {all.map(({ name, title }) => (
          <li key={name}>
            <Link
              to={`/admin/workflows/${name}`}
              aria-current={name === chosen?.name ? "page" : undefined}
              className={cx(
                "flex min-h-10 items-center rounded-full border px-4 font-medium",
                name === chosen?.name ? "border-brand bg-brand-tint text-brand" : "border-line bg-surface hover:border-control",
              )}
            >
              {t.of(`title.${name}`, title)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Chosen({ summary }: { summary: Summary }) {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  const asked = Number(search.get("version"));
  const version = summary.versions.includes(asked) ? asked : summary.version;
  const { data: workflow, error, refetch } = useQuery(workflowVersionQuery(summary.name, version));
  return (
    <>
      <Section id="diagram" title={t.of(`title.${summary.name}`, summary.title)} aside={<Version summary={summary} version={version} onChoose={(next) => setSearch({ version: next }, { replace: true })} />}>
        {error && !workflow && <Failed error={error} retry={() => void refetch()} />}
        {!error && !workflow && <Skeleton className="h-[40rem]" />}
        {workflow && <Diagram workflow={workflow} />}
      </Section>
      {workflow && (
        <>
          <Section id="actions" title={t("actions")}>
            <TransitionTable workflow={workflow} />
          </Section>
          <Section id="states" title={t("states")}>
            <StateTable workflow={workflow} />
          </Section>
        </>
      )}
    </>
  );
}

/** Claims keep the version they were filed under; new ones follow the newest. */
function Version({ summary, version, onChoose }: { summary: Summary; version: number; onChoose: (version: string) => void }) {
  const t = useText(messages);
  if (summary.versions.length < 2) return <span className="text-muted">{t("version", { version })}</span>;
  return (
    <Select aria-label={t("versions")} value={String(version)} onChange={(event) => onChoose(event.target.value)} className="w-56">
      {summary.versions.toReversed().map((each) => (
        <option key={each} value={each}>
          {t(each === summary.version ? "version.newest" : "version", { version: each })}
        </option>
      ))}
    </Select>
  );
}
