/** `g` and a letter: the ways between the pages of a desk. */
import { useNavigate } from "react-router";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { useShortcuts } from "./shortcuts";

export function usePlaces(): void {
  const t = useText(messages);
  const navigate = useNavigate();
  const go = (keys: string, label: string, to: string) => ({ keys, label, run: () => void navigate(to), group: t("everywhere") });
  useShortcuts([
    go("g c", t("go.claims"), "/claims"),
    go("g n", t("go.notifications"), "/notifications"),
    go("g a", t("go.account"), "/account"),
  ]);
}
