/** Pages for addresses that lead nowhere, and for defects. */
import { Compass, Unplug } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Button, LinkButton } from "@/components/button";
import { State, WindowTitle } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function Nowhere() {
  const t = useText(messages);
  const home = <LinkButton to="/">{t("toHome")}</LinkButton>;
  return (
    <div className="mx-auto max-w-2xl px-4 py-10">
      <WindowTitle>{t("nowhere.title")}</WindowTitle>
      <State level="h1" icon={Compass} title={t("nowhere.title")} action={home}>
        {t("nowhere.text")}
      </State>
    </div>
  );
}

/** Keeps a defect of one page from taking the whole app away; a new `key` tries again. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const t = useText(messages);
  return (
    <div className="mx-auto max-w-2xl px-4 py-10">
      <WindowTitle>{t("broken.title")}</WindowTitle>
      <State level="h1" icon={Unplug} title={t("broken.title")} action={<Button onClick={() => window.location.reload()}>{t("reload")}</Button>}>
        {t("broken.text")}
      </State>
    </div>
  );
}
