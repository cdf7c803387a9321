/** The choice of language and of light or dark. */
import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/components/cx";
import { LANGUAGES, THEMES, type Language, setLanguage, setTheme, useLanguage, useTheme } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

/** Each language in its own words. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", hi: "हिन्दी" };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

export function LanguageChoice() {
  const t = useText(messages);
  const chosen = useLanguage();
  return (
    <Segments label={t("language")}>
      {LANGUAGES.map((language) => (
        <Segment key={language} isChosen={language === chosen} onChoose={() => setLanguage(language)}>
          <span lang={language}>{LANGUAGE_NAMES[language]}</span>
        </Segment>
      ))}
    </Segments>
  );
}

export function ThemeChoice() {
  const t = useText(messages);
  const chosen = useTheme();
  return (
    <Segments label={t("theme")}>
      {THEMES.map((theme) => {
        const Icon = ICONS[theme];
        return (
          <Segment key={theme} isChosen={theme === chosen} onChoose={() => setTheme(theme)}>
            <Icon className="size-4" aria-hidden />
            <span className="sr-only">{t(`theme.${theme}`)}</span>
          </Segment>
        );
      })}
    </Segments>
  );
}

function Segments({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="flex gap-1 rounded-control bg-sunken p-1">
      {children}
    </div>
  );
}

function Segment({ isChosen, onChoose, children }: { isChosen: boolean; onChoose: () => void; children: ReactNode }) {
  const looks = isChosen ? "bg-surface text-ink shadow-sm ring-1 ring-line" : "text-muted hover:text-ink";
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={cx("flex h-8 min-w-10 grow cursor-pointer items-center justify-center rounded-control px-2 text-sm font-medium", looks)}
    >
      {children}
    </button>
  );
}
