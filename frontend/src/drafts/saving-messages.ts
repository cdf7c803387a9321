/** The words for whether a claim that is being written is saved, and what another device did with it. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    "save.saved": "Saved",
    "save.saving": "Saving",
    "save.waiting": "Not saved yet. We keep trying.",
    "save.refused": "Not saved. {why}",
    "elsewhere.title": "Changed on another device",
    "elsewhere.text": "This claim was also changed elsewhere, {ago}. Which answers do you want to keep?",
    "elsewhere.mine": "Those here",
    "elsewhere.theirs": "Those of the other device",
    "gone.title": "This claim is no longer open",
    "gone.text": "It was filed or discarded on another device. What you have typed is still here.",
    "gone.claims": "See your claims",
    "gone.anew": "Begin a new one with these answers",
  },
  hi: {
    "save.saved": "सहेजा गया",
    "save.saving": "सहेज रहे हैं",
    "save.waiting": "अभी सहेजा नहीं गया। हम कोशिश करते रहेंगे।",
    "save.refused": "सहेजा नहीं गया। {why}",
    "elsewhere.title": "दूसरे उपकरण पर बदला गया",
    "elsewhere.text": "यह दावा कहीं और भी बदला गया, {ago}। आप कौन-से जवाब रखना चाहते हैं?",
    "elsewhere.mine": "जो यहाँ हैं",
    "elsewhere.theirs": "जो दूसरे उपकरण पर हैं",
    "gone.title": "यह दावा अब खुला नहीं है",
    "gone.text": "इसे दूसरे उपकरण पर भेज या मिटा दिया गया। आपने जो लिखा वह अब भी यहाँ है।",
    "gone.claims": "अपने दावे देखें",
    "gone.anew": "इन जवाबों से नया शुरू करें",
  },
});
