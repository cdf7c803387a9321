/** Each attempt of a delivery, folded away until it is asked for. */
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { Delivery } from "../queries";
import { useErrorText } from "./error-text";
import { messages } from "./messages";

type Attempt = Delivery["attempts"][number];

export function Attempts({ delivery, reason }: { delivery: Delivery; reason: string }) {
  const t = useText(messages);
  const { attempts, attempt_count: count } = delivery;
  if (count === 0) return <p className="text-muted">{[t("attempts.none"), reason].join(" ")}</p>;
  return (
    <details>
      <summary className="-my-0.5 w-fit cursor-pointer rounded-control py-0.5">
        <span className="font-medium text-brand">{t("attempts", { count })}</span>
        {reason && <span className="ms-3 text-muted">{reason}</span>}
      </summary>
      <table className="mt-2 w-full max-w-3xl">
        <caption className="sr-only">{t("attempts", { count })}</caption>
        <thead>
          <tr className="text-xs text-muted">
            <Head>{t("attempt")}</Head>
            <Head>{t("startedAt")}</Head>
            <Head>{t("took")}</Head>
            <Head>{t("outcome")}</Head>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <Row key={attempt.n} attempt={attempt} />
          ))}
        </tbody>
      </table>
      <dl className="mt-2 flex flex-col gap-x-6 gap-y-1 text-xs text-muted sm:flex-row sm:flex-wrap">
        <Code name={t("id")} value={delivery.id} />
        <Code name={t("bodyHash")} value={delivery.body_hash} />
      </dl>
    </details>
  );
}

function Head({ children }: { children: string }) {
  return (
    <th scope="col" className="py-1 pe-4 text-start font-semibold">
      {children}
    </th>
  );
}

function Row({ attempt }: { attempt: Attempt }) {
  const t = useText(messages);
  const format = useFormat();
  const errorText = useErrorText();
  const said = attempt.error ?? (attempt.status_code && `http_${attempt.status_code}`);
  return (
    <tr className="border-t border-line align-top">
      <td className="py-1.5 pe-4">{format.number(attempt.n)}</td>
      <td className="py-1.5 pe-4">
        <time>{format.time(attempt.started_at)}</time>
      </td>
      <td className="py-1.5 pe-4">{tookSeconds(attempt) === null ? "–" : t("seconds", { seconds: format.number(tookSeconds(attempt) ?? 0) })}</td>
      <td className="py-1.5">
        {t(`outcome.${attempt.outcome}`)}
        {said && <span className="block text-muted">{errorText(said)}</span>}
      </td>
    </tr>
  );
}

/** To a tenth of a second; null while it runs. */
export function tookSeconds({ started_at: started, ended_at: ended }: Pick<Attempt, "started_at" | "ended_at">): number | null {
  return ended === null ? null : Math.round((Date.parse(ended) - Date.parse(started)) / 100) / 10;
}

function Code({ name, value }: { name: string; value: string }) {
  return (
    <div className="min-w-0">
      <dt className="inline">{name} </dt>
      <dd className="inline font-mono break-all">{value}</dd>
    </div>
  );
}
