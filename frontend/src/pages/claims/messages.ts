/** The words of the list of claims. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    title: "Claims",
    file: "File a claim",
    search: "Search by number or words",
    "filter.status": "Status",
    "filter.all": "All",
    "filter.type": "Type",
    "filter.allTypes": "All types",
    "filter.clear": "Clear filters",
    count: "{count, plural, =0 {No claims} one {# claim} other {# claims}}",
    none: "No claims yet",
    noneText: "When you file one, you see here how it stands and what comes next.",
    noMatch: "No claim fits",
    noMatchText: "Nothing fits these filters. Search finds the beginning of a number and whole words of the description.",
  },
  hi: {
    title: "दावे",
    file: "दावा करें",
    search: "नंबर या शब्दों से खोजें",
    "filter.status": "स्थिति",
    "filter.all": "सभी",
    "filter.type": "प्रकार",
    "filter.allTypes": "सभी प्रकार",
    "filter.clear": "फ़िल्टर हटाएँ",
    count: "{count, plural, =0 {कोई दावा नहीं} one {# दावा} other {# दावे}}",
    none: "अभी कोई दावा नहीं",
    noneText: "जब आप दावा करेंगे, यहाँ दिखेगा कि वह कहाँ पहुँचा और आगे क्या होगा।",
    noMatch: "कोई दावा नहीं मिला",
    noMatchText: "इन फ़िल्टर से कुछ नहीं मिला। खोज में नंबर की शुरुआत या विवरण के पूरे शब्द लिखें।",
  },
});
