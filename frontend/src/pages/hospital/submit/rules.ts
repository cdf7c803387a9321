/** What must hold before a claim can be submitted; the server judges again. */
import { useMemo } from "react";
import { needed, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { amountOf } from "@/drafts/money";
import { type FieldName, type FieldValues, NAMES } from "../fields";
import type { Answers } from "./draft";
import { messages } from "./messages";

export interface Values extends FieldValues {
  hospital_id: string;
  payer_id: string;
}

const MOST_NAME = 200;
const TEXTS = Object.fromEntries(NAMES.map((name) => [name, z.string()])) as Record<FieldName, z.ZodMiniString<string>>;

/** What of a draft, or of a claim, the form holds. */
export function valuesOf(draft: Answers): Values {
  const { hospital_id, payer_id } = draft;
  return { hospital_id, payer_id, ...(Object.fromEntries(NAMES.map((name) => [name, draft[name]])) as FieldValues) };
}

export function useSubmitSchema() {
  const t = useText(messages);
  return useMemo(
    () =>
      z
        .object({
          hospital_id: needed(t("missing.hospital")),
          payer_id: needed(t("missing.payer")),
          ...TEXTS,
          patient_name: needed(t("missing.name")).check(z.maxLength(MOST_NAME, t("long.name"))),
          age: z.string().check(z.regex(/^\s*\d{0,3}\s*$/, t("malformed.age"))),
          claimed_amount: needed(t("missing.amount")).check(
            z.refine((typed) => Number(amountOf(typed) ?? Number.NaN) > 0, t("malformed.amount")),
          ),
        })
        .check(
          z.refine(({ admission_date: from, discharge_date: to }) => !from || !to || from <= to, {
            error: t("before.admission"),
            path: ["discharge_date"],
          }),
        ),
    [t],
  );
}

/** Whether all that is needed is there, so that it can be checked and sent. */
export function isComplete({ hospital_id, payer_id, patient_name, claimed_amount }: Values): boolean {
  return Boolean(hospital_id && payer_id && patient_name.trim() && amountOf(claimed_amount));
}
