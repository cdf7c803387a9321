/** Role and, of claim processors, the level with what it may approve: for forms that hold both. */
import { useQuery } from "@tanstack/react-query";
import { type UseFormReturn, useWatch } from "react-hook-form";
import { SelectField } from "@/components/field";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { levelsQuery } from "../queries";
import { messages } from "./messages";
import { LEVELS, ROLES } from "./roles";

interface WithRole {
  role: string;
  level: string;
}

/** Takes any form that has both fields. */
export function RoleFields<V extends WithRole>({ form }: { form: UseFormReturn<V> }) {
  const t = useText(messages);
  const own = form as unknown as UseFormReturn<WithRole>;
  const { errors } = own.formState;
  const role = useWatch({ control: own.control, name: "role" });
  const limitOf = useLimits();
  return (
    <>
      <SelectField {...own.register("role")} label={t("role")} hint={t.of(`role.${role}.hint`, "")} error={errors.role?.message}>
        {ROLES.map((each) => (
          <option key={each} value={each}>
            {t(`role.${each}`)}
          </option>
        ))}
      </SelectField>
      {role === "claim_processor" && (
        <SelectField {...own.register("level")} label={t("level")} hint={t("level.hint")} error={errors.level?.message}>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {t("level.option", { level, limit: limitOf(Number(level)) })}
            </option>
          ))}
        </SelectField>
      )}
    </>
  );
}

function useLimits(): (level: number) => string {
  const t = useText(messages);
  const format = useFormat();
  const { data: levels = [] } = useQuery(levelsQuery);
  return (level) => {
    const found = levels.find((each) => each.level === level);
    if (!found?.approval_limit) return t("limit.none");
    return t("limit.upTo", { amount: format.amount(found.approval_limit, found.currency) });
  };
}
