/** The words of shortcuts. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    title: "Keyboard shortcuts",
    help: "Show this list",
    here: "On this page",
    everywhere: "Everywhere",
    switch: "Single keys do something",
    switchHint: "Turn it off if you dictate, or press keys by accident. This browser remembers it.",
    "go.claims": "Go to the claims",
    "go.notifications": "Go to the notifications",
    "go.account": "Go to your account",
  },
  hi: {
    title: "कीबोर्ड शॉर्टकट",
    help: "यह सूची दिखाएँ",
    here: "इस पन्ने पर",
    everywhere: "हर जगह",
    switch: "अकेली कुंजियाँ काम करती हैं",
    switchHint: "बोलकर लिखते हों या ग़लती से कुंजी दब जाती हो, तो इसे बंद करें। यह ब्राउज़र इसे याद रखता है।",
    "go.claims": "दावों पर जाएँ",
    "go.notifications": "सूचनाओं पर जाएँ",
    "go.account": "अपने खाते पर जाएँ",
  },
});
