/** A secret, shown this once: to be copied and handed over. */
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function Secret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const t = useText(messages);
  return (
    <div className="flex max-w-lg flex-col gap-4">
      <p>
        <strong>{t("secret.once")}</strong> {t("secret.docs")}
      </p>
      <div className="flex items-center gap-2 rounded-control border border-control bg-sunken ps-3">
        <code className="min-w-0 flex-1 py-2.5 break-all">{secret}</code>
        <CopyButton text={secret} />
      </div>
      <Button className="w-fit" onClick={onDone}>
        {t("secret.done")}
      </Button>
    </div>
  );
}
