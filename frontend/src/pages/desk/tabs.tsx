/** Tabs, moved between by arrow keys; on paper every panel is there, one below the other. */
import { Lock } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { Kbd } from "@/keyboard/kbd";

export interface Tab<Name extends string> {
  name: Name;
  label: string;
  count?: number | undefined;
  keys?: string;
  isInternal?: boolean;
}

interface TabListProps<Name extends string> {
  label: string;
  tabs: Tab<Name>[];
  shown: Name;
  onShow: (name: Name) => void;
}

export function TabList<Name extends string>({ label, tabs, shown, onShow }: TabListProps<Name>) {
  const list = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex(({ name }) => name === shown) + step + tabs.length) % tabs.length];
    if (!next) return;
    onShow(next.name);
    list.current?.querySelector<HTMLElement>(`#tab-${next.name}`)?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      tabIndex={-1}
      aria-label={label}
      className="no-print sticky top-0 z-10 flex gap-1 overflow-x-auto border-b border-line bg-ground px-3 max-lg:top-11 sm:px-5"
      onKeyDown={press}
    >
      {tabs.map((tab) => (
        <TabButton key={tab.name} tab={tab} isShown={tab.name === shown} onShow={() => onShow(tab.name)} />
      ))}
    </div>
  );
}

function TabButton<Name extends string>({ tab: { name, label, count, keys, isInternal }, isShown, onShow }: { tab: Tab<Name>; isShown: boolean; onShow: () => void }) {
  const format = useFormat();
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-selected={isShown}
      aria-controls={`panel-${name}`}
      aria-keyshortcuts={keys}
      tabIndex={isShown ? 0 : -1}
      className={cx(
        "flex h-10 shrink-0 cursor-pointer items-center gap-1.5 border-b-2 px-2 font-medium whitespace-nowrap",
        isShown ? "border-brand text-ink" : "border-transparent text-muted hover:text-ink",
      )}
      onClick={onShow}
    >
      {isInternal && <Lock className="size-3.5" aria-hidden />}
      {label}
      {count ? <span className="text-xs font-normal text-muted tabular-nums">{format.number(count)}</span> : null}
      {keys && <Kbd keys={keys} className="max-xl:hidden" />}
    </button>
  );
}

interface TabPanelProps {
  name: string;
  shown: string;
  label: string;
  isPrinted?: boolean;
  children: ReactNode;
}

export function TabPanel({ name, shown, label, isPrinted = true, children }: TabPanelProps) {
  return (
    <div
      role="tabpanel"
      id={`panel-${name}`}
      aria-labelledby={`tab-${name}`}
      className={cx("flex-col gap-5 px-4 py-4 sm:px-6 print:px-0", name === shown ? "flex" : "hidden", isPrinted ? "print:flex" : "print:hidden")}
    >
      <h2 className="sr-only text-base print:not-sr-only">{label}</h2>
      {children}
    </div>
  );
}
