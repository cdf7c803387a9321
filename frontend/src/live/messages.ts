/** The words of the bell and of what is said aloud. */
import { messages as catalogue } from "@/i18n/text";

export const messages = catalogue({
  en: {
    newOne: "New: {title}, {claim}",
    newMany: "{count, plural, one {# new notification} other {# new notifications}}",
    bell: "{count, plural, =0 {Notifications, none unread} one {Notifications, # unread} other {Notifications, # unread}}",
    unseen: "new ones among them",
    title: "Notifications",
    readAll: "Mark all as read",
    all: "All notifications",
    preferences: "Preferences",
    none: "No notifications yet",
    noneText: "When something happens to your claims, you read it here first.",
    unread: "Unread",
    markRead: "Mark as read",
    markUnread: "Mark as unread",
    archive: "Archive",
    failed: "That was not saved. Please try again.",
  },
  hi: {
    newOne: "नया: {title}, {claim}",
    newMany: "{count, plural, one {# नई सूचना} other {# नई सूचनाएँ}}",
    bell: "{count, plural, =0 {सूचनाएँ, सब पढ़ी हुई} one {सूचनाएँ, # अपठित} other {सूचनाएँ, # अपठित}}",
    unseen: "इनमें कुछ नई हैं",
    title: "सूचनाएँ",
    readAll: "सबको पढ़ा हुआ मानें",
    all: "सभी सूचनाएँ",
    preferences: "पसंद",
    none: "अभी कोई सूचना नहीं",
    noneText: "आपके दावों में कुछ होगा तो सबसे पहले यहाँ दिखेगा।",
    unread: "अपठित",
    markRead: "पढ़ा हुआ मानें",
    markUnread: "अपठित मानें",
    archive: "संग्रह में रखें",
    failed: "यह सहेजा नहीं गया। कृपया फिर कोशिश करें।",
  },
});
