/** What stands on top of a claim's page: the way back to the list, asking a person, and printing it. */
import { ArrowLeft, MessageSquare, Printer } from "lucide-react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { fieldId } from "@/components/field";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function Back() {
  const t = useText(messages);
  return (
    <Link to="/claims" className="no-print inline-flex items-center gap-1.5 rounded-control text-brand hover:underline">
      <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden />
      {t("back")}
    </Link>
  );
}

export function Aside() {
  return (
    <div className="no-print -my-2 -me-3 flex">
      <Ask />
      <Print />
    </div>
  );
}

/** To the messages: what is written there reaches a person. */
function Ask() {
  const t = useText(messages);
  const write = () => document.getElementById(fieldId("body"))?.focus();
  return (
    <Button variant="quiet" size="small" icon={<MessageSquare className="size-4" aria-hidden />} onClick={write}>
      {t("ask")}
    </Button>
  );
}

function Print() {
  const t = useText(messages);
  return (
    <Button
      variant="quiet"
      size="small"
      className="max-sm:hidden"
      icon={<Printer className="size-4" aria-hidden />}
      onClick={() => window.print()}
    >
      {t("print")}
    </Button>
  );
}
