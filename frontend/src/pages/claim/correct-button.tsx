/** The way to what can still be corrected of a claim. */
import { Pencil } from "lucide-react";
import { Button } from "@/components/button";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function CorrectButton({ onPress }: { onPress: () => void }) {
  const t = useText(messages);
  return (
    <Button variant="quiet" size="small" className="no-print -my-2 -me-3" icon={<Pencil className="size-4" aria-hidden />} onClick={onPress}>
      {t("correct")}
    </Button>
  );
}
