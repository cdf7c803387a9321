/** The limits of the install, told before files are chosen and applied before they are sent. */
import { useQuery } from "@tanstack/react-query";
import { Problem } from "@/api/problem";
import { type Config, configQuery } from "@/api/queries";
import type { Judge } from "./upload-list";

/** Everything passes until the limits are known; the server judges again. */
export function useJudge(): Judge {
  const { data: config } = useQuery(configQuery);
  return (file, held) => (config ? judged(file, held, config) : undefined);
}

export function judged(file: File, held: number, { file_types: types, max_file_bytes: most, max_files: count }: Config): Problem | undefined {
  const type = file.name.includes(".") ? (file.name.split(".").at(-1) ?? "").toLowerCase() : "";
  if (!types.includes(type)) return refusal("type_not_allowed");
  if (held >= count) return refusal("too_many_files");
  if (file.size === 0) return refusal("empty");
  return file.size > most ? refusal("too_large") : undefined;
}

/** For the `accept` of a file input. */
export function accepted({ file_types: types }: Config): string {
  return types.map((type) => `.${type}`).join(",");
}

function refusal(code: string): Problem {
  return new Problem(422, { code });
}
