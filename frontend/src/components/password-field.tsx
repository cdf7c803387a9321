/** A password, which can be shown while it is typed. */
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { useText } from "@/i18n/text";
import { buttonClass } from "./button";
import { type About, Field, controlClass, described } from "./field";
import { messages } from "./messages";

export function PasswordField({ name, label, hint, error, className, ...input }: About & ComponentProps<"input">) {
  const t = useText(messages);
  const [isShown, setShown] = useState(false);
  const about = { name, label, hint, error };
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Field {...about} className={className ?? ""}>
      <div className="relative">
        <input
          {...input}
          {...described(about)}
          type={isShown ? "text" : "password"}
          autoCapitalize="none"
          spellCheck={false}
          className={controlClass(Boolean(error), "h-11 pe-12")}
        />
        <button
          type="button"
          aria-pressed={isShown}
          className={buttonClass("quiet", "icon", "absolute inset-y-0.5 end-0.5")}
          onClick={() => setShown(!isShown)}
        >
          <Icon className="size-5" aria-hidden />
          <span className="sr-only">{t("showPassword")}</span>
        </button>
      </div>
    </Field>
  );
}
