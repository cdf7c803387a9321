/** The words for when the next step of a claim is to be expected. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    usual: "This step usually takes about {length}. Expect news by {date}.",
    late: "This step usually takes about {length}; this time it takes longer. You can ask a person by a message.",
  },
  hi: {
    usual: "इस चरण में आम तौर पर लगभग {length} लगते हैं। {date} तक ख़बर मिलनी चाहिए।",
    late: "इस चरण में आम तौर पर लगभग {length} लगते हैं; इस बार ज़्यादा समय लग रहा है। आप संदेश भेजकर किसी व्यक्ति से पूछ सकते हैं।",
  },
});
