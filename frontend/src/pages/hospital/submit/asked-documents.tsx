/** The documents that such a claim should come with, each with its place, and room for others. */
import { useQuery } from "@tanstack/react-query";
import { workflowQuery } from "@/api/queries";
import { type Asked, useAskedWords } from "@/claims/asked";
import { Section } from "@/components/card";
import { cx } from "@/components/cx";
import { Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { DropZone, Limits, UploadNews } from "@/uploads/drop-zone";
import { type UploadList, useUploads } from "@/uploads/upload-list";
import { messages } from "./messages";

/** What a desk submits: cashless treatment, by the workflow that the API takes when none is named. */
export const WORKFLOW = "hospital";
const TYPE = "medical";

export function useAsked(): Asked[] {
  const { data: workflow } = useQuery(workflowQuery(WORKFLOW));
  return workflow?.documents[TYPE] ?? [];
}

export function AskedDocuments({ uploads }: { uploads: UploadList }) {
  const t = useText(messages);
  const { error, isPending, refetch } = useQuery(workflowQuery(WORKFLOW));
  const asked = useAsked();
  return (
    <Section id="documents" title={t("documents")}>
      <div className="-mt-2 text-muted">
        <p>{t("documents.intro")}</p>
        <p>
          <Limits />
        </p>
      </div>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {isPending && <SkeletonList rows={3} row="h-32" />}
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {asked.map((each) => (
          <AskedZone key={each.code} asked={each} uploads={uploads} />
        ))}
        <DropZone list={uploads} slot="" what={t("documents.other")} takesPaste>
          <h3 className="text-base">{t("documents.other")}</h3>
          <p className="text-muted">{t("documents.otherWhy")}</p>
        </DropZone>
      </div>
      <UploadNews list={uploads} />
    </Section>
  );
}

const LOOKS = { there: "bg-positive-tint text-positive", required: "bg-waiting-tint text-waiting", optional: "bg-sunken text-muted" };

function AskedZone({ asked, uploads }: { asked: Asked; uploads: UploadList }) {
  const t = useText(messages);
  const { label, why } = useAskedWords()(asked);
  const isThere = useUploads(uploads).some(({ slot, state }) => slot === asked.code && state === "done");
  const standing = isThere ? "there" : asked.required ? "required" : "optional";
  return (
    <DropZone list={uploads} slot={asked.code} what={label}>
      <div className="flex items-start justify-between gap-4">
        <h3 className="text-base">{label}</h3>
        <span className={cx("shrink-0 rounded-full px-2.5 py-0.5 font-medium", LOOKS[standing])}>{t(`documents.${standing}`)}</span>
      </div>
      <p className="text-muted">{why}</p>
    </DropZone>
  );
}
