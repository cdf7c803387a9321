/** Adding documents to the claim, or one in place of another: files are sent at once, and joined to the claim together. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Claim, Document } from "@/api/queries";
import { SubmissionKey } from "@/api/submission";
import { Button } from "@/components/button";
import { ConflictCard, ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { DropZone, Limits, UploadNews } from "@/uploads/drop-zone";
import { UploadList, arrived, pending, useUploads } from "@/uploads/upload-list";
import { useReadAnew } from "./acting";
import { messages } from "./messages";

export interface AddDocumentsProps {
  claim: Claim;
  replaces?: Document;
  onEnd: () => void;
}

export default function AddDocuments({ claim, replaces, onEnd }: AddDocumentsProps) {
  const t = useText(messages);
  const [list] = useState(() => new UploadList());
  useEffect(() => () => list.clear(), [list]);
  const files = useUploads(list);
  const read = useReadAnew(claim);
  const add = useAdding(claim, list, replaces, onEnd);
  const there = arrived(files).length;
  const title = replaces ? t("documents.replacing", { name: replaces.file_name }) : t("documents.adding");
  const isConflict = add.error !== null && asProblem(add.error).isConflict;
  return (
    <div className="flex flex-col gap-3 rounded-surface bg-sunken p-4">
      <DropZone list={list} slot="" what={title} takesPaste>
        <h3 className="text-base">{title}</h3>
        <p className="text-sm text-muted">
          <Limits />
        </p>
      </DropZone>
      <UploadNews list={list} />
      {isConflict ? <ConflictCard error={add.error} onReload={() => void read().then(onEnd)} /> : <ProblemNotice error={add.error} />}
      <div className="flex flex-wrap gap-3">
        {there > 0 && (
          <Button busy={add.isPending || pending(files).length > 0} onClick={() => add.mutate()}>
            {t("documents.send", { count: there })}
          </Button>
        )}
        <Button variant="secondary" onClick={onEnd}>
          {t("documents.cancel")}
        </Button>
      </div>
    </div>
  );
}

function useAdding(claim: Claim, list: UploadList, replaces: Document | undefined, onEnd: () => void) {
  const t = useText(messages);
  const read = useReadAnew(claim);
  const [key] = useState(() => new SubmissionKey());
  return useMutation({
    mutationFn: () => {
      const body = { upload_ids: arrived(list.all()), ...(replaces ? { replaces: replaces.id } : {}) };
      return api.post("/claims/{claim_id}/documents", { path: { claim_id: claim.id }, body, idempotencyKey: key.for(body) });
    },
    onSuccess: async () => {
      toast(t("documents.added"));
      onEnd();
      await read();
    },
  });
}
