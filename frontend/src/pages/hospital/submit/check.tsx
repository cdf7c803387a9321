/** All of it once more as it will be sent, and the one button that submits it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, Navigate, useLocation, useNavigate } from "react-router";
import { api } from "@/api/client";
import { Problem, asProblem } from "@/api/problem";
import { claimQuery } from "@/api/queries";
import { roleOf, useMe } from "@/api/session";
import { useAskedWords } from "@/claims/asked";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { Page, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { pending, stuck, useUploads } from "@/uploads/upload-list";
import { type Kept, useKept, useWarningBeforeClosing } from "../kept";
import { useAsked } from "./asked-documents";
import { type Draft, keeperOf, useDraft } from "./draft";
import { messages } from "./messages";
import { useSavingAtTheEnd } from "./opening";
import { type Parties, useParties } from "./parties";
import { Refused } from "./refused";
import { isComplete } from "./rules";
import { NotHere } from "./submit";
import { Summary } from "./summary";

export default function CheckPage() {
  return roleOf(useMe()) === "hospital_user" ? <Checking /> : <NotHere />;
}

function Checking() {
  const t = useText(messages);
  const draft = useDraft();
  const parties = useParties();
  const { search } = useLocation();
  useWarningBeforeClosing();
  useSavingAtTheEnd(draft);
  if (!isComplete(useKept(draft))) return <Navigate replace to={`/hospital/submit${search}`} />;
  return (
    <Page title={t("check.title")} intro={t("check.intro")} width="desk">
      <div className="max-w-3xl">{parties ? <CheckForm draft={draft} parties={parties} /> : <SkeletonList rows={5} row="h-16" />}</div>
    </Page>
  );
}

function CheckForm({ draft, parties }: { draft: Kept<Draft>; parties: Parties }) {
  const t = useText(messages);
  const values = useKept(draft);
  const files = useUploads(draft.uploads);
  const payer = parties.payersOf(values.hospital_id).find(({ id }) => id === values.payer_id)?.name ?? "";
  const hospital = parties.hospitals.find(({ id }) => id === values.hospital_id)?.name ?? "";
  const submitting = useSubmitting(draft, payer);
  const [onTheWay, left] = [pending(files).length, stuck(files).length];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (onTheWay + left === 0) submitting.mutate();
  };
  return (
    <form className="flex flex-col gap-6" onSubmit={submit}>
      {submitting.error && <Refused key={submitting.submittedAt} problem={asProblem(submitting.error)} />}
      <Summary draft={draft} hospital={hospital} payer={payer} />
      <MissingDocuments draft={draft} />
      {left > 0 && <Notice kind="error">{t("check.stuck", { count: left })}</Notice>}
      {onTheWay > 0 && <Notice live>{t("check.sending", { count: onTheWay })}</Notice>}
      <p className="text-muted">{t("check.consequence", { payer })}</p>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={submitting.isPending || onTheWay > 0} className="w-full sm:w-auto">
          {t("check.go", { payer })}
        </Button>
        <Link to="/hospital/submit" className="rounded-control px-4 py-2 font-semibold text-brand hover:bg-brand-tint">
          {t("check.back")}
        </Link>
      </div>
    </form>
  );
}

function useSubmitting(draft: Kept<Draft>, payer: string) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const keeper = keeperOf(draft);
      draft.change({ payer_name: payer });
      const isSaved = await keeper.flush();
      const { id, version, problem } = keeper.now();
      if (!isSaved) throw problem ?? Problem.unreachable();
      // What was seen is what is submitted: in this version.
      return api.post("/drafts/{draft_id}/submit", { path: { draft_id: id }, ifMatch: version, idempotencyKey: draft.key.for([id, version]) });
    },
    onSuccess: async (claim) => {
      cache.setQueryData(claimQuery(claim.claim_number).queryKey, claim);
      // The receipt ends the draft: this page shows it until then.
      draft.change({ number: claim.claim_number });
      await navigate(`/hospital/submitted/${claim.claim_number}`, { replace: true });
      await cache.invalidateQueries({ refetchType: "none" });
    },
  });
}

/** Names what is asked for and not there; it may come later, but the payer will ask. */
function MissingDocuments({ draft }: { draft: Kept<Draft> }) {
  const t = useText(messages);
  const words = useAskedWords();
  const files = useUploads(draft.uploads);
  const missing = useAsked().filter(({ required, code }) => required && !files.some(({ slot }) => slot === code));
  if (missing.length === 0) return null;
  return <Notice kind="attention">{t("check.missing", { documents: missing.map((asked) => words(asked).label).join(", ") })}</Notice>;
}
