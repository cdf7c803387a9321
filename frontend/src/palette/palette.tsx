/** The palette: one field that finds claims, pages, actions and people, as far as one may see and do them. */
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { type Item, type Section, moved } from "./items";
import { messages } from "./messages";
import { useSections } from "./use-sections";

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useText(messages);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={t("title")}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className="mt-[12dvh] w-[calc(100%-2rem)] max-w-xl overflow-clip rounded-surface border border-line bg-surface p-0 text-ink shadow-float"
    >
      <Content onClose={onClose} />
    </dialog>
  );
}

function Content({ onClose }: { onClose: () => void }) {
  const t = useText(messages);
  const list = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const { sections, isSearching } = useSections(typed);
  const items = sections.flatMap((section) => section.items);
  const active = items[Math.min(at, items.length - 1)];
  const choose = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const press = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by) setAt(moved(Math.min(at, items.length - 1), by, items.length));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) choose(active);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search className="size-5 shrink-0 text-muted" aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-label={t("placeholder")}
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={active && `${list}-${active.id}`}
          aria-autocomplete="list"
          placeholder={t("placeholder")}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => (setTyped(event.target.value), setAt(0))}
          onKeyDown={press}
          className="h-13 w-full bg-transparent outline-none placeholder:text-muted"
        />
      </div>
      <div id={list} role="listbox" aria-label={t("title")} className="max-h-[60dvh] overflow-y-auto p-2">
        {sections.map((section) => (
          <Group key={section.title} section={section} list={list} active={active} onChoose={choose} />
        ))}
      </div>
      {items.length === 0 && <p className="px-4 pb-5 text-center text-muted">{isSearching ? t("searching") : t("none", { text: typed })}</p>}
      <p role="status" className="sr-only">
        {isSearching ? t("searching") : t("found", { count: items.length })}
      </p>
      <p className="border-t border-line px-4 py-2 text-xs text-muted pointer-coarse:hidden">{t("keys")}</p>
    </>
  );
}

interface GroupProps {
  section: Section;
  list: string;
  active: Item | undefined;
  onChoose: (item: Item) => void;
}

function Group({ section: { title, items }, list, active, onChoose }: GroupProps) {
  return (
    <div role="group" aria-label={title} className="pb-2 last:pb-0">
      <p aria-hidden className="px-2 py-1 text-xs font-medium text-muted">
        {title}
      </p>
      {items.map((item) => (
        <Option key={item.id} id={`${list}-${item.id}`} item={item} isActive={item === active} onChoose={onChoose} />
      ))}
    </div>
  );
}

function Option({ id, item, isActive, onChoose }: { id: string; item: Item; isActive: boolean; onChoose: (item: Item) => void }) {
  const option = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) option.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  const { icon: Icon, label, aside } = item;
  return (
    <div
      ref={option}
      id={id}
      role="option"
      aria-selected={isActive}
      tabIndex={-1}
      onClick={() => onChoose(item)}
      className={cx("flex min-h-10 cursor-pointer items-center gap-3 rounded-control px-2 py-1.5", isActive ? "bg-brand-tint text-ink" : "hover:bg-sunken")}
    >
      <Icon className={cx("size-4.5 shrink-0", isActive ? "text-brand" : "text-muted")} aria-hidden />
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-3">
        <span className="min-w-0 break-words">{label}</span>
        {aside && <span className="text-sm text-muted">{aside}</span>}
      </span>
    </div>
  );
}
