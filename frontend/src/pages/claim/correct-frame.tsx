/** What every correction of a claim has around its fields: a colleague who was faster, until when it can be done, and the two ways out. */
import { type ReactNode, useState } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { asProblem } from "@/api/problem";
import type { Claim } from "@/api/queries";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Form } from "@/components/form";
import { ConflictCard } from "@/components/notice";
import { useText } from "@/i18n/text";
import { usePayer } from "./about";
import { type Content, useCorrecting, useReadAnew } from "./acting";
import { messages } from "./messages";

interface CorrectFrameProps<Values extends FieldValues> {
  claim: Claim;
  form: UseFormReturn<Values>;
  /** What is sent of what was typed. */
  contentOf: (values: Values) => Content;
  onEnd: () => void;
  children: ReactNode;
}

export function CorrectFrame<Values extends FieldValues>({ claim, form, contentOf, onEnd, children }: CorrectFrameProps<Values>) {
  const t = useText(messages);
  const payer = usePayer(claim);
  const read = useReadAnew(claim);
  const correct = useCorrecting(claim, onEnd);
  const [conflict, setConflict] = useState<unknown>(null);
  const submit = async (values: Values) => {
    try {
      await correct.mutateAsync(contentOf(values));
    } catch (error) {
      if (!asProblem(error).isConflict) throw error;
      setConflict(error);
    }
  };
  return (
    <Card>
      <Form form={form} onSubmit={submit} className="flex flex-col gap-4">
        {conflict !== null && <ConflictCard error={conflict} onReload={() => void read().then(onEnd)} />}
        {children}
        <p className="text-sm text-muted">{t("correct.told", { payer })}</p>
        <div className="flex flex-wrap gap-3">
          <Button type="submit" busy={correct.isPending}>
            {t("correct.go")}
          </Button>
          <Button variant="secondary" onClick={onEnd}>
            {t("correct.stay")}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
