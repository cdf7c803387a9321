/** For whom a claim can be submitted and to whom: the person's hospitals, and the payers that each works with. */
import { useQuery } from "@tanstack/react-query";
import { useMe } from "@/api/session";
import { type Firm, hospitalsOf, organisationsQuery } from "../queries";

export interface Parties {
  hospitals: { id: string; name: string }[];
  payersOf: (hospitalId: string) => Firm[];
  error: Error | null;
}

/** undefined until they are read. */
export function useParties(): Parties | undefined {
  const hospitals = hospitalsOf(useMe());
  const { data: firms, error } = useQuery(organisationsQuery);
  if (!firms && !error) return undefined;
  const payersOf = (hospitalId: string) => {
    const partners = firms?.find(({ id }) => id === hospitalId)?.works_with ?? [];
    return (firms ?? []).filter(({ kind, is_active: isActive, number }) => kind === "payer" && isActive && partners.includes(number));
  };
  return { hospitals, payersOf, error };
}
