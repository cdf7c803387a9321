/** The receipt: the number, and what happens next. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useEffect } from "react";
import { useParams } from "react-router";
import { claimQuery } from "@/api/queries";
import { LinkButton } from "@/components/button";
import { CopyButton } from "@/components/copy";
import { Failed, Heading, SkeletonList, WindowTitle } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { type HospitalClaim, asHospitalClaim } from "../queries";
import { forget, useDraft } from "./draft";
import { messages } from "./messages";

export default function SubmittedPage() {
  const { number = "" } = useParams();
  const { data, error, refetch } = useQuery(claimQuery(number));
  const claim = asHospitalClaim(data);
  const draft = useDraft();
  useEffect(() => {
    if (draft.read().number === number) forget(draft);
  }, [draft, number]);
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-8 px-4 py-8 sm:py-12">
      {error && <Failed level="h1" error={error} retry={() => void refetch()} />}
      {!error && (claim ? <Receipt claim={claim} /> : <SkeletonList rows={3} row="h-16" />)}
    </div>
  );
}

function Receipt({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const { claim_number: number, person_name: patient, payer } = claim;
  const amount = format.amount(claim.claim_amount, claim.currency);
  const next = [t("done.first", { payer: payer.name }), t("done.second"), t("done.third")];
  return (
    <>
      <WindowTitle>{t("done.title")}</WindowTitle>
      <div className="flex flex-col items-center gap-4 rounded-surface bg-positive-tint px-4 py-8 text-center">
        <CircleCheck className="size-12 text-positive" aria-hidden />
        <Heading>{t("done.title")}</Heading>
        <p>{t("done.what", { patient, amount, payer: payer.name })}</p>
        <p className="flex items-center gap-1 text-lg font-semibold whitespace-nowrap select-all">
          {number}
          <CopyButton text={number} />
        </p>
      </div>
      <section aria-labelledby="next" className="flex flex-col gap-3">
        <h2 id="next" className="text-lg">
          {t("done.next")}
        </h2>
        <ol className="flex list-decimal flex-col gap-2 ps-5 marker:font-semibold marker:text-brand">
          {next.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ol>
      </section>
      <div className="flex flex-wrap gap-3">
        <LinkButton to="/hospital/submit">{t("done.another")}</LinkButton>
        <LinkButton to={`/claims/${number}`} variant="secondary">
          {t("done.show")}
        </LinkButton>
        <LinkButton to="/" variant="secondary">
          {t("done.home")}
        </LinkButton>
      </div>
    </>
  );
}
