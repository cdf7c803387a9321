/** All answers once more, each with a way to change it, and the one button that files the claim. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type Policy, claimQuery, workflowQuery } from "@/api/queries";
import { useAskedWords } from "@/claims/asked";
import { Notice } from "@/components/notice";
import { SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { arrived, pending, stuck, useUploads } from "@/uploads/upload-list";
import { useChosenPolicy } from "./chosen";
import { type Answers, submission, uploads, useAnswers } from "./draft";
import { Actions } from "./frame";
import { messages } from "./messages";
import { amountOf } from "./money";
import { QuestionHead } from "./question";
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
  const filing = useFiling(policy, answers);
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
      <MissingDocuments policy={policy} />
      {left > 0 && <Notice kind="error">{t("check.stuck", { count: left })}</Notice>}
      {onTheWay > 0 && <Notice live>{t("check.sending", { count: onTheWay })}</Notice>}
      <p className="text-muted">{t("check.declare", { payer: policy.payer.name })}</p>
      <Actions back={pageBefore("check")} busy={filing.isPending || onTheWay > 0} label={t("check.file")} />
    </form>
  );
}

function useFiling(policy: Policy, answers: Answers) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => {
      const body = {
        workflow: "retail",
        user_policy_id: policy.id,
        claim_type: policy.type,
        incident_date: answers.incidentDate,
        description: answers.description,
        claim_amount: amountOf(answers.amount) ?? "",
        upload_ids: arrived(uploads.all()),
      };
      return api.post("/claims", { body, idempotencyKey: submission.for(body) });
    },
    onSuccess: async (claim) => {
      cache.setQueryData(claimQuery(claim.claim_number).queryKey, claim);
      // The receipt ends the draft.
      await navigate(`/file/received/${claim.claim_number}`, { replace: true });
      await cache.invalidateQueries({ refetchType: "none" });
    },
  });
}

/** Names what was asked for and is not there; it may come later. */
function MissingDocuments({ policy }: { policy: Policy }) {
  const t = useText(messages);
  const words = useAskedWords();
  const files = useUploads(uploads);
  const { data: workflow } = useQuery(workflowQuery("retail"));
  const needed = (workflow?.documents[policy.type] ?? []).filter(({ required }) => required);
  const missing = needed.filter(({ code }) => !files.some(({ slot }) => slot === code));
  if (missing.length === 0) return null;
  return (
    <Notice kind="attention">
      {t("check.missing", { documents: missing.map((asked) => words(asked).label).join(", ") })}
    </Notice>
  );
}
