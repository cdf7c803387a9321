/** Letting somebody in: the invitation again, disabling with its consequence, enabling. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LockKeyhole, LockKeyholeOpen, MailPlus } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { Conflict } from "../parts/conflict";
import { useMayAct } from "../parts/rights";
import { type User, userQuery } from "../queries";
import { messages } from "./messages";
import { Standing } from "./standing";

export function Access({ user }: { user: User }) {
  const t = useText(messages);
  const mayAct = useMayAct();
  const say = user.is_active ? (user.has_password ? "access.onText" : "access.invitedText") : "access.offText";
  return (
    <Section id="access" title={t("access")}>
      <p className="flex flex-wrap items-center gap-3">
        <Standing user={user} />
        {t(say, { name: user.name })}
      </p>
      {mayAct && (
        <div className="flex flex-wrap gap-3">
          {user.is_active && !user.has_password && <InviteAgain user={user} />}
          <Switch user={user} />
        </div>
      )}
    </Section>
  );
}

function InviteAgain({ user }: { user: User }) {
  const t = useText(messages);
  const invite = useMutation({
    mutationFn: () =>
      api.post("/users/invitations", {
        body: { email: user.email, name: user.name, role: user.role as "admin", level: user.level, organisations: [] },
      }),
    onSuccess: () => toast(t("inviteAgain.done", { email: user.email })),
  });
  return (
    <>
      <Button
        variant="secondary"
        size="small"
        icon={<MailPlus className="size-4" aria-hidden />}
        busy={invite.isPending}
        onClick={() => invite.mutate()}
      >
        {t("inviteAgain")}
      </Button>
      <ProblemNotice error={invite.error} />
    </>
  );
}

function Switch({ user }: { user: User }) {
  const t = useText(messages);
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const Icon = user.is_active ? LockKeyhole : LockKeyholeOpen;
  // Oneself: it would be the last thing one does here.
  if (user.id === me.id) return <p className="text-muted">{t("access.self")}</p>;
  return (
    <>
      <Button variant="secondary" size="small" icon={<Icon className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {t(user.is_active ? "disable" : "enable")}
      </Button>
      {isOpen && <SwitchQuestion user={user} onClose={() => setOpen(false)} />}
    </>
  );
}

/** About the user as they were when it was asked: what somebody else changes meanwhile makes no other question of it. */
function SwitchQuestion({ user: now, onClose }: { user: User; onClose: () => void }) {
  const t = useText(messages);
  const words = useText(shared);
  const cache = useQueryClient();
  const [user] = useState(now);
  const does = user.is_active ? "disable" : "enable";
  const change = useMutation({
    mutationFn: () =>
      api.patch("/users/{user_id}", { path: { user_id: user.id }, body: { is_active: !user.is_active }, ifMatch: user.version }),
    onSuccess: async () => {
      onClose();
      toast(t(`${does}.done`, { name: user.name }));
      await cache.invalidateQueries({ queryKey: ["admin"] });
    },
  });
  const isRace = change.error !== null && asProblem(change.error).status === 412;
  const reload = () => {
    void cache.invalidateQueries({ queryKey: userQuery(user.id).queryKey });
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t(`${does}.title`, { name: user.name })}>
      <p>{t(`${does}.text`)}</p>
      {isRace ? <Conflict subjectId={user.id} onReload={reload} /> : <ProblemNotice error={change.error} />}
      <div className="flex flex-wrap gap-3">
        <Button variant={user.is_active ? "danger" : "primary"} busy={change.isPending} onClick={() => change.mutate()}>
          {t(does)}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {words("cancel")}
        </Button>
      </div>
    </Dialog>
  );
}
