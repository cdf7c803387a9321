/** What another device has done with this claim meanwhile, and how to go on; nothing that was typed here is lost by it. */
import { useSyncExternalStore } from "react";
import { useNavigate } from "react-router";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { DraftKeeper } from "./keeper";
import { messages } from "./saving-messages";

interface ElsewhereProps<A extends object> {
  keeper: DraftKeeper<A>;
}

export function Elsewhere<A extends object>({ keeper }: ElsewhereProps<A>) {
  const { standing } = useSyncExternalStore(keeper.subscribe, keeper.now);
  if (standing === "conflict") return <Changed keeper={keeper} />;
  return standing === "gone" ? <Gone keeper={keeper} /> : null;
}

function Changed<A extends object>({ keeper }: ElsewhereProps<A>) {
  const t = useText(messages);
  const format = useFormat();
  const { theirs } = keeper.now();
  return (
    <Notice kind="attention" live title={t("elsewhere.title")}>
      <p>{t("elsewhere.text", { ago: theirs ? format.ago(theirs.updated_at) : "" })}</p>
      <div className="mt-3 flex flex-wrap gap-3">
        <Button size="small" onClick={() => keeper.keepMine()}>
          {t("elsewhere.mine")}
        </Button>
        <Button size="small" variant="secondary" onClick={() => keeper.takeTheirs()}>
          {t("elsewhere.theirs")}
        </Button>
      </div>
    </Notice>
  );
}

function Gone<A extends object>({ keeper }: ElsewhereProps<A>) {
  const t = useText(messages);
  const navigate = useNavigate();
  const leave = () => {
    keeper.forget();
    void navigate("/claims");
  };
  return (
    <Notice kind="attention" live title={t("gone.title")}>
      <p>{t("gone.text")}</p>
      <div className="mt-3 flex flex-wrap gap-3">
        <Button size="small" onClick={leave}>
          {t("gone.claims")}
        </Button>
        <Button size="small" variant="secondary" onClick={() => keeper.beginAnew()}>
          {t("gone.anew")}
        </Button>
      </div>
    </Notice>
  );
}
