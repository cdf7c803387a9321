/** The documents that this type of claim should come with, each with its place, and room for others. */
import { useQuery } from "@tanstack/react-query";
import { workflowQuery } from "@/api/queries";
import { type Asked, useAskedWords } from "@/claims/asked";
import { cx } from "@/components/cx";
import { Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { DropZone, Limits } from "@/uploads/drop-zone";
import { useUploads } from "@/uploads/upload-list";
import { useChosenPolicy } from "./chosen";
import { uploads } from "./draft";
import { Actions } from "./actions";
import { messages } from "./messages";
import { QuestionHead } from "./question-head";
import { useGoOn } from "./places";
import { pageBefore } from "./steps";

export default function DocumentsPage() {
  const t = useText(messages);
  const goOn = useGoOn("documents");
  const policy = useChosenPolicy();
  const { data: workflow, error, refetch } = useQuery(workflowQuery("retail"));
  if (error && !workflow) return <Failed level="h1" error={error} retry={() => void refetch()} />;
  const asked = policy && workflow?.documents[policy.type];
  return (
    <form
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        void goOn();
      }}
    >
      <QuestionHead title={t("documents.title")} hint={t("documents.intro")} />
      <p className="-mt-3 text-sm text-muted">
        <Limits />
      </p>
      <div className="flex flex-col gap-3">
        {workflow ? asked?.map((each) => <AskedZone key={each.code} asked={each} />) : <SkeletonList rows={3} row="h-36" />}
        <DropZone list={uploads} slot="" what={t("documents.other")} takesPaste>
          <h2 className="text-base">{t("documents.other")}</h2>
          <p className="text-sm text-muted">{t("documents.otherWhy")}</p>
        </DropZone>
      </div>
      <Actions back={pageBefore("documents")} label={t("go")} />
    </form>
  );
}

function AskedZone({ asked }: { asked: Asked }) {
  const t = useText(messages);
  const { label, why } = useAskedWords()(asked);
  const isThere = useUploads(uploads).some(({ slot, state }) => slot === asked.code && state === "done");
  const standing = isThere ? "there" : asked.required ? "required" : "optional";
  const looks = { there: "bg-positive-tint text-positive", required: "bg-waiting-tint text-waiting", optional: "bg-sunken text-muted" };
  return (
    <DropZone list={uploads} slot={asked.code} what={label}>
      <div className="flex items-start justify-between gap-4">
        <h2 className="text-base">{label}</h2>
        <span className={cx("shrink-0 rounded-full px-2.5 py-0.5 text-sm font-medium", looks[standing])}>
          {t(`documents.${standing}`)}
        </span>
      </div>
      <p className="text-sm text-muted">{why}</p>
    </DropZone>
  );
}
