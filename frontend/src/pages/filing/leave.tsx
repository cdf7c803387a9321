/** Leaving: what was entered is saved first, and what cannot be is said. */
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { pending, useUploads } from "@/uploads/upload-list";
import { keeper, uploads, useDraft } from "./draft";
import { messages } from "./messages";

export function Leave() {
  const t = useText(messages);
  const navigate = useNavigate();
  const { standing } = useDraft();
  const onTheWay = pending(useUploads(uploads)).length;
  const [isAsking, setAsking] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const isEmpty = standing === "empty" && onTheWay === 0;
  const leave = () => void navigate("/");
  const save = async () => {
    if (isEmpty) return leave();
    setSaving(true);
    const isSaved = await keeper.flush();
    setSaving(false);
    if (!isSaved || onTheWay > 0) return setAsking(true);
    toast(t("leave.saved"));
    leave();
  };
  return (
    <>
      <Button variant="quiet" className="-me-4" busy={isSaving} onClick={() => void save()}>
        {t(isEmpty ? "leave" : "leave.save")}
      </Button>
      <Dialog open={isAsking} onClose={() => setAsking(false)} title={t(onTheWay > 0 ? "leave.sendingTitle" : "leave.title")}>
        <p>{onTheWay > 0 ? t("leave.sending", { count: onTheWay }) : t("leave.text")}</p>
        <div className="flex flex-wrap gap-3">
          <Button variant="secondary" onClick={leave}>
            {t("leave.go")}
          </Button>
          <Button onClick={() => setAsking(false)}>{t("leave.stay")}</Button>
        </div>
      </Dialog>
    </>
  );
}
