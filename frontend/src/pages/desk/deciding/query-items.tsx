/** What is missing, item by item, all in one query: written, or picked from rejected documents and what such claims come with. */
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useAskedWords } from "@/claims/asked";
import { Button, buttonClass } from "@/components/button";
import { controlClass } from "@/components/field";
import { useText } from "@/i18n/text";
import { type StaffClaim, pinnedQuery } from "../queries";
import { messages } from "./messages";

const MOST = 50;
const LONGEST = 200;

interface QueryItemsProps {
  claim: StaffClaim;
  items: string[];
  onItems: (items: string[]) => void;
}

export function QueryItems({ claim, items, onItems }: QueryItemsProps) {
  const t = useText(messages);
  const box = useRef<HTMLFieldSetElement>(null);
  const remove = (index: number) => {
    onItems(items.filter((_, place) => place !== index));
    box.current?.querySelector<HTMLElement>("input[name=new_item]")?.focus();
  };
  return (
    <fieldset ref={box} className="flex flex-col gap-2">
      <legend className="mb-1 font-semibold">{t("items.title")}</legend>
      <p className="text-muted">{t("items.hint")}</p>
      {items.length > 0 && (
        <ol className="divide-y divide-line rounded-surface border border-line">
          {items.map((item, index) => (
            <li key={item} className="flex items-center gap-2 ps-3">
              <span className="w-5 shrink-0 text-muted tabular-nums">{index + 1}</span>
              <span className="min-w-0 flex-1 py-2 break-words">{item}</span>
              <button type="button" className={buttonClass("quiet", "icon")} onClick={() => remove(index)}>
                <X className="size-4" aria-hidden />
                <span className="sr-only">{t("items.remove", { item })}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {items.length < MOST && <NewItem items={items} onItems={onItems} />}
      <Suggestions claim={claim} items={items} onItems={onItems} />
    </fieldset>
  );
}

function NewItem({ items, onItems }: Omit<QueryItemsProps, "claim">) {
  const t = useText(messages);
  const [text, setText] = useState("");
  const add = () => {
    onItems(withItem(items, text));
    setText("");
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !text.trim()) return;
    event.preventDefault();
    // The form is not sent without it, not even by the keys that send it.
    event.stopPropagation();
    add();
  };
  return (
    <div className="flex gap-2">
      <input
        name="new_item"
        aria-label={t("items.new")}
        placeholder={t("items.placeholder")}
        maxLength={LONGEST}
        value={text}
        className={controlClass(false, "h-9 text-sm")}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={press}
        // What was written and not added is meant, too.
        onBlur={() => text.trim() && add()}
      />
      <Button size="small" variant="secondary" icon={<Plus className="size-4" aria-hidden />} onClick={() => text.trim() && add()}>
        {t("items.add")}
      </Button>
    </div>
  );
}

function Suggestions({ claim, items, onItems }: QueryItemsProps) {
  const t = useText(messages);
  const words = useAskedWords();
  const { data: workflow } = useQuery(pinnedQuery(claim));
  const rejected = claim.documents
    .filter(({ verification, replaced_by: isReplaced }) => verification === "rejected" && !isReplaced)
    .map(({ file_name: name, verification_reason: reason }) => ({ text: line(t("items.rejected", { name, reason: reason ?? "" })), isRejected: true }));
  const asked = (workflow?.documents[claim.claim_type] ?? []).map((each) => ({ text: line(words(each).label), isRejected: false }));
  const offered = [...rejected, ...asked].filter(({ text }) => !items.includes(text));
  if (offered.length === 0) return null;
  return (
    <div role="group" aria-label={t("items.offered")} className="flex flex-wrap gap-1.5">
      {offered.map(({ text, isRejected }) => (
        <button
          key={text}
          type="button"
          className={`flex max-w-full cursor-pointer items-center gap-1 rounded-full border py-1 ps-2 pe-3 text-start text-xs hover:bg-sunken ${isRejected ? "border-negative text-negative" : "border-control"}`}
          onClick={() => onItems(withItem(items, text))}
        >
          <Plus className="size-3.5 shrink-0" aria-hidden />
          <span className="truncate">{text}</span>
        </button>
      ))}
    </div>
  );
}

/** Each once, in one line, as the API takes them. */
export function withItem(items: readonly string[], text: string): string[] {
  const item = line(text);
  return !item || items.includes(item) ? [...items] : [...items, item];
}

function line(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, LONGEST);
}
