/** All answers once more, each with a way to change it, and the one button that files the claim. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { Problem, asProblem } from "@/api/problem";
import { type Policy, claimQuery } from "@/api/queries";
import { Notice } from "@/components/notice";
import { SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { pending, stuck, useUploads } from "@/uploads/upload-list";
import { Actions } from "./actions";
import { useChosenPolicy } from "./chosen";
import { keeper, submission, uploads, useAnswers } from "./draft";
import { messages } from "./messages";
import { useMissingDocuments } from "./missing";
import { QuestionHead } from "./question-head";
import { Refused } from "./refused";
import { pageBefore } from "./steps";
import { Summary } from "./summary";

export default function CheckPage() {
  const policy = useChosenPolicy();
  return policy ? <Check policy={policy} /> : <SkeletonList rows={4} row="h-16" />;
}

function Check({ policy }: { policy: Policy }) {
  const t = useText(messages);
  const answers = useAnswers();
  const files = useUploads(uploads);
  const filing = useFiling();
  const [onTheWay, left] = [pending(files).length, stuck(files).length];
  return (
    <form
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        if (onTheWay + left === 0) filing.mutate();
      }}
    >
      <QuestionHead title={t("check.title")} />
      {filing.error && <Refused key={filing.submittedAt} problem={asProblem(filing.error)} />}
      <Summary policy={policy} answers={answers} files={files} />
      <MissingDocuments />
      {left > 0 && <Notice kind="error">{t("check.stuck", { count: left })}</Notice>}
      {onTheWay > 0 && <Notice live>{t("check.sending", { count: onTheWay })}</Notice>}
      <p className="text-muted">{t("check.declare", { payer: policy.payer.name })}</p>
      <Actions back={pageBefore("check")} busy={filing.isPending || onTheWay > 0} label={t("check.file")} />
    </form>
  );
}

/** What was seen is what is filed: in this version, and saved before. */
function useFiling() {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const isSaved = await keeper.flush();
      const { id, version, problem } = keeper.now();
      if (!isSaved) throw problem ?? Problem.unreachable();
      const path = { draft_id: id };
      return api.post("/drafts/{draft_id}/submit", { path, ifMatch: version, idempotencyKey: submission.for([id, version]) });
    },
    onSuccess: async (claim) => {
      cache.setQueryData(claimQuery(claim.claim_number).queryKey, claim);
      // The receipt empties what is kept here.
      await navigate(`/file/received/${claim.claim_number}`, { replace: true });
      await cache.invalidateQueries({ refetchType: "none" });
    },
  });
}

/** Names what was asked for and is not there; it may come later. */
function MissingDocuments() {
  const t = useText(messages);
  const missing = useMissingDocuments(useUploads(uploads));
  if (missing.length === 0) return null;
  return <Notice kind="attention">{t("check.missing", { documents: missing.join(", ") })}</Notice>;
}
