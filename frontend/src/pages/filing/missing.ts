/** Which of the documents that are asked for are not there. */
import { useQuery } from "@tanstack/react-query";
import { workflowQuery } from "@/api/queries";
import { useAskedWords } from "@/claims/asked";
import type { PickedFile } from "@/uploads/upload-list";
import { useChosenPolicy } from "./chosen";

/** The documents that are needed and not there, by name. */
export function useMissingDocuments(files: readonly PickedFile[]): string[] {
  const words = useAskedWords();
  const policy = useChosenPolicy();
  const { data: workflow } = useQuery(workflowQuery("retail"));
  const needed = ((policy && workflow?.documents[policy.type]) ?? []).filter(({ required }) => required);
  return needed.filter(({ code }) => !files.some(({ slot }) => slot === code)).map((asked) => words(asked).label);
}
