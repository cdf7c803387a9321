/** The documents that a claim should come with. The API names them in English; the shipped ones are here in Hindi. */
import type { Schema } from "@/api/client";
import { useLanguage } from "@/i18n/preferences";

export type Asked = Schema<"DocumentAskedOut">;

/** Label and reason by code. */
const HINDI: Record<string, [string, string]> = {
  bill: ["बिल", "इससे पता चलता है कि किसने, कब और कितना लिया।"],
  prescription: ["डॉक्टर का पर्चा", "इससे पता चलता है कि इलाज डॉक्टर ने बताया था।"],
  test_report: ["जाँच रिपोर्ट या स्कैन", "रिपोर्ट और एक्स-रे से इलाज समझने में मदद मिलती है।"],
  discharge_summary: ["डिस्चार्ज सारांश", "रात भर अस्पताल में रहे हों तो यह चाहिए।"],
  damage_photo: ["नुक़सान की फ़ोटो", "इनसे दिखता है कि क्या और कितना ख़राब हुआ।"],
  repair_estimate: ["मरम्मत का अनुमान या बिल", "इससे पता चलता है कि ठीक करने में कितना लगेगा।"],
  driving_licence: ["ड्राइविंग लाइसेंस", "इससे पता चलता है कि चालक को गाड़ी चलाने की अनुमति थी।"],
  police_report: ["पुलिस रिपोर्ट", "चोरी, चोट या दूसरों के नुक़सान पर यह चाहिए।"],
  ownership_proof: ["ख़रीद का बिल या काग़ज़", "इससे पता चलता है कि ख़राब हुई चीज़ें आपकी हैं।"],
  official_report: ["पुलिस या दमकल की रिपोर्ट", "चोरी या आग पर यह चाहिए।"],
  booking: ["टिकट या बुकिंग", "इससे पता चलता है कि आपने कब और कहाँ यात्रा की।"],
  expense_bill: ["आपके चुकाए बिल", "इनसे पता चलता है कि आपको कितना वापस चाहिए।"],
  incident_proof: ["एयरलाइन, डॉक्टर या पुलिस का पत्र", "इससे जो हुआ उसकी पुष्टि होती है।"],
  claim_form: ["दस्तख़त किया दावा फ़ॉर्म", "यह मरीज़ और डॉक्टर का अनुरोध है।"],
  photo_id: ["मरीज़ का फ़ोटो पहचान पत्र", "इससे दिखता है कि मरीज़ ही बीमित व्यक्ति है।"],
  policy_card: ["पॉलिसी या सदस्य कार्ड", "इसमें वह पॉलिसी लिखी है जिससे भुगतान होगा।"],
  treatment_notes: ["भर्ती और इलाज के नोट", "इनसे बीमारी और इलाज का पता चलता है।"],
  final_bill: ["मदवार बिल", "इससे दिखता है कि किस मद में कितना लगा।"],
  test_reports: ["जाँच रिपोर्ट और स्कैन", "इनसे बीमारी की पुष्टि होती है और जाँच जल्दी होती है।"],
  loss_proof: ["जो हुआ उसका सबूत", "इससे वह नुक़सान दिखता है जिसका दावा है।"],
};

/** What the document of a place is called; nothing for files that were added without one. */
export function useSlotName(asked: readonly Asked[] | undefined): (slot: string) => string | undefined {
  const words = useAskedWords();
  return (slot) => {
    const found = asked?.find(({ code }) => code === slot);
    return found && words(found).label;
  };
}

/** What a document is called and why it is asked for, in the reader's language as far as it is known there. */
export function useAskedWords(): (asked: Asked) => { label: string; why: string } {
  const language = useLanguage();
  return (asked) => {
    const [label, why] = (language === "hi" && HINDI[asked.code]) || [asked.label, asked.why];
    return { label, why };
  };
}
