/** What refusals are called that only staff meet. */
import { messages as catalogue } from "@/i18n/text";

export const refusalMessages = catalogue({
  en: {
    over_limit: "The amount is above what you may approve. Approve less, or hand the claim to a colleague of a higher level.",
    another_person_needed: "You made the decision that is disputed; another person decides now.",
    own_claim: "You filed this claim or acted for its filer; another person works on it.",
    already_assigned: "Somebody else works on this claim already.",
    not_the_assignee: "Somebody else works on this claim; they or an administrator hand it over.",
    not_assignable: "This person cannot work on this claim any more. Choose another.",
  },
  hi: {
    over_limit: "यह रकम आपकी सीमा से ऊपर है। कम मंज़ूर करें, या दावा ऊँचे स्तर के साथी को सौंपें।",
    another_person_needed: "जिस फ़ैसले पर विवाद है वह आपका था; अब कोई दूसरा व्यक्ति फ़ैसला करेगा।",
    own_claim: "यह दावा आपने ही किया था या दावेदार की ओर से इस पर काम किया था; इस पर कोई दूसरा व्यक्ति काम करेगा।",
    already_assigned: "इस दावे पर पहले से कोई और काम कर रहा है।",
    not_the_assignee: "इस दावे पर कोई और काम कर रहा है; वही या प्रशासक इसे सौंप सकते हैं।",
    not_assignable: "यह व्यक्ति अब इस दावे पर काम नहीं कर सकता। किसी और को चुनें।",
  },
});
