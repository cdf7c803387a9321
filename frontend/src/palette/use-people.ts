/** People by name or address, for those to whom the API lists them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { UserRound } from "lucide-react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { roleOf, useMe } from "@/api/session";
import { messages as shellMessages } from "@/shell/messages";
import { useText } from "@/i18n/text";
import type { Item } from "./items";

const MOST = 5;

export function usePeople(sought: string): Item[] {
  const says = useText(shellMessages);
  const navigate = useNavigate();
  const isOpen = ["admin", "auditor"].includes(roleOf(useMe())) && sought.length > 1;
  const { data } = useQuery({
    queryKey: ["users", "palette", sought],
    queryFn: async ({ signal }) => (await api.get("/users", { query: { text: sought, limit: MOST }, signal })).items,
    enabled: isOpen,
    placeholderData: keepPreviousData,
  });
  const people = isOpen ? (data ?? []) : [];
  return people.map((person) => ({
    id: person.id,
    label: person.name,
    aside: says.of(`role.${person.role}`, person.role),
    icon: UserRound,
    run: () => void navigate(`/admin/users/${person.id}`),
  }));
}
