/** The one primary action of a page, at the thumb on a phone, and the way back. */
import { Link } from "react-router";
import { Button } from "@/components/button";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { usePlace } from "./places";

export function Actions({ back, busy = false, label }: { back: string | null; busy?: boolean; label: string }) {
  const t = useText(messages);
  const place = usePlace();
  return (
    <div className="fixed inset-x-0 bottom-0 z-10 flex gap-3 border-t border-line bg-surface p-4 sm:static sm:border-0 sm:bg-transparent sm:p-0">
      <Button type="submit" busy={busy} className="flex-1 sm:order-last sm:flex-none">
        {label}
      </Button>
      {back !== null && (
        <Link
          to={place(back)}
          className="order-first inline-flex min-h-11 items-center rounded-control px-4 font-semibold text-brand hover:bg-brand-tint"
        >
          {t("back")}
        </Link>
      )}
    </div>
  );
}
