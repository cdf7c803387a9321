/** A modal question on the browser's own dialog, which holds the focus and gives it back. */
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { useText } from "@/i18n/text";
import { buttonClass } from "./button";
import { cx } from "./cx";
import { messages } from "./messages";

const DIALOG = "w-[calc(100%-2rem)] rounded-surface border border-line bg-surface p-0 text-ink shadow-float";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** For what is looked at, such as a picture. */
  isWide?: boolean;
  children: ReactNode;
}

export function Dialog({ open, ...rest }: DialogProps) {
  return open && <Opened {...rest} />;
}

function Opened({ onClose, title, isWide = false, children }: Omit<DialogProps, "open">) {
  const t = useText(messages);
  const dialog = useRef<HTMLDialogElement>(null);
  useShown(dialog);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      // Not when it was taken away, which closes it, too.
      onClose={() => dialog.current?.open === false && onClose()}
      onClick={(event) => event.target === dialog.current && onClose()}
      className={cx(isWide ? "max-w-5xl" : "max-w-lg", DIALOG)}
    >
      <div className="flex flex-col gap-4 p-5 sm:p-6">
        <div className="flex items-start justify-between gap-4">
          <h2 id="dialog-title" className="min-w-0 text-lg wrap-anywhere">
            {title}
          </h2>
          <button type="button" className={buttonClass("quiet", "icon", "-mt-1.5 -mr-2")} onClick={onClose}>
            <X className="size-5" aria-hidden />
            <span className="sr-only">{t("close")}</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

// A box to be ticked is not what a question is about.
const FIELDS = "input:not([type=checkbox], [type=hidden]), select, textarea";

/** The focus comes to the first field; where there is none, to the last answer, which by custom changes nothing. */
function useShown(ref: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    const answers = dialog?.querySelectorAll<HTMLElement>("button");
    (dialog?.querySelector<HTMLElement>(FIELDS) ?? answers?.item(answers.length - 1))?.focus();
    // Before it is taken away: only then the focus goes back.
    return () => dialog?.close();
  }, [ref]);
}
