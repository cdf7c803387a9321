/** Who was told of what, by which way, and whether they have read it: behind a disclosure, for whoever asks. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Failed, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as deciding } from "./deciding/messages";
import { messages } from "./messages";
import { type Notice, type StaffClaim, noticesQuery } from "./queries";

export function ToldLog({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  const { data: notices, error, refetch } = useQuery({ ...noticesQuery(claim.claim_number), enabled: isOpen });
  return (
    <details className="no-print rounded-surface border border-line bg-surface" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer rounded-surface px-3 py-2.5 font-semibold">{t("log.title")}</summary>
      <div className="flex flex-col gap-3 border-t border-line p-3">
        {error && !notices && <Failed level="h2" error={error} retry={() => void refetch()} />}
        {isOpen && !notices && !error && <SkeletonList rows={2} row="h-14" />}
        {notices?.length === 0 && <p className="text-muted">{t("log.none")}</p>}
        {notices?.map((notice) => (
          <Told key={notice.id} notice={notice} />
        ))}
      </div>
    </details>
  );
}

function Told({ notice }: { notice: Notice }) {
  const t = useText(messages);
  const format = useFormat();
  const says = useText(deciding);
  const [title = notice.event_type] = Object.values(notice.titles);
  const rest = notice.recipient_count - notice.recipients.length;
  return (
    <div>
      <p className="flex flex-wrap justify-between gap-x-3 font-semibold">
        {title}
        <time dateTime={notice.created_at} className="text-xs font-normal text-muted">
          {format.time(notice.created_at)}
        </time>
      </p>
      <ul>
        {notice.recipients.map(({ user_id, user_name, reason, channels, read_at }) => (
          <li key={user_id} className="flex flex-wrap justify-between gap-x-3">
            <span>
              {user_name} <span className="text-muted">· {says.of(`reason.${reason}`, reason)}</span>
              {Object.keys(channels).map((channel) => (
                <span key={channel} className="text-muted">
                  {" "}
                  · {says.of(`channel.${channel}`, channel)}
                </span>
              ))}
            </span>
            <span className="text-xs text-muted">{read_at ? t("log.read", { time: format.time(read_at) }) : t("log.unread")}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="text-muted">{t("log.more", { count: rest })}</p>}
    </div>
  );
}
