/** What there is to find: what the API answers to this person, the pages of their role, and what they can do anywhere. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FilePlus2, Hand, Languages, LogOut, type LucideIcon, ReceiptText, Search, SunMoon, UserRound } from "lucide-react";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import type { ClaimRow } from "@/api/queries";
import { roleOf, signOut, useMe } from "@/api/session";
import { useStatusWords } from "@/claims/status-badge";
import { standingOf } from "@/claims/standing";
import { TYPE_ICONS } from "@/claims/type-icon";
import { LANGUAGES, THEMES, setLanguage, setTheme, useLanguage, useTheme } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { messages as shellMessages } from "@/shell/messages";
import { NAV } from "@/shell/nav";
import { LANGUAGE_NAMES } from "@/shell/settings";
import { type Item, type Section, filled, fitting } from "./items";
import { messages } from "./messages";
import { usePeople } from "./use-people";
import { useTakeNext } from "./use-take-next";

const TYPING_MS = 200;
const MOST = 6;

export function useSections(typed: string): { sections: Section[]; isSearching: boolean } {
  const t = useText(messages);
  const text = typed.trim();
  const sought = useRested(text);
  const claims = useClaims(text, sought);
  const people = usePeople(sought);
  const sections = [
    { title: t("claims"), items: claims.items },
    { title: t("pages"), items: fitting(usePages(), text) },
    { title: t("actions"), items: fitting(useActions(), text) },
    { title: t("people"), items: text ? people : [] },
  ];
  return { sections: filled(sections), isSearching: sought !== text || claims.isFetching };
}

function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(text), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  return rested;
}

function useClaims(text: string, sought: string): { items: Item[]; isFetching: boolean } {
  const t = useText(messages);
  const go = useGo();
  const status = useStatusWords();
  const { data, isFetching } = useQuery({
    queryKey: ["claims", "list", "palette", sought],
    queryFn: async ({ signal }) => (await api.get("/claims", { query: { text: sought, limit: MOST }, signal })).items as ClaimRow[],
    enabled: sought !== "",
    placeholderData: keepPreviousData,
  });
  if (!text) return { items: [], isFetching: false };
  const items = (data ?? []).map((claim) => ({
    id: claim.id,
    label: nameOf(claim),
    aside: status(claim.status, standingOf(claim)),
    icon: TYPE_ICONS[claim.claim_type] ?? ReceiptText,
    run: go(`/claims/${claim.claim_number}`),
  }));
  const all = { id: "all", label: t("allClaims", { text }), icon: Search, run: go(`/claims?${new URLSearchParams({ text })}`) };
  return { items: items.length === MOST ? [...items, all] : items, isFetching };
}

/** Whose claim it is, for those who see others'; else first what it is about. */
function nameOf({ claim_number: number, description, ...claim }: ClaimRow & { person_name?: string }): string {
  return claim.person_name === undefined ? `${description ?? ""} · ${number}` : `${number} · ${claim.person_name}`;
}

function usePages(): Item[] {
  const t = useText(messages);
  const says = useText(shellMessages);
  const go = useGo();
  const pages = NAV[roleOf(useMe())].map(({ to, label, icon }) => ({ id: `page${to}`, label: says(label), icon, run: go(to) }));
  return [...pages, { id: "page-account", label: t("page.account"), icon: UserRound, run: go("/account") }];
}

function useActions(): Item[] {
  const t = useText(messages);
  const says = useText(shellMessages);
  const [language, theme] = [useLanguage(), useTheme()];
  const go = useGo();
  const isHolder = roleOf(useMe()) === "policyholder";
  const takeNext = useTakeNext();
  const action = (id: string, label: string, icon: LucideIcon, run: () => void): Item => ({ id, label, icon, run });
  const languages = LANGUAGES.filter((each) => each !== language).map((each) =>
    action(`language-${each}`, t("action.language", { name: LANGUAGE_NAMES[each] }), Languages, () => setLanguage(each)),
  );
  const themes = THEMES.filter((each) => each !== theme).map((each) =>
    action(`theme-${each}`, t("action.theme", { name: says(`theme.${each}`) }), SunMoon, () => setTheme(each)),
  );
  const file = isHolder ? [action("file", t("action.file"), FilePlus2, go("/file"))] : [];
  const take = takeNext ? [action("take-next", t("action.takeNext"), Hand, takeNext)] : [];
  return [...file, ...take, ...languages, ...themes, action("sign-out", t("action.signOut"), LogOut, () => void signOut())];
}

function useGo(): (to: string) => () => void {
  const navigate = useNavigate();
  return (to) => () => void navigate(to);
}
