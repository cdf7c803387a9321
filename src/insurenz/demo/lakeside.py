"""Patients of Lakeside Clinic: cashless claims that its processors ask about and decide."""

from insurenz.demo.asha import LAKESIDE
from insurenz.demo.city import HEALTH, SURAKSHA
from insurenz.demo.claims import LAKESIDE_DESK, MEERA, MESSAGE, RAHUL, TAKE, VERIFICATION, Stay, step
from insurenz.demo.papers import NEW_PAGE, Sheet
from insurenz.demo.people import ADMIN


def request(*words: str) -> Sheet:
    """The form by which the clinic asks for cashless treatment."""
    return Sheet("cashless-request.pdf", LAKESIDE, "Request for cashless treatment", words=words)


# fmt: off
STAYS = (
    Stay("enteric-fever", LAKESIDE_DESK, SURAKSHA, 76, 75, "10:10",
        {"patient_name": "Deepak Yadav", "age": 24, "gender": "male", "uhid": "LC-5120", "member_id": "SGI-83310208",
         "diagnosis": "Enteric fever", "procedure": "Medical treatment", "room": "General ward"},
        (
            request("Fever for nine days, blood culture with Salmonella typhi. Intravenous ceftriaxone."),
            Sheet("final-bill.pdf", LAKESIDE, "Final bill", (("Ward, 4 days", 6000), ("Medicines", 7900), ("Tests", 4350), ("Doctors", 4800))),
        ), (
            step(74, "11:10", MEERA, "clear"),
            step(74, "11:40", MEERA, "approve", remarks="In order, paid in full."),
        )),
    Stay("asthma-child", LAKESIDE_DESK, HEALTH, 41, 40, "09:35",
        {"patient_name": "Zoya Ansari", "age": 7, "gender": "female", "uhid": "LC-5387", "member_id": "HIL-3319933-02",
         "diagnosis": "Acute severe asthma", "procedure": "Nebulisation and steroids", "guardian": "Salma Ansari"},
        (
            request("Known asthma, cold for two days, respiratory rate 46. Nebulised and admitted."),
            Sheet("final-bill.pdf", LAKESIDE, "Final bill", (("Room, 3 days", 12000), ("Medicines and oxygen", 6400), ("Toys and food", 1150), ("Doctors", 5400))),
            Sheet("member-card.jpg", ("Health Insurance Ltd", "Andheri East, Mumbai 400069"), "Member card", words=("HIL-3319933-02, Zoya Ansari, daughter.",)),
        ), (
            step(39, "10:25", MEERA, VERIFICATION, file="member-card.jpg", verification="verified"),
            step(39, "10:30", MEERA, "raise_query", query_category="other", due_in=4, remarks="What are 'toys and food' in the bill?"),
            step(38, "13:05", LAKESIDE_DESK, "answer_query", query_response="A play kit for the ward and meals of the mother. We know that these are not covered."),
            step(37, "10:15", MEERA, "clear"),
            step(37, "10:45", MEERA, "approve", approved_amount="23800.00", remarks="Without play kit and meals."),
        )),
    Stay("gallstones", LAKESIDE_DESK, SURAKSHA, 36, 35, "15:20",
        {"patient_name": "Geeta Nambiar", "age": 45, "gender": "female", "uhid": "LC-5421", "member_id": "SGI-79005176",
         "diagnosis": "Symptomatic gallstones", "procedure": "Laparoscopic cholecystectomy", "room": "Single"},
        (
            request("Biliary colic three times in two months. Ultrasound: several stones, wall thickened."),
            Sheet("final-bill.pdf", LAKESIDE, "Final bill", (
                ("Operation theatre", 16500), ("Surgeon and anaesthetist", 29000), ("Room, 2 days", 11000), ("Medicines and consumables", 8700))),
        ), (
            step(34, "10:50", MEERA, "deny", rejection_reason="Proof missing", remarks="No ultrasound report and no blood tests were sent."),
            step(32, "12:10", LAKESIDE_DESK, "contest", contest_reason="The report was forgotten in our upload; here it is.",
                paper=Sheet("ultrasound-report.pdf", LAKESIDE, "Ultrasound of the abdomen", words=("Several stones, the largest of 14 mm. Wall of 5 mm.",))),
            step(30, "16:40", RAHUL, "deny", rejection_reason="Proof missing",
                remarks="The report is dated after the operation. Which finding led to it?"),
            step(28, "11:25", LAKESIDE_DESK, "contest", contest_reason="That was the control. The first report, with the date of the emergency, is attached.",
                paper=Sheet("first-ultrasound.pdf", LAKESIDE, "Ultrasound of the abdomen", words=("Several stones, wall thickened to 5 mm. Seen in the emergency.",))),
            step(26, "10:05", ADMIN, "approve", remarks="Both reports agree. The clinic should send the first one at once next time."),
        )),
    Stay("diabetic-foot", LAKESIDE_DESK, HEALTH, 9, 7, "11:55",
        {"patient_name": "Abdul Rashid Khan", "age": 63, "gender": "male", "uhid": "LC-5560", "member_id": "HIL-3308412",
         "diagnosis": "Infected diabetic foot ulcer", "procedure": "Debridement", "room": "Twin sharing"},
        (
            request("Ulcer under the left great toe with spreading infection, sugar 340. Debridement and antibiotics."),
            Sheet("interim-bill.pdf", LAKESIDE, "Interim bill", (("Room, 5 days", 17500), ("Operation theatre, minor", 8200), ("Antibiotics and dressings", 19400), ("Doctors", 11000))),
        ), (
            step(6, "10:35", MEERA, TAKE),
            step(6, "10:50", MEERA, "clear"),
            step(3, "12:20", MEERA, "request_info", remarks="How long must he stay? Please send the surgeon's plan and the culture."),
        )),
    Stay("gastroenteritis", LAKESIDE_DESK, SURAKSHA, 5, 4, "20:40",
        {"patient_name": "Pooja Sharma", "age": 34, "gender": "female", "uhid": "LC-5583", "member_id": "SGI-81009120",
         "diagnosis": "Acute gastroenteritis with dehydration", "procedure": "Rehydration"},
        (
            request("Vomiting and loose motions twelve times since morning, pulse 124, dry tongue."),
            Sheet("final-bill.pdf", LAKESIDE, "Final bill", (("Ward, 2 days", 5000), ("Fluids and medicines", 4600), ("Tests", 2100), ("Doctors", 2400))),
        ), (
            step(3, "10:10", RAHUL, "request_info", remarks="A stay of one night is usual. Why two?"),
            step(2, "09:15", LAKESIDE_DESK, "provide_info", response="Her potassium was 2.6 on the second morning; the laboratory sheet is attached.",
                paper=Sheet("laboratory.pdf", LAKESIDE, "Laboratory", words=("Potassium 2.6 mmol/l, sodium 131 mmol/l.",))),
        )),
    Stay("slipped-disc", LAKESIDE_DESK, HEALTH, 3, 2, "13:30",
        {"patient_name": "Vivek Anand", "age": 41, "gender": "male", "uhid": "LC-5599", "member_id": "HIL-3327718",
         "diagnosis": "Prolapsed disc L4/L5", "procedure": "Microdiscectomy", "room": "Single"},
        (
            request("Sciatica on the left with weakness of the foot for three days. Microdiscectomy planned."),
            Sheet("estimate.pdf", LAKESIDE, "Estimate", (("Operation theatre", 26000), ("Surgeon and anaesthetist", 58000), ("Room, 3 days", 16500), ("Medicines", 7000))),
        ), (
            step(1, "11:05", MEERA, "raise_query", query_category="clinical", due_in=4,
                remarks="Please send the MRI, and say whether medicines were tried before.", missing_documents=["MRI of the lumbar spine", "Notes of earlier treatment"]),
            step(1, "11:20", MEERA, MESSAGE, body="If the weakness grows, operate; tell us the same day and send the papers after it."),
        )),
    Stay("migraine", LAKESIDE_DESK, SURAKSHA, 1, 1, "16:45",
        {"patient_name": "Nandini Rao", "age": 27, "gender": "female", "uhid": "LC-5604", "member_id": "SGI-84410077",
         "diagnosis": "Status migrainosus", "procedure": "Intravenous treatment", "room": "Single"},
        (
            request("Headache on one side for four days with vomiting, no relief by tablets. CT normal.", NEW_PAGE, "Consent of the patient: signed."),
            Sheet("final-bill.pdf", LAKESIDE, "Final bill", (("Room, 1 day", 5500), ("Medicines", 2350), ("CT of the head", 4200), ("Doctors", 3000))),
        )),
)
# fmt: on
