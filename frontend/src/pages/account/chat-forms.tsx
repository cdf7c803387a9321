/** The two forms of a chat: where one wants to be told, and the code that came there. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useForm, useWatch } from "react-hook-form";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { SelectField, TextField } from "@/components/field";
import { Form } from "@/components/form";
import { needed, z } from "@/components/rules";
import { toast } from "@/components/toast";
import { currentLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { messages } from "@/push/messages";
import { type Chat, type Way, chatsQuery } from "@/push/queries";

// Ways that know people by nothing but their number.
const BY_NUMBER = new Set(["sms", "whatsapp"]);

export function AddChat({ ways, onEnd }: { ways: readonly Way[]; onEnd: () => void }) {
  const t = useText(messages);
  const cache = useQueryClient();
  const schema = z.object({ way: z.string(), to: needed(t("chat.to.missing")) });
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { way: ways[0]?.name ?? "", to: "" } });
  const { errors, isSubmitting } = form.formState;
  const chosen = useWatch({ control: form.control, name: "way" });
  const isAddress = ways.some(({ name, is_address: isWhole }) => name === chosen && isWhole);
  const submit = async ({ way, to }: z.infer<typeof schema>) => {
    const name = t.of(`chat.way.${way}`, way);
    await api.post("/notifications/chats", { body: { name, way, to: isAddress ? to : to.replaceAll(/[\s()-]/g, ""), language: currentLanguage() } });
    await cache.invalidateQueries(chatsQuery);
    toast(t("chat.sent"));
    onEnd();
  };
  return (
    <Form form={form} onSubmit={submit} className="flex max-w-md flex-col gap-5">
      {ways.length > 1 && (
        <SelectField {...form.register("way")} label={t("chat.way")} error={errors.way?.message}>
          {ways.map(({ name }) => (
            <option key={name} value={name}>
              {t.of(`chat.way.${name}`, name)}
            </option>
          ))}
        </SelectField>
      )}
      <TextField
        {...form.register("to")}
        label={t(isAddress ? "chat.address" : BY_NUMBER.has(chosen) ? "chat.number" : "chat.to")}
        hint={isAddress ? t("chat.address.hint", { way: chosen }) : t("chat.to.hint")}
        error={errors.to?.message}
        autoComplete={isAddress ? "off" : "tel"}
        inputMode={BY_NUMBER.has(chosen) ? "tel" : "text"}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={isSubmitting}>
          {t("chat.send")}
        </Button>
        <Button variant="quiet" onClick={onEnd}>
          {t("chat.cancel")}
        </Button>
      </div>
    </Form>
  );
}

export function CodeForm({ chat }: { chat: Chat }) {
  const t = useText(messages);
  const cache = useQueryClient();
  const schema = z.object({ code: needed(t("chat.code.missing")) });
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { code: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = async ({ code }: z.infer<typeof schema>) => {
    await api.post("/notifications/chats/{chat_id}/confirm", { path: { chat_id: chat.id }, body: { code: code.replaceAll(" ", "") } });
    await cache.invalidateQueries(chatsQuery);
    toast(t("chat.confirmed"));
  };
  return (
    <Form form={form} onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <TextField
        {...form.register("code")}
        label={t("chat.code")}
        hint={t("chat.open")}
        error={errors.code?.message}
        inputMode="numeric"
        autoComplete="one-time-code"
      />
      <Button type="submit" busy={isSubmitting} className="self-start">
        {t("chat.confirm")}
      </Button>
    </Form>
  );
}
