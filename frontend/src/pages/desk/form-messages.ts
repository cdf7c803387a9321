/** What the fields of hospitals' forms are called, as far as they are known; others are called as the hospital does. */
import { messages as catalogue } from "@/i18n/text";

export const formMessages = catalogue({
  en: {
    title: "Form of the hospital",
    true: "Yes",
    false: "No",
    age: "Age",
    gender: "Gender",
    uhid: "Hospital number",
    member_id: "Member number",
    diagnosis: "Diagnosis",
    procedure: "Treatment",
    treating_doctor: "Treating doctor",
    room: "Room",
    day_care: "Day care",
    admission_date: "Admitted on",
    discharge_date: "Discharged on",
  },
  hi: {
    title: "अस्पताल का फ़ॉर्म",
    true: "हाँ",
    false: "नहीं",
    age: "उम्र",
    gender: "लिंग",
    uhid: "अस्पताल क्रमांक",
    member_id: "सदस्य क्रमांक",
    diagnosis: "रोग",
    procedure: "इलाज",
    treating_doctor: "डॉक्टर",
    room: "कमरा",
    day_care: "डे केयर",
    admission_date: "भर्ती की तारीख़",
    discharge_date: "छुट्टी की तारीख़",
  },
});
