/** The list of what keys do now, which `?` opens, with the switch that turns them off; the button for who uses none. */
import { Keyboard } from "lucide-react";
import { useState } from "react";
import { buttonClass } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n/text";
import { Keys } from "./kbd";
import { type Shortcut, grouped } from "./keys";
import { messages } from "./messages";
import { activeShortcuts, useShortcuts, useShortcutsOn } from "./shortcuts";

/** One per page, among its actions. */
export function ShortcutHelp() {
  const t = useText(messages);
  const [shown, setShown] = useState<Shortcut[] | null>(null);
  const open = () => setShown(activeShortcuts());
  useShortcuts([{ keys: "?", label: t("help"), run: open, group: t("everywhere") }]);
  return (
    <>
      <button type="button" className={buttonClass("quiet", "icon", "no-print pointer-coarse:hidden")} onClick={open} title={t("title")}>
        <Keyboard className="size-5" aria-hidden />
        <span className="sr-only">{t("title")}</span>
      </button>
      <Dialog open={shown !== null} onClose={() => setShown(null)} title={t("title")}>
        <List shortcuts={shown ?? []} />
        <Switch />
      </Dialog>
    </>
  );
}

function List({ shortcuts }: { shortcuts: Shortcut[] }) {
  const t = useText(messages);
  return grouped(shortcuts, t("here")).map(([group, members]) => (
    <section key={group} className="flex flex-col gap-1">
      <h3 className="text-sm text-muted">{group}</h3>
      <dl>
        {members.map(({ keys, label }) => (
          <div key={keys} className="flex items-center justify-between gap-4 border-b border-line py-1.5 last:border-0">
            <dt>{label}</dt>
            <dd>
              <Keys keys={keys} />
              <span className="sr-only">{keys}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}

function Switch() {
  const t = useText(messages);
  const [isOn, turn] = useShortcutsOn();
  return (
    <div className="flex items-start gap-3 rounded-control bg-sunken p-3">
      <input
        id="shortcut-switch"
        type="checkbox"
        checked={isOn}
        onChange={() => turn(!isOn)}
        aria-describedby="shortcut-switch-hint"
        className="mt-0.5 size-5 shrink-0 accent-brand"
      />
      <div>
        <label htmlFor="shortcut-switch" className="font-semibold">
          {t("switch")}
        </label>
        <p id="shortcut-switch-hint" className="text-sm text-muted">
          {t("switchHint")}
        </p>
      </div>
    </div>
  );
}
