/** Files that go with a message: chosen here, sent at once, and told with it. */
import { useText } from "@/i18n/text";
import { DropZone, Limits, UploadNews } from "@/uploads/drop-zone";
import type { UploadList } from "@/uploads/upload-list";
import { messages } from "./opening-messages";

export default function Attach({ list }: { list: UploadList }) {
  const t = useText(messages);
  return (
    <>
      <DropZone list={list} slot="" what={t("attached")}>
        <p className="text-sm text-muted">
          <Limits />
        </p>
      </DropZone>
      <UploadNews list={list} />
    </>
  );
}
