/** The form of an action: what it requires and takes, and for a query a place for each thing that is missing. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { TextArea } from "@/components/field";
import { Form } from "@/components/form";
import { ConflictCard, Notice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { useAct, useReadAnew } from "@/pages/claim/acting";
import { DropZone, Limits, UploadNews } from "@/uploads/drop-zone";
import { arrived, pending, stuck, useUploads } from "@/uploads/upload-list";
import { type Kept, keptFor, useKeeping } from "../kept";
import type { HospitalClaim } from "../queries";
import { answerSchema, sentFields, textFields } from "./action-fields";
import { ItemZone } from "./item-zone";
import { messages } from "./messages";
import { keptName } from "./question";
import type { Offer } from "./to-do";

export type Words = Record<string, string>;

const NOTHING: Words = {};

interface ActionFormProps {
  claim: HospitalClaim;
  offer: Offer;
  /** What was named as missing, each to be answered by itself. */
  items: string[];
  onCancel?: () => void;
}

export function ActionForm({ claim, offer, items, onCancel }: ActionFormProps) {
  const t = useText(messages);
  const kept = keptFor(useMe().id, `${claim.id}/${keptName(claim, offer.action)}`, NOTHING);
  const { form, act, send } = useSending(claim, offer, items, kept);
  const read = useReadAnew(claim);
  const takesFiles = offer.optional.includes("upload_ids");
  const files = useUploads(kept.uploads);
  const [onTheWay, left] = [pending(files).length, stuck(files).length];
  const others = items.length > 0 ? "files.other" : "files";
  const isConflict = act.error !== null && asProblem(act.error).isConflict;
  return (
    <Form form={form} className="flex flex-col gap-5" onSubmit={(values) => (onTheWay + left === 0 ? send(values) : undefined)}>
      {isConflict && <ConflictCard error={act.error} onReload={() => void read().then(act.reset)} />}
      {items.map((item, index) => (
        <ItemZone key={item} item={item} index={index} form={form} uploads={kept.uploads} takesFiles={takesFiles} />
      ))}
      <TextFields offer={offer} form={form} hasItems={items.length > 0} />
      {takesFiles && (
        <DropZone list={kept.uploads} slot="" what={t(others)} takesPaste>
          <h3 className="text-base">{t(others)}</h3>
          <p className="text-muted">
            <Limits />
          </p>
        </DropZone>
      )}
      <UploadNews list={kept.uploads} />
      {left > 0 && <Notice kind="error">{t("stuck", { count: left })}</Notice>}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={act.isPending || onTheWay > 0}>
          {t.of(`send.${offer.action}`, offer.label)}
        </Button>
        {onCancel && (
          <Button variant="secondary" onClick={onCancel}>
            {t("later")}
          </Button>
        )}
        <p className="text-muted">{t("told", { payer: claim.payer.name })}</p>
      </div>
    </Form>
  );
}

function TextFields({ offer, form, hasItems }: { offer: Offer; form: UseFormReturn<Words>; hasItems: boolean }) {
  const t = useText(messages);
  return textFields(offer).map((name, place) => {
    const label = hasItems && place === 0 ? t("more") : t.of(`text.${name}`, name.replaceAll("_", " "));
    return <TextArea key={name} {...form.register(name)} rows={4} label={label} error={form.formState.errors[name]?.message} />;
  });
}

function useSending(claim: HospitalClaim, offer: Offer, items: string[], kept: Kept<Words>) {
  const t = useText(messages);
  const act = useAct(claim, offer.action, () => {
    kept.clear();
    toast(t.of(`done.${offer.action}`, t("done")));
  });
  const schema = useMemo(() => answerSchema(offer, items, kept.uploads, t), [offer, items, kept, t]);
  const begun = { ...Object.fromEntries(Object.keys(schema.shape).map((name) => [name, ""])), ...kept.read() };
  const form = useForm<Words>({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: begun });
  useKeeping(form, kept);
  const send = async (values: Words) => {
    const body = { ...sentFields(offer, items, values, kept.uploads.all()), upload_ids: arrived(kept.uploads.all()) };
    await act.mutateAsync(body).catch((error: unknown) => {
      // It stands in a card of its own.
      if (!asProblem(error).isConflict) throw error;
    });
  };
  return { form, act, send };
}
