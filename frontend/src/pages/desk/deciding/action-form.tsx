/** The form of one action: what it asks for, its consequence, and what stands in the way. */
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { ErrorSummary, type ShownError } from "@/components/form";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { Keys, SEND_KEYS } from "@/keyboard/kbd";
import type { Place } from "@/api/queries";
import { isChangedByOthers, useAct, useReadAnew } from "../acting";
import { type Marking, takesMarks } from "../marking";
import type { Offer, StaffClaim } from "../queries";
import { useRefusalText } from "../refusals";
import type { Opened } from "./changes";
import { ChangedCard } from "./conflict";
import { Consequence } from "./consequence";
import { type Missing, type Written, bodyOf, fieldsOf, problemsOf } from "./decision";
import type { Drafts } from "./drafts";
import { ActionField, type ActionFieldProps } from "./fields";
import { useLabel } from "./label";
import { looksOf } from "./looks";
import { messages } from "./messages";

interface ActionFormProps {
  claim: StaffClaim;
  offer: Offer;
  opened: Opened;
  drafts: Drafts;
  marking: Marking;
  onShowPlace: (place: Place) => void;
  onGoOn: () => void;
  onEnd: () => void;
}

export function ActionForm({ claim, offer, opened, drafts, marking, onShowPlace, onGoOn, onEnd }: ActionFormProps) {
  const t = useText(messages);
  const { action } = offer;
  const written = { ...drafts.of(action), marks: marking.marks };
  const label = useLabel(claim)(offer);
  const hasChanged = isChangedByOthers(claim, opened.claim.version);
  const act = useAct(claim, action, hasChanged ? opened.claim.version : claim.version, () => {
    drafts.drop(action);
    if (takesMarks(offer)) marking.clear();
    toast(t("actions.done", { action: label, number: claim.claim_number }));
    onEnd();
  });
  const { shown, errors, attempt, submit } = useSubmit({ claim, offer, written, act });
  const isStillOffered = claim.allowed_actions.some((each) => each.action === action);
  useLookAgain(claim.claim_number, act.error);
  const { isAgainst } = looksOf(action);
  return (
    <form
      noValidate
      aria-label={label}
      className="no-print flex flex-col gap-4"
      onSubmit={submit}
      onKeyDown={(event) => press(event, submit, onEnd)}
    >
      <h2 className="text-base">{label}</h2>
      {hasChanged && (
        <ChangedCard
          claim={claim}
          opened={opened}
          isStillOffered={isStillOffered}
          onGoOn={() => {
            act.reset();
            onGoOn();
          }}
        />
      )}
      {attempt > 0 && <ErrorSummary key={attempt} errors={shown} />}
      <Fields claim={claim} offer={offer} written={written} errors={errors} onWrite={(change) => drafts.write(action, change)} marking={marking} onShowPlace={onShowPlace} />
      <Consequence claim={claim} offer={offer} written={written} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" size="small" variant={isAgainst ? "danger" : "primary"} busy={act.isPending} disabled={hasChanged} className="disabled:cursor-default disabled:opacity-50">
          {label}
          <Keys keys={SEND_KEYS} onFill className="pointer-coarse:hidden" />
        </Button>
        <Button size="small" variant="secondary" onClick={onEnd}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}

type Errors = Partial<Record<string, string>>;

/** Judges what was written, then sends it. `attempt` counts up with each refusal. */
function useSubmit({ claim, offer, written, act }: { claim: StaffClaim; offer: Offer; written: Written; act: ReturnType<typeof useAct> }) {
  const say = useRefusalText();
  const [own, setOwn] = useState<Partial<Record<string, Missing>>>({});
  const [attempt, setAttempt] = useState(0);
  const sayMissing = useMissingText(offer);
  const problem = act.error && !asProblem(act.error).isConflict ? asProblem(act.error) : null;
  const errors: Errors = {};
  for (const [name, what] of Object.entries(own)) if (what) errors[name] = sayMissing(name, what);
  // What is wrong with one of a list stands at the list.
  for (const field of problem?.fields ?? []) errors[field.field.split(".")[0] ?? ""] ??= say.field(field);
  const known = Object.entries(errors).map(([name, message]): ShownError => ({ name, message: message ?? "" }));
  const shown = problem && problem.fields.length === 0 ? [...known, { name: "", message: say(problem) }] : known;
  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (act.isPending) return;
    const found = problemsOf(offer, written, claim, Date.now());
    setOwn(found);
    if (Object.keys(found).length > 0) setAttempt((count) => count + 1);
    else act.mutate(bodyOf(offer, written, claim), { onError: () => setAttempt((count) => count + 1) });
  };
  return { shown, errors, attempt, submit };
}

function useMissingText(offer: Offer): (name: string, what: Missing) => string {
  const t = useText(messages);
  return (name, what) => (what === "missing" ? t.of(`missing.${name}.${offer.action}`, t.of(`missing.${name}`, t("missing"))) : t(`wrong.${what}`));
}

interface FieldsProps extends Omit<ActionFieldProps, "name" | "error"> {
  errors: Errors;
}

/** The first takes the focus when the form opens. */
function Fields({ errors, ...about }: FieldsProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
  }, []);
  return (
    <div ref={box} className="flex flex-col gap-4">
      {fieldsOf(about.offer).map((name) => (
        <ActionField key={name} name={name} error={errors[name]} {...about} />
      ))}
    </div>
  );
}

/** A refusal because of somebody else's change: the claim is read anew, so that the page says whose. */
function useLookAgain(number: string, error: unknown): void {
  const read = useReadAnew(number);
  const isConflict = error !== null && asProblem(error).isConflict;
  useEffect(() => {
    if (isConflict) void read();
  }, [isConflict, read]);
}

function press(event: KeyboardEvent, submit: (event: KeyboardEvent) => void, onEnd: () => void): void {
  if (event.key === "Escape") onEnd();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
}
