/** The words of the first page. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: { title: "Home", hello: "Hello, {name}" },
  hi: { title: "मुखपृष्ठ", hello: "नमस्ते, {name}" },
});
