/** Who is signed in, their settings, and the way out. */
import { useMutation } from "@tanstack/react-query";
import { LogOut, UserRound } from "lucide-react";
import { Link } from "react-router";
import { signOut, useMe } from "@/api/session";
import { Menu } from "@/components/menu";
import { toast } from "@/components/toast";
import { useProblemText } from "@/components/problem-text";
import { asProblem } from "@/api/problem";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { LanguageChoice, ThemeChoice } from "./settings";

const LINE = "flex min-h-10 w-full cursor-pointer items-center gap-3 rounded-control px-2 text-start hover:bg-sunken";

export function AccountMenu() {
  const t = useText(messages);
  const me = useMe();
  const label = (
    <>
      <span aria-hidden>{initials(me.name)}</span>
      <span className="sr-only">{t("menu")}</span>
    </>
  );
  return (
    <Menu
      label={label}
      className="flex size-10 cursor-pointer items-center justify-center rounded-full bg-brand-tint text-sm font-semibold text-brand hover:ring-2 hover:ring-brand"
    >
      {(close) => (
        <div className="flex flex-col gap-2">
          <div className="px-2 pt-1">
            <p className="font-semibold">{me.name}</p>
            <p className="truncate text-sm text-muted">{me.email}</p>
            <p className="text-sm text-muted">{t.of(`role.${me.role}`, me.role)}</p>
          </div>
          <LanguageChoice />
          <ThemeChoice />
          <hr className="border-line" />
          <div>
            <Link to="/account" className={LINE} onClick={close}>
              <UserRound className="size-5 text-muted" aria-hidden />
              {t("account")}
            </Link>
            <SignOut />
          </div>
        </div>
      )}
    </Menu>
  );
}

function SignOut() {
  const t = useText(messages);
  const say = useProblemText();
  const { mutate, isPending } = useMutation({
    mutationFn: signOut,
    onError: (error) => toast(say(asProblem(error))),
  });
  return (
    <button type="button" className={LINE} aria-disabled={isPending} onClick={() => mutate()}>
      <LogOut className="size-5 text-muted" aria-hidden />
      {t("signOut")}
    </button>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? "").join("");
}
