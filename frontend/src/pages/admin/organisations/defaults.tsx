/** What the people of an organisation are told by which channel, as long as they choose nothing themselves. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LockKeyhole } from "lucide-react";
import { Fragment } from "react";
import { type Schema, api } from "@/api/client";
import { Section } from "@/components/card";
import { ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { useMayAct } from "../parts/rights";
import { type Organisation, defaultsQuery } from "../queries";
import { messages } from "./messages";

type Preference = Schema<"PreferenceOut">;

export function Defaults({ organisation }: { organisation: Organisation }) {
  const t = useText(messages);
  const { data, error, refetch } = useQuery(defaultsQuery(organisation.id));
  return (
    <Section id="defaults" title={t("defaults")}>
      <p className="text-muted">{t("defaults.text")}</p>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!error && !data && <SkeletonList rows={1} row="h-56" />}
      {data && <Matrix organisation={organisation} preferences={data} />}
    </Section>
  );
}

/** Categories down, channels across; each box is saved as it is pressed. */
function Matrix({ organisation, preferences }: { organisation: Organisation; preferences: Preference[] }) {
  const t = useText(messages);
  const change = useChange(organisation, preferences);
  const channels = [...new Set(preferences.map(({ channel }) => channel))];
  const categories = [...new Set(preferences.map(({ category }) => category))];
  const of = (category: string, channel: string) => preferences.find((each) => each.category === category && each.channel === channel);
  const missing = channels.filter((channel) => preferences.some((each) => each.channel === channel && !each.is_configured));
  return (
    <>
      <ProblemNotice error={change.error} />
      <div className="overflow-hidden rounded-surface border border-line bg-surface">
        <table className="w-full">
          <caption className="sr-only">{t("defaults")}</caption>
          <thead>
            <tr className="border-b border-line text-xs text-muted">
              <th scope="col" className="px-3 py-2 text-start font-semibold sm:px-4">
                {t("category")}
              </th>
              {channels.map((channel) => (
                <th key={channel} scope="col" className="px-2 py-2 text-center font-semibold">
                  {t.of(`channel.${channel}`, channel)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {categories.map((category) => (
              <tr key={category}>
                <th scope="row" className="px-3 py-2 text-start font-medium sm:px-4">
                  {t.of(`category.${category}`, category)}
                </th>
                {channels.map((channel) => (
                  <Fragment key={channel}>
                    <Box preference={of(category, channel)} onChange={(isOn) => change.mutate({ category, channel, isOn })} />
                  </Fragment>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {missing.length > 0 && (
        <p className="text-muted">
          {t("defaults.missing", { channels: missing.map((channel) => t.of(`channel.${channel}`, channel)).join(", ") })}
        </p>
      )}
    </>
  );
}

function Box({ preference, onChange }: { preference: Preference | undefined; onChange: (isOn: boolean) => void }) {
  const t = useText(messages);
  const mayAct = useMayAct();
  if (!preference) return <td className="px-2 py-2 text-center text-muted">–</td>;
  const { category, channel, is_on: isOn, is_locked: isLocked } = preference;
  const label = t("defaults.box", { category: t.of(`category.${category}`, category), channel: t.of(`channel.${channel}`, channel) });
  return (
    <td className="px-2 py-1 text-center">
      {isLocked ? (
        <span className="inline-flex size-8 items-center justify-center text-muted" title={t("defaults.locked")}>
          <LockKeyhole className="size-4" aria-hidden />
          <span className="sr-only">{t("defaults.lockedOn", { what: label })}</span>
        </span>
      ) : (
        <label className="inline-flex size-8 items-center justify-center">
          <input
            type="checkbox"
            aria-label={label}
            checked={isOn}
            disabled={!mayAct}
            onChange={(event) => onChange(event.target.checked)}
            className="size-4.5 accent-brand"
          />
        </label>
      )}
    </td>
  );
}

interface Chosen {
  category: string;
  channel: string;
  isOn: boolean;
}

function useChange(organisation: Organisation, preferences: Preference[]) {
  const t = useText(messages);
  const cache = useQueryClient();
  const { queryKey } = defaultsQuery(organisation.id);
  return useMutation({
    mutationFn: async (chosen: Chosen) => {
      const changed = withChoice(preferences, chosen);
      cache.setQueryData(queryKey, changed);
      const body = { preferences: choices(changed) } as Schema<"DefaultsIn">;
      return api.put("/organisations/{organisation_id}/notification-preferences", { path: { organisation_id: organisation.id }, body });
    },
    onSuccess: ({ preferences: now }) => {
      cache.setQueryData(queryKey, now);
      toast(t("defaults.saved"));
    },
    onError: () => cache.invalidateQueries({ queryKey }),
  });
}

/** The matrix after one box was pressed: on is what the install does anyway, so it is no choice of its own. */
export function withChoice(preferences: Preference[], { category, channel, isOn }: Chosen): Preference[] {
  return preferences.map((each) =>
    each.category === category && each.channel === channel ? { ...each, is_on: isOn, chosen: isOn ? null : false } : each,
  );
}

/** What the API is sent: all that is chosen. */
export function choices(preferences: Preference[]) {
  return preferences.flatMap(({ category, channel, chosen, is_locked: isLocked }) =>
    chosen === null || isLocked ? [] : [{ category, channel, is_on: chosen }],
  );
}
