/** The words of opening documents, and of files that come with messages. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    show: "Look at {name}",
    get: "Download {name}",
    download: "Download",
    places: "Marked places",
    "place.marked": "Marked place",
    "place.show": "Show the place: {where}",
    "place.showNumber": "Show place {number}: {where}",
    "place.onPage": "{name}, page {page}",
    "place.gone": "A place on page {page} of a document that was replaced",
    attach: "Add files",
    attached: "Files that go with the message",
    readBy: "Read {time} by {name}",
    new: "New",
  },
  hi: {
    show: "{name} देखें",
    get: "{name} डाउनलोड करें",
    download: "डाउनलोड करें",
    places: "निशान लगी जगहें",
    "place.marked": "निशान लगी जगह",
    "place.show": "जगह दिखाएँ: {where}",
    "place.showNumber": "जगह {number} दिखाएँ: {where}",
    "place.onPage": "{name}, पन्ना {page}",
    "place.gone": "ऐसे काग़ज़ के पन्ने {page} की एक जगह जिसकी जगह नया आ चुका है",
    attach: "फ़ाइलें जोड़ें",
    attached: "संदेश के साथ जाने वाली फ़ाइलें",
    readBy: "{name} ने {time} पर पढ़ा",
    new: "नया",
  },
});
