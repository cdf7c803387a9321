/** The words of the common components. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    "errors.title": "{count, plural, one {One thing needs a correction} other {# things need a correction}}",
    retry: "Try again",
    toHome: "To the first page",
    close: "Close",
    loading: "Loading",
    requestId: "If it stays so, tell the people who run this install: {id}",
    "missing.title": "Not found",
    "noRights.title": "Not open to you",
    "failed.title": "That did not work",
    "conflict.title": "Somebody else was faster",
    "conflict.nothing": "Nothing of yours was changed.",
    "conflict.reload": "Show how it stands now",
    copy: "Copy {what}",
    copied: "Copied",
    showPassword: "Show password",
  },
  hi: {
    "errors.title": "{count, plural, one {एक बात ठीक करनी है} other {# बातें ठीक करनी हैं}}",
    retry: "फिर कोशिश करें",
    toHome: "पहले पन्ने पर",
    close: "बंद करें",
    loading: "खुल रहा है",
    requestId: "अगर ऐसा ही रहे तो इस सेवा के संचालकों को यह बताएँ: {id}",
    "missing.title": "नहीं मिला",
    "noRights.title": "यह आपके लिए नहीं है",
    "failed.title": "यह नहीं हो पाया",
    "conflict.title": "किसी और ने पहले कर दिया",
    "conflict.nothing": "आपका कुछ भी नहीं बदला।",
    "conflict.reload": "अभी की स्थिति देखें",
    copy: "{what} कॉपी करें",
    copied: "कॉपी हो गया",
    showPassword: "पासवर्ड दिखाएँ",
  },
});
