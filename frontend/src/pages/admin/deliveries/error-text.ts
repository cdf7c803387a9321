/** Why an attempt failed, in words where there are some; the code else. */
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function useErrorText(): (code: string) => string {
  const t = useText(messages);
  return (code) => {
    const status = /^(?:http|smtp)_(\d{3})$/.exec(code)?.[1];
    return status ? t("error.http", { status }) : t.of(`error.${code}`, code.replaceAll("_", " "));
  };
}
