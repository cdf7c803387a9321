/** The diagram in words: every action with who may and what it needs, and every state. */
import type { ReactNode } from "react";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { Sideways } from "../parts/sideways";
import type { Workflow } from "../queries";
import { START } from "./machine";
import { messages } from "./messages";
import { useWorkflowWords } from "./words";

// Moved sideways on a phone, each row still says what it is about.
const STAYS = "sticky start-0 bg-surface max-sm:min-w-36 max-sm:border-e max-sm:border-line";

export function TransitionTable({ workflow }: { workflow: Workflow }) {
  const t = useText(messages);
  const words = useWorkflowWords();
  const stateName = useStateName(workflow);
  return (
    <Wide label={t("actions")}>
      <Head names={[t("action"), t("from"), t("to"), t("who"), t("needs"), t("guards")]} />
      <tbody className="divide-y divide-line">
        {workflow.transitions.map((each) => (
          <tr key={`${each.action} ${each.from.join()} ${each.to}`} className="align-top">
            <RowHead>
              {words.act(each.label)} <Code>{each.action}</Code>
            </RowHead>
            <Cell>{each.from.map(stateName).join(", ")}</Cell>
            <Cell>{stateName(each.to)}</Cell>
            <Cell>{words.roles(each.roles)}</Cell>
            <Cell>
              {(each.requires.length > 0 || each.optional.length === 0) && <Codes names={each.requires} />}
              {each.optional.length > 0 && (
                <span className="block text-muted">
                  {t("optional")} <Codes names={each.optional} />
                </span>
              )}
            </Cell>
            <Cell>
              <Codes names={each.guards} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Wide>
  );
}

export function StateTable({ workflow }: { workflow: Workflow }) {
  const t = useText(messages);
  const words = useWorkflowWords();
  return (
    <Wide label={t("states")}>
      <Head names={[t("state"), t("phase"), t("forFiler"), t("waits")]} />
      <tbody className="divide-y divide-line">
        {workflow.states.map((state) => (
          <tr key={state.code} className="align-top">
            <RowHead>
              {words.state(state.labels.staff ?? state.code)} <Code>{state.code}</Code>
            </RowHead>
            <Cell>{words.phase(state.phase)}</Cell>
            <Cell>{words.state(state.labels.filer ?? state.code)}</Cell>
            <Cell>{state.clock ? words.roles([state.clock]) : "–"}</Cell>
          </tr>
        ))}
      </tbody>
    </Wide>
  );
}

function useStateName(workflow: Workflow): (code: string) => string {
  const t = useText(messages);
  const words = useWorkflowWords();
  const labels = new Map(workflow.states.map(({ code, labels: of }) => [code, of.staff ?? code]));
  return (code) => (code === START ? t("start") : words.state(labels.get(code) ?? code));
}

function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Sideways label={label}>
      <table className="w-full min-w-3xl">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </Sideways>
  );
}

function Head({ names }: { names: string[] }) {
  return (
    <thead>
      <tr className="border-b border-line text-xs text-muted">
        {names.map((name, place) => (
          <th key={name} scope="col" className={cx("px-4 py-2 text-start font-semibold", place === 0 && STAYS)}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function RowHead({ children }: { children: ReactNode }) {
  return (
    <th scope="row" className={cx("px-4 py-2 text-start font-medium", STAYS)}>
      {children}
    </th>
  );
}

function Cell({ children }: { children: ReactNode }) {
  return <td className="px-4 py-2">{children}</td>;
}

function Code({ children }: { children: string }) {
  return <code className="block font-mono text-xs font-normal text-muted">{children}</code>;
}

function Codes({ names }: { names: string[] }) {
  if (names.length === 0) return <>{"–"}</>;
  return <span className="font-mono text-xs">{names.join(", ")}</span>;
}
