/** The words of what both sides of a claim say to each other. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    "messages.title": "Messages",
    "messages.none": "Nothing has been said yet. Write here to ask a person at {payer}.",
    "messages.you": "You",
    "messages.erased": "This message was erased.",
    "messages.write": "Write a message",
    "messages.told": "{payer} is told at once.",
    "messages.send": "Send",
    "messages.missing": "Write your message first",
    "messages.long": "Use at most 5,000 characters",
    "messages.sent": "Sent.",
  },
  hi: {
    "messages.title": "संदेश",
    "messages.none": "अभी कोई बात नहीं हुई है। {payer} के किसी व्यक्ति से पूछने के लिए यहाँ लिखें।",
    "messages.you": "आप",
    "messages.erased": "यह संदेश मिटा दिया गया।",
    "messages.write": "संदेश लिखें",
    "messages.told": "{payer} को तुरंत बताया जाता है।",
    "messages.send": "भेजें",
    "messages.missing": "पहले अपना संदेश लिखें",
    "messages.long": "अधिक से अधिक 5,000 अक्षर लिखें",
    "messages.sent": "भेज दिया।",
  },
});
