/** Why something was not done to a claim: who has it, where that is told, or the reason in the terms of a desk. */
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Refused, holderOf } from "./working";

export function useRefusalText(): (refused: Refused) => string {
  const t = useText(messages);
  const say = useProblemText();
  return ({ row, problem }) => {
    const holder = holderOf(problem);
    if (holder) return t("taken", { name: holder.name, number: row.claim_number });
    return t.of(`refusal.${problem.code}`, say(problem));
  };
}
