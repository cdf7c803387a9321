/** Says so while the browser has no network. */
import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function OfflineNotice() {
  const t = useText(messages);
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status" className="no-print">
      {!isOnline && (
        <p className="flex items-center justify-center gap-2 bg-waiting-tint px-4 py-2 text-sm">
          <WifiOff className="size-4 shrink-0 text-waiting" aria-hidden />
          {t("offline")}
        </p>
      )}
    </div>
  );
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
