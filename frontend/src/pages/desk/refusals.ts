/** Refusals in the reader's language, those that only staff meet among them. */
import type { Problem } from "@/api/problem";
import { type ProblemText, useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { refusalMessages } from "./refusal-messages";

export function useRefusalText(): ProblemText {
  const common = useProblemText();
  const t = useText(refusalMessages);
  const say = (problem: Problem) => t.of(problem.fields[0]?.code ?? problem.code, common(problem));
  return Object.assign(say, { field: common.field });
}
