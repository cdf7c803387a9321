/** Who works on the claim: taking it, releasing it, handing it over. */
import { useQuery } from "@tanstack/react-query";
import { Check, ChevronDown, LogOut, UserRound, UserRoundCheck } from "lucide-react";
import { useRef } from "react";
import { asProblem } from "@/api/problem";
import { roleOf, useMe } from "@/api/session";
import { Menu } from "@/components/menu";
import { SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { useShortcuts } from "@/keyboard/shortcuts";
import { useAssign, useReadAnew } from "./acting";
import { messages } from "./messages";
import { type StaffClaim, assigneesQuery, useMayAct } from "./queries";
import { useRefusalText } from "./refusals";

const LINE = "flex w-full cursor-pointer items-center gap-2.5 rounded-control px-2 py-1.5 text-start font-normal hover:bg-sunken";

export function Assignment({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const me = useMe();
  const box = useRef<HTMLSpanElement>(null);
  const change = useChange(claim);
  const { assignee } = claim;
  const isOpen = useMayAct() && claim.status_group !== "closed";
  const isMine = assignee?.id === me.id;
  const mayGive = isOpen && (!assignee || isMine || roleOf(me) === "admin");
  useAssignmentKeys(isOpen && !assignee, isOpen && isMine, mayGive, change, box);
  const name = isMine ? t("assignee.you") : (assignee?.name ?? t("assignee.nobody"));
  if (!mayGive) return name;
  return (
    <span ref={box}>
      <Menu
        className="-mx-1.5 -my-0.5 flex cursor-pointer items-center gap-1 rounded-control px-1.5 py-0.5 hover:bg-sunken"
        label={
          <>
            {name}
            <ChevronDown className="size-4 text-muted" aria-hidden />
            {!assignee && <Kbd keys="t" />}
          </>
        }
      >
        {(close) => <Choices claim={claim} isMine={isMine} onChoose={(to) => change(to, close)} />}
      </Menu>
    </span>
  );
}

type Change = (to: string | null, onDone?: () => void) => void;

function useChange(claim: StaffClaim): Change {
  const t = useText(messages);
  const say = useRefusalText();
  const read = useReadAnew(claim.claim_number);
  const { mutate } = useAssign(claim);
  return (to, onDone) =>
    mutate(to, {
      onSuccess: () => {
        toast(t(to === null ? "assignee.released" : to === "me" ? "assignee.taken" : "assignee.handed"));
        onDone?.();
      },
      onError: (error) => {
        toast(say(asProblem(error)));
        if (asProblem(error).isConflict) void read();
      },
    });
}

function Choices({ claim, isMine, onChoose }: { claim: StaffClaim; isMine: boolean; onChoose: (to: string | null) => void }) {
  const t = useText(messages);
  const me = useMe();
  const { data: people, isLoading } = useQuery(assigneesQuery(claim.claim_number));
  return (
    <div className="flex max-h-80 flex-col gap-1 overflow-y-auto text-sm">
      {!claim.assignee && (
        <button type="button" className={LINE} onClick={() => onChoose("me")}>
          <UserRoundCheck className="size-4 text-muted" aria-hidden />
          {t("assignee.take")}
          <Kbd keys="t" className="ms-auto" />
        </button>
      )}
      {claim.assignee && (
        <button type="button" className={LINE} onClick={() => onChoose(null)}>
          <LogOut className="size-4 text-muted" aria-hidden />
          {t("assignee.release")}
          {isMine && <Kbd keys="u" className="ms-auto" />}
        </button>
      )}
      <p className="border-t border-line px-2 pt-2 text-xs font-normal text-muted">{t("assignee.handOver")}</p>
      {isLoading && <SkeletonList rows={3} row="h-7" />}
      {people
        ?.filter(({ id }) => id !== me.id)
        .map(({ id, name }) => (
          <button key={id} type="button" className={LINE} disabled={id === claim.assignee?.id} onClick={() => onChoose(id)}>
            {id === claim.assignee?.id ? <Check className="size-4 text-brand" aria-hidden /> : <UserRound className="size-4 text-muted" aria-hidden />}
            {name}
          </button>
        ))}
    </div>
  );
}

function useAssignmentKeys(mayTake: boolean, mayRelease: boolean, mayGive: boolean, change: Change, box: React.RefObject<HTMLElement | null>): void {
  const t = useText(messages);
  const group = t("keys.queue");
  const open = () => {
    const button = box.current?.querySelector("button");
    button?.focus();
    button?.click();
  };
  useShortcuts([
    { keys: "t", label: t("assignee.take"), run: () => change("me"), when: mayTake, group },
    { keys: "u", label: t("assignee.release"), run: () => change(null), when: mayRelease, group },
    { keys: "h", label: t("assignee.handOver"), run: open, when: mayGive, group },
  ]);
}
