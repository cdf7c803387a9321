/** Problems in the reader's language. */
import { useMemo } from "react";
import type { Problem, ProblemField } from "@/api/problem";
import { useText } from "@/i18n/text";
import { problemMessages } from "./problem-messages";

export interface ProblemText {
  (problem: Problem): string;
  field: (field: ProblemField) => string;
}

export function useProblemText(): ProblemText {
  const t = useText(problemMessages);
  return useMemo(() => {
    const field = ({ code, detail }: ProblemField) => t.of(code, detail);
    const say = (problem: Problem) => {
      const [only, ...others] = problem.fields;
      if (only && others.length === 0) return field(only);
      return t.of(problem.code, problem.message || t("unknown"));
    };
    return Object.assign(say, { field });
  }, [t]);
}
