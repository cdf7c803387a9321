/** Which claims are looked at: days of filing, workflow, hospital, payer. They stand in the address. */
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useSearchParams } from "react-router";
import { configQuery } from "@/api/queries";
import { addressed } from "@/components/address";
import { cx } from "@/components/cx";
import { Select, controlClass } from "@/components/field";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { organisationsQuery, workflowsQuery } from "./queries";
import { daysBefore, todayIn } from "./scales";

/** Without days in the address the API takes the last so many. */
const USUAL = 90;
const SPANS = [30, USUAL, 365] as const;

type Name = "from" | "to" | "workflow" | "hospital" | "payer";

function useChange() {
  const [search, setSearch] = useSearchParams();
  const change = (changes: Partial<Record<Name, string>>) => {
    const next = addressed();
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    setSearch(next, { replace: true });
  };
  return [search, change] as const;
}

export function Filters({ from, to }: { from: string; to: string }) {
  const t = useText(messages);
  return (
    <section aria-label={t("filters")} className="no-print grid grid-cols-2 items-end gap-x-4 gap-y-3 sm:flex sm:flex-wrap">
      <Spans />
      <Day name="from" shown={from} />
      <Day name="to" shown={to} />
      <Workflow />
      <Organisation name="hospital" />
      <Organisation name="payer" />
    </section>
  );
}

function Spans() {
  const t = useText(messages);
  const [search, change] = useChange();
  const { data: config } = useQuery(configQuery);
  const today = config && todayIn(config.timezone);
  const fromOf = (days: number) => (days === USUAL || !today ? "" : daysBefore(today, days - 1));
  return (
    <fieldset className="col-span-2 flex flex-col gap-1">
      <legend className="mb-1 text-xs font-semibold text-muted">{t("filter.period")}</legend>
      <div className="flex flex-wrap gap-2">
        {SPANS.map((days) => {
          const isChosen = !search.get("to") && (search.get("from") ?? "") === fromOf(days);
          const looks = isChosen ? "border-brand bg-brand-tint text-brand" : "border-line bg-surface hover:border-control";
          return (
            <button
              key={days}
              type="button"
              aria-pressed={isChosen}
              onClick={() => change({ from: fromOf(days), to: "" })}
              className={cx("min-h-11 cursor-pointer rounded-control border px-3 font-medium whitespace-nowrap", looks)}
            >
              {days === 365 ? t("filter.year") : t("filter.last", { days })}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}

/** What is looked at is shown also when the address does not say it. */
function Day({ name, shown }: { name: "from" | "to"; shown: string }) {
  const t = useText(messages);
  const [search, change] = useChange();
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Label id={id}>{t(`filter.${name}`)}</Label>
      <input
        id={id}
        type="date"
        // A day that is being typed is not taken from under the fingers.
        key={search.get(name) ?? shown}
        defaultValue={search.get(name) ?? shown}
        onBlur={(event) => event.target.value !== shown && change({ [name]: event.target.value })}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        className={controlClass(false, "h-11 sm:w-40")}
      />
    </div>
  );
}

function Workflow() {
  const t = useText(messages);
  const { data = [] } = useQuery(workflowsQuery);
  const [search, change] = useChange();
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Label id={id}>{t("filter.workflow")}</Label>
      <Select id={id} value={search.get("workflow") ?? ""} onChange={(event) => change({ workflow: event.target.value })} className="sm:w-44">
        <option value="">{t("filter.all")}</option>
        {data.map(({ name, title }) => (
          <option key={name} value={name}>
            {t.of(`workflow.${name}`, title)}
          </option>
        ))}
      </Select>
    </div>
  );
}

function Organisation({ name }: { name: "hospital" | "payer" }) {
  const t = useText(messages);
  const [search, change] = useChange();
  const { data = [] } = useQuery(organisationsQuery);
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Label id={id}>{t(`filter.${name}`)}</Label>
      <Select id={id} value={search.get(name) ?? ""} onChange={(event) => change({ [name]: event.target.value })} className="sm:w-44">
        <option value="">{t("filter.all")}</option>
        {data
          .filter((each) => each.kind === name)
          .map((each) => (
            <option key={each.id} value={each.number}>
              {each.name}
            </option>
          ))}
      </Select>
    </div>
  );
}

function Label({ id, children }: { id: string; children: string }) {
  return (
    <label htmlFor={id} className="text-xs font-semibold text-muted">
      {children}
    </label>
  );
}
