/** The receipt: the number, and what happens next. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Printer } from "lucide-react";
import { useEffect } from "react";
import { useParams } from "react-router";
import { claimQuery, configQuery, policiesQuery } from "@/api/queries";
import { Expected } from "@/claims/expected";
import { messages as claimMessages } from "@/claims/messages";
import { Button, LinkButton } from "@/components/button";
import { CopyButton } from "@/components/copy";
import { Failed, Heading, SkeletonList, WindowTitle } from "@/components/page";
import { useText } from "@/i18n/text";
import { keeper } from "./draft";
import { messages } from "./messages";

export default function ReceivedPage() {
  const { number = "" } = useParams();
  useEffect(() => keeper.forget(), []);
  const { data: claim, error, refetch } = useQuery(claimQuery(number));
  const { data: policies } = useQuery(policiesQuery);
  if (error && !claim) return <Failed level="h1" error={error} retry={() => void refetch()} />;
  if (!claim) return <SkeletonList rows={3} row="h-16" />;
  return <Receipt number={claim.claim_number} payer={policies?.find(({ id }) => id === claim.user_policy_id)?.payer.name} />;
}

function Receipt({ number, payer }: { number: string; payer: string | undefined }) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const { data: config } = useQuery(configQuery);
  const next = [
    t("done.first", { payer: payer ?? says("insurer") }),
    t("done.second"),
    t("done.third", { days: config?.appeal_days ?? "" }),
  ];
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-8 px-4 py-8 sm:py-12">
      <WindowTitle>{t("done.title")}</WindowTitle>
      <div className="flex flex-col items-center gap-4 rounded-surface bg-positive-tint px-4 py-8 text-center">
        <CircleCheck className="size-12 text-positive" aria-hidden />
        <Heading className="text-xl sm:text-2xl">{t("done.title")}</Heading>
        <div>
          <p className="text-sm text-muted">{t("done.number")}</p>
          <p className="flex items-center gap-1 text-lg font-semibold whitespace-nowrap select-all">
            {number}
            <CopyButton text={number} />
          </p>
        </div>
      </div>
      <section aria-labelledby="next" className="flex flex-col gap-4">
        <h2 id="next" className="text-lg">
          {t("done.next")}
        </h2>
        <ol className="flex flex-col gap-3">
          {next.map((text, index) => (
            <li key={text} className="flex gap-3">
              <span className="flex size-7 shrink-0 items-center justify-center rounded-full bg-brand-tint text-sm font-semibold text-brand" aria-hidden>
                {index + 1}
              </span>
              <div className="pt-0.5">
                <p>{text}</p>
                {index === 0 && <Expected number={number} className="text-muted" />}
              </div>
            </li>
          ))}
        </ol>
      </section>
      <div className="no-print flex flex-wrap gap-3">
        <LinkButton to={`/claims/${number}`}>{t("done.show")}</LinkButton>
        <LinkButton to="/" variant="secondary">
          {t("done.home")}
        </LinkButton>
        <Button variant="quiet" icon={<Printer className="size-5" aria-hidden />} onClick={() => window.print()}>
          {t("done.print")}
        </Button>
      </div>
    </div>
  );
}
