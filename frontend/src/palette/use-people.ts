/** People by name, for those to whom the API lists them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { UserRound } from "lucide-react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { roleOf, useMe } from "@/api/session";
import { messages as shellMessages } from "@/shell/messages";
import { useText } from "@/i18n/text";
import { type Item, fitting } from "./items";

const MOST = 5;

export function usePeople(sought: string): Item[] {
  const says = useText(shellMessages);
  const navigate = useNavigate();
  const isOpen = ["admin", "auditor"].includes(roleOf(useMe()));
  const { data } = useQuery({
    queryKey: ["users", "palette"],
    queryFn: async () => (await api.get("/users", { query: { limit: 200 } })).items,
    enabled: isOpen && sought.length > 1,
    placeholderData: keepPreviousData,
  });
  const people = (data ?? []).map((person) => ({
    id: person.id,
    label: person.name,
    aside: says.of(`role.${person.role}`, person.role),
    icon: UserRound,
    run: () => void navigate(`/admin/users/${person.id}`),
  }));
  return fitting(people, sought).slice(0, MOST);
}
