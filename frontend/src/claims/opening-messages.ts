/** The words of opening documents, and of files that come with messages. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    show: "Look at {name}",
    get: "Download {name}",
    download: "Download",
    attach: "Add files",
    attached: "Files that go with the message",
    readBy: "Read {time} by {name}",
    new: "New",
  },
  hi: {
    show: "{name} देखें",
    get: "{name} डाउनलोड करें",
    download: "डाउनलोड करें",
    attach: "फ़ाइलें जोड़ें",
    attached: "संदेश के साथ जाने वाली फ़ाइलें",
    readBy: "{name} ने {time} पर पढ़ा",
    new: "नया",
  },
});
