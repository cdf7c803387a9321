/** What a notification says, in the reader's language as far as it is known there; the API says it in English. */
import type { Schema } from "@/api/client";
import { useMe } from "@/api/session";
import { useLanguage } from "@/i18n/preferences";
import { written } from "@/i18n/written";

type Notice = Schema<"NotificationOut">;

/** Title and message by the API's title; `, staff` where staff are told something else than the claimant. */
const HINDI: Record<string, [string, string]> = {
  "Claim Received": ["दावा मिला", "हमें आपका दावा {claim} मिल गया है।"],
  "Claim Received, staff": ["नया दावा", "दावा {claim} समीक्षा के इंतज़ार में है।"],
  "Under Review": ["समीक्षा में", "आपके दावे {claim} की समीक्षा हो रही है।"],
  "Claim Approved": ["दावा मंज़ूर", "दावा {claim} मंज़ूर हुआ।"],
  "Claim Partly Approved": ["कुछ हिस्सा मंज़ूर", "आपके दावे {claim} का कुछ हिस्सा मंज़ूर हुआ। वजह और आगे का रास्ता दावे के पन्ने पर है।"],
  "Claim Rejected": ["दावा नामंज़ूर", "आपका दावा {claim} नामंज़ूर हुआ। वजह और आगे का रास्ता दावे के पन्ने पर है।"],
  "Claim Completed": ["दावा बंद", "आपका दावा {claim} पूरा होकर बंद हुआ।"],
  "Claim Withdrawn": ["दावा वापस", "आपने दावा {claim} वापस ले लिया है। अब इसमें कुछ नहीं होगा।"],
  "Claim Withdrawn, staff": ["दावा वापस", "पॉलिसीधारक ने दावा {claim} वापस ले लिया।"],
  "Appeal Received": ["अपील मिली", "दावे {claim} पर आपकी अपील मिल गई है। फ़ैसला कोई दूसरा व्यक्ति करेगा।"],
  "Appeal Received, staff": ["अपील मिली", "पॉलिसीधारक ने दावे {claim} के फ़ैसले पर अपील की है।"],
  "Claim Submitted": ["दावा जमा", "{actor} ने दावा {claim} जमा किया।"],
  "QC Query Raised": ["सवाल उठा", "{actor} ने दावे {claim} पर सवाल उठाया।"],
  "QC Query Answered": ["सवाल का जवाब", "{actor} ने दावे {claim} के सवाल का जवाब दिया।"],
  "More Information Needed": ["और जानकारी चाहिए", "{actor} को दावे {claim} पर और जानकारी चाहिए।"],
  "More Information Provided": ["जानकारी आई", "{actor} ने दावे {claim} पर और जानकारी दी।"],
  "Claim Contested": ["दावे पर आपत्ति", "{actor} ने दावे {claim} की अस्वीकृति को चुनौती दी।"],
  "QC Cleared": ["गुणवत्ता जाँच पूरी", "{actor} ने दावे {claim} की गुणवत्ता जाँच पूरी की।"],
  "Claim Denied": ["दावा अस्वीकृत", "{actor} ने दावा {claim} अस्वीकृत किया।"],
  "New Message": ["नया संदेश", "दावे {claim} पर नया संदेश है।"],
  "Claim Assigned": ["दावा आपको मिला", "दावा {claim} आपको सौंपा गया है।"],
  "Webhook Failing": ["वेबहुक विफल", "एक दिन से किसी वेबहुक पर कुछ नहीं पहुँचा। पाँच दिन बाद वह बंद हो जाएगा।"],
  "Password Guessing": ["पासवर्ड का अंदाज़ा", "पासवर्ड आज़माए जा रहे हैं: एक खाते के लिए या एक पते से बहुत ज़्यादा। आगे की कोशिशें कुछ देर नामंज़ूर होंगी।"],
  "Session Ended After Misuse": ["गलत इस्तेमाल पर सत्र बंद", "एक खाते का रिफ़्रेश टोकन दूसरी बार इस्तेमाल हुआ: शायद किसी ने उसकी नकल की। उसका सत्र बंद किया गया।"],
  "Many Unknown Things Asked For": ["बहुत-सी अनजान चीज़ें माँगी गईं", "एक खाते या पते ने बहुत-सी ऐसी चीज़ें माँगीं जो उसके लिए नहीं हैं, जैसे कोई नंबरों का अंदाज़ा लगा रहा हो।"],
  "Documents Damaged": [
    "काग़ज़ात ख़राब",
    "कुछ काग़ज़ात की फ़ाइलें ग़ायब हैं या वैसी नहीं जैसी भेजी गई थीं। insurenz documents scrub चलाएँ और उन्हें बैकअप से लें।",
  ],
  "Audit Check Failed": ["ऑडिट जाँच विफल", "जो दर्ज हुआ था वह बदला गया है। insurenz audit verify चलाएँ और डेटाबेस को जैसा है वैसा रखें।"],
  "Webhook Switched Off": ["वेबहुक बंद हुआ", "एक वेबहुक बंद हुआ: उस पर कुछ नहीं पहुँच रहा था। जो नहीं मिला वह फिर भेजा जा सकता है।"],
};
const SOMEBODY = "किसी";

/** Title and message of a notification. */
export function useNoticeWords(): (notice: Notice) => { title: string; message: string } {
  const language = useLanguage();
  const isStaff = !["policyholder", "hospital_user"].includes(useMe().role);
  return ({ title, message, claim_id: claim, triggered_by: by }) => {
    const hindi = (isStaff && HINDI[`${title}, staff`]) || HINDI[title];
    if (language !== "hi" || !hindi) return { title, message };
    const values = { claim: claim ?? "", actor: by.actor_name ?? SOMEBODY };
    return { title: hindi[0], message: written(hindi[1], language, values) };
  };
}
