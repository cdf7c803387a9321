/** The appeal: its reason, and what follows from it. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { asProblem } from "@/api/problem";
import type { Claim } from "@/api/queries";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextArea } from "@/components/field";
import { Form } from "@/components/form";
import { ConflictCard } from "@/components/notice";
import { needed, z } from "@/components/rules";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { usePayer } from "./about";
import { isOvertaken, useAct, useReadAnew } from "./acting";
import { messages } from "./messages";

export interface AppealProps {
  claim: Claim;
  end: Date | undefined;
  onClose: () => void;
}

export default function Appeal({ claim, end, onClose }: AppealProps) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <Dialog open onClose={onClose} title={t("appeal.title")}>
      <p>
        {t("appeal.text", { date: end ? format.date(end) : "…" })}{" "}
        {claim.approved_amount && t("appeal.taken", { approved: format.amount(claim.approved_amount, claim.currency) })}
      </p>
      <AppealForm claim={claim} onClose={onClose} />
    </Dialog>
  );
}

function AppealForm({ claim, onClose }: { claim: Claim; onClose: () => void }) {
  const t = useText(messages);
  const payer = usePayer(claim);
  const read = useReadAnew(claim);
  const act = useAct(claim, "appeal", () => {
    onClose();
    toast(t("appeal.done"));
  });
  const schema = useMemo(() => z.object({ reason: needed(t("appeal.missing")) }), [t]);
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { reason: "" } });
  const isLate = isOvertaken(claim, "appeal", act);
  return (
    <Form
      form={form}
      onSubmit={async (values) => {
        await act.mutateAsync(values).catch((error: unknown) => {
          if (!asProblem(error).isConflict) throw error;
        });
      }}
    >
      {isLate && <ConflictCard error={act.error} onReload={() => void read().then(onClose)} />}
      <TextArea
        {...form.register("reason")}
        rows={5}
        label={t("appeal.reason")}
        hint={t("appeal.reasonHint", { payer })}
        error={form.formState.errors.reason?.message}
      />
      <div className="flex flex-wrap gap-3">
        {!isLate && (
          <Button type="submit" busy={act.isPending}>
            {t("appeal.go")}
          </Button>
        )}
        <Button variant="secondary" onClick={onClose}>
          {t("appeal.stay")}
        </Button>
      </div>
    </Form>
  );
}
