/** The end of a form: what sends it, and what leaves it. */
import { Button, type Variant } from "@/components/button";
import { useText } from "@/i18n/text";
import { messages } from "../messages";

interface FormButtonsProps {
  isBusy: boolean;
  save: string;
  variant?: Variant;
  onCancel: () => void;
}

export function FormButtons({ isBusy, save, variant = "primary", onCancel }: FormButtonsProps) {
  const t = useText(messages);
  return (
    <div className="flex flex-wrap gap-3">
      <Button type="submit" variant={variant} busy={isBusy}>
        {save}
      </Button>
      <Button variant="secondary" onClick={onCancel}>
        {t("cancel")}
      </Button>
    </div>
  );
}
