/** The button that takes the next claim. */
import { Hand } from "lucide-react";
import { Button } from "@/components/button";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { messages } from "./messages";
import type { TakeNext } from "./use-take-next";

export function TakeNextButton({ next }: { next: TakeNext }) {
  const t = useText(messages);
  return (
    <Button size="small" busy={next.isPending} icon={<Hand className="size-4" aria-hidden />} onClick={next.run}>
      {t("takeNext")}
      <Kbd keys="t" onFill />
    </Button>
  );
}
