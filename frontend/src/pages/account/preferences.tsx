/** What one is told by which channel, and when one wants quiet. Everything stands in the inbox in any case. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Lock } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { roleOf, useMe } from "@/api/session";
import { Button } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { preferencesQuery } from "./queries";
import { QuietFields } from "./quiet-hours";
import { type Preference, type QuietHours, channelsOf, choicesOf, nameOf } from "./wishes";

export function Preferences() {
  const { data, error, refetch } = useQuery(preferencesQuery);
  if (error && !data) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={5} row="h-14" />;
  return <PreferencesForm preferences={data.preferences} hours={data.quiet_hours} />;
}

function PreferencesForm({ preferences, hours }: { preferences: Preference[]; hours: QuietHours | null }) {
  const t = useText(messages);
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [quiet, setQuiet] = useState<QuietHours | null>(hours);
  const save = useSaving();
  const [isTouched, setTouched] = useState(false);
  const touch = () => {
    setTouched(true);
    save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { preferences: choicesOf(preferences, changed), quiet_hours: quiet };
    save.mutate(body, { onSuccess: () => setTouched(false) });
  };
  return (
    <form className="flex flex-col gap-6" onSubmit={submit}>
      <Matrix
        preferences={preferences}
        changed={changed}
        onChange={(preference, isOn) => {
          setChanged(new Map(changed).set(nameOf(preference), isOn));
          touch();
        }}
      />
      <QuietFields
        hours={quiet}
        onChange={(next) => {
          setQuiet(next);
          touch();
        }}
      />
      <ProblemNotice error={save.error} />
      <div className="flex min-h-11 flex-wrap items-center gap-4">
        <Button type="submit" busy={save.isPending}>
          {t("told.save")}
        </Button>
        <p role="status" className="flex items-center gap-1.5 text-positive">
          {save.isSuccess && !isTouched && (
            <>
              <CircleCheck className="size-5 shrink-0" aria-hidden />
              {t("told.saved")}
            </>
          )}
        </p>
      </div>
    </form>
  );
}

function useSaving() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { preferences: ReturnType<typeof choicesOf>; quiet_hours: QuietHours | null }) =>
      api.put("/notifications/preferences", { body }),
    onSuccess: (saved) => cache.setQueryData(preferencesQuery.queryKey, saved),
  });
}

interface MatrixProps {
  preferences: Preference[];
  changed: ReadonlyMap<string, boolean>;
  onChange: (preference: Preference, isOn: boolean) => void;
}

function Matrix({ preferences, changed, onChange }: MatrixProps) {
  const t = useText(messages);
  const channels = channelsOf(preferences);
  const isFiler = ["policyholder", "hospital_user"].includes(roleOf(useMe()));
  // Claims are given to staff alone.
  const categories = [...new Set(preferences.map(({ category }) => category))].filter((each) => !isFiler || each !== "assignment");
  const of = (category: string) => preferences.filter((each) => each.category === category && channels.includes(each.channel));
  const missing = channels.filter((channel) => preferences.some((each) => each.channel === channel && !each.is_configured));
  return (
    <>
      <div className="overflow-hidden rounded-surface border border-line bg-surface">
        <table className="w-full">
          <caption className="sr-only">{t("told.title")}</caption>
          <thead>
            <tr className="border-b border-line text-sm text-muted">
              <th scope="col" className="px-4 py-2 text-start font-medium">
                {t("told.what")}
              </th>
              {["inbox", ...channels].map((channel) => (
                <th key={channel} scope="col" className="w-20 px-2 py-2 text-center font-medium">
                  {t.of(`told.${channel}`, channel)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {categories.map((category) => (
              <tr key={category}>
                <th scope="row" className="px-4 py-3 text-start font-normal">
                  <span className="font-medium">{t.of(`told.${category}`, category)}</span>
                  {preferences.some((each) => each.category === category && each.is_locked) && (
                    <span className="mt-0.5 flex gap-1 text-sm text-muted">
                      <Lock className="mt-0.5 size-3.5 shrink-0" aria-hidden />
                      {t("told.locked")}
                    </span>
                  )}
                </th>
                <Cell label={`${t.of(`told.${category}`, category)}: ${t("told.inbox")}`} isOn isLocked />
                {of(category).map((preference) => (
                  <Cell
                    key={preference.channel}
                    label={`${t.of(`told.${category}`, category)}: ${t.of(`told.${preference.channel}`, preference.channel)}`}
                    isOn={changed.get(nameOf(preference)) ?? preference.is_on}
                    isLocked={preference.is_locked}
                    onChange={(isOn) => onChange(preference, isOn)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {missing.length > 0 && <Notice>{t("told.notYet", { channels: missing.map((each) => t.of(`told.${each}`, each)).join(", ") })}</Notice>}
    </>
  );
}

interface CellProps {
  label: string;
  isOn: boolean;
  isLocked: boolean;
  onChange?: (isOn: boolean) => void;
}

/** The whole cell is the target. One that cannot be switched off is said to be so beside its row. */
function Cell({ label, isOn, isLocked, onChange }: CellProps) {
  return (
    <td className="p-0 text-center">
      <label className="flex min-h-12 cursor-pointer items-center justify-center has-disabled:cursor-default">
        <input
          type="checkbox"
          aria-label={label}
          checked={isOn}
          disabled={isLocked}
          onChange={(event) => onChange?.(event.target.checked)}
          className="size-5 accent-brand"
        />
      </label>
    </td>
  );
}
