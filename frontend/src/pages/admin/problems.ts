/** What refusals are called that only administration meets: told to the common catalogue with its frame,

so that they are not in the first view of every page. */
import { problemMessages } from "@/components/problem-messages";
import { messages } from "@/i18n/text";

const own = messages({
  en: {
    string_pattern_mismatch: "This is not in the right form.",
    user_exists: "A user with this e-mail address or external id exists already.",
    invited_otherwise: "They were invited with another role. Change the role on their page first.",
    last_admin: "This is the last active administrator. Make another one first.",
    role_not_assignable: "People with this role are not assigned to such an organisation.",
    number_taken: "This number is taken.",
    number_of_other_kind: "The number of a hospital begins with HOSP_, that of a payer with PAY_.",
    unknown_policyholder: "There is no such policyholder.",
    unknown_payer: "There is no such payer.",
    before_start: "The last day cannot lie before the first.",
    below_used: "More than that is used already.",
    amount_malformed: "Enter an amount such as 18250 or 18250.50.",
    delivery_closed: "There is nothing to send again: it was delivered or held back.",
    delivery_being_sent: "It is being sent at this moment.",
    url_malformed: "This is not the address of a web service, such as https://claims.example.org/insurenz.",
    url_not_https: "The address must begin with https.",
    url_not_public: "This address cannot be reached from the internet.",
    unknown_event: "There is no such event.",
    too_many_webhooks: "This organisation has as many webhooks as it can have. Delete one first.",
    webhook_off: "The webhook is off. Switch it on first.",
  },
  hi: {
    string_pattern_mismatch: "यह सही रूप में नहीं है।",
    user_exists: "इस ई-मेल पते या बाहरी पहचान वाला उपयोगकर्ता पहले से है।",
    invited_otherwise: "उन्हें दूसरी भूमिका में बुलाया गया था। पहले उनके पन्ने पर भूमिका बदलें।",
    last_admin: "यह आख़िरी सक्रिय प्रशासक है। पहले किसी और को प्रशासक बनाएँ।",
    role_not_assignable: "इस भूमिका के लोगों को ऐसी संस्था नहीं सौंपी जाती।",
    number_taken: "यह नंबर पहले से लिया हुआ है।",
    number_of_other_kind: "अस्पताल का नंबर HOSP_ से और बीमा कंपनी का PAY_ से शुरू होता है।",
    unknown_policyholder: "ऐसा कोई पॉलिसीधारक नहीं है।",
    unknown_payer: "ऐसी कोई बीमा कंपनी नहीं है।",
    before_start: "आख़िरी दिन पहले दिन से पहले नहीं हो सकता।",
    below_used: "इससे ज़्यादा इस्तेमाल हो चुका है।",
    amount_malformed: "18250 या 18250.50 जैसी रकम लिखें।",
    delivery_closed: "फिर भेजने को कुछ नहीं: यह पहुँच चुका या रोका गया।",
    delivery_being_sent: "यह इसी समय भेजा जा रहा है।",
    url_malformed: "यह किसी वेब सेवा का पता नहीं है, जैसे https://claims.example.org/insurenz।",
    url_not_https: "पता https से शुरू होना चाहिए।",
    url_not_public: "यह पता इंटरनेट से पहुँच में नहीं है।",
    unknown_event: "ऐसी कोई घटना नहीं है।",
    too_many_webhooks: "इस संस्था के पास जितने वेबहुक हो सकते हैं उतने हैं। पहले एक मिटाएँ।",
    webhook_off: "वेबहुक बंद है। पहले उसे चालू करें।",
  },
});

Object.assign(problemMessages.en, own.en);
Object.assign(problemMessages.hi, own.hi);
