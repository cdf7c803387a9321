"""Patients of City Hospital: cashless claims in every status, asked about, decided and contested."""

from insurenz.demo.asha import CITY
from insurenz.demo.claims import (
    CITY_DESK,
    CITY_WARD,
    MESSAGE,
    NOTE,
    PRIYA,
    RAHUL,
    TAKE,
    VERIFICATION,
    Stay,
    step,
)
from insurenz.demo.papers import NEW_PAGE, Sheet

SURAKSHA, HEALTH = "PAY_001", "PAY_002"


def request(*words: str) -> Sheet:
    """The form by which a hospital asks for cashless treatment."""
    return Sheet("cashless-request.pdf", CITY, "Request for cashless treatment", words=words)


# fmt: off
STAYS = (
    Stay("angioplasty", CITY_DESK, SURAKSHA, 109, 108, "16:20",
        {"patient_name": "Ramesh Kulkarni", "age": 61, "gender": "male", "uhid": "CH-208114", "member_id": "SGI-77120045",
         "diagnosis": "Unstable angina, 90 % stenosis of the LAD", "procedure": "Angioplasty with one drug-eluting stent",
         "treating_doctor": "Dr. Anand Shirodkar", "room": "ICU, then twin sharing"},
        (
            request("Chest pain at rest for six hours, ECG with ST depression, troponin raised. Angioplasty of the LAD planned.",
                "Treating doctor: Dr. Anand Shirodkar, cardiology"),
            Sheet("final-bill.pdf", CITY, "Final bill", (
                ("Catheterisation laboratory", 62000), ("Drug-eluting stent, 1", 38900), ("ICU, 2 days", 34000), ("Room, 2 days", 14000),
                ("Cardiologist and team", 78000), ("Medicines and consumables", 41600), ("Tests", 16500))),
            Sheet("discharge-summary.pdf", CITY, "Discharge summary", words=(
                "Diagnosis: unstable angina. Procedure: angioplasty of the LAD with one drug-eluting stent, radial access, without complications.",
                NEW_PAGE, "Advice: dual antiplatelet therapy for twelve months, statin, review after two weeks.")),
        ), (
            step(108, "17:05", PRIYA, TAKE),
            step(107, "10:15", PRIYA, "raise_query", query_category="documentation", due_in=2,
                remarks="The bill names a stent; we need to see which one, and the report of the angiogram.",
                missing_documents=["Sticker and invoice of the stent", "Angiogram report"]),
            step(107, "15:40", CITY_DESK, "answer_query", query_response="The angiogram report, with the sticker of the stent on its second page.",
                paper=Sheet("angiogram-report.pdf", CITY, "Coronary angiogram", words=(
                    "LAD: 90 % stenosis in the proximal segment. RCA and LCX without significant lesions. LVEF 50 %.",
                    NEW_PAGE, "Implant: drug-eluting stent 3.0 x 24 mm, lot 44A1802, MRP INR 38,900."))),
            step(106, "11:00", PRIYA, VERIFICATION, file="angiogram-report.pdf", verification="verified"),
            step(106, "11:05", PRIYA, "clear", remarks="Complete. The price of the stent is within the ceiling."),
            step(106, "16:30", RAHUL, "approve", remarks="Paid as billed."),
        )),
    Stay("cataract", CITY_WARD, HEALTH, 96, 96, "11:10",
        {"patient_name": "Sushila Deshmukh", "age": 68, "gender": "female", "uhid": "CH-208560", "member_id": "HIL-3310982",
         "diagnosis": "Senile cataract, right eye", "procedure": "Phacoemulsification with foldable lens", "day_care": True},
        (
            request("Vision of the right eye reduced to 6/36. Phacoemulsification under local anaesthesia as day care."),
            Sheet("final-bill.pdf", CITY, "Final bill", (
                ("Day care package", 18500), ("Foldable lens, toric", 26000), ("Medicines", 4000))),
        ), (
            step(95, "10:05", PRIYA, "clear"),
            step(95, "14:20", PRIYA, "approve", approved_amount="40500.00",
                remarks="The policy pays up to 18,000 for a lens; the rest of it is the patient's."),
        )),
    Stay("dengue-shock", CITY_DESK, SURAKSHA, 86, 84, "09:25",
        {"patient_name": "Imran Shaikh", "age": 29, "gender": "male", "uhid": "CH-209077", "member_id": "SGI-81220934",
         "diagnosis": "Dengue fever with shock", "procedure": "Intensive care, transfusion of platelets", "room": "ICU"},
        (
            request("Fever for five days, blood pressure 80/50 on arrival, platelets 14,000. Admitted to intensive care."),
            Sheet("interim-bill.pdf", CITY, "Interim bill", (
                ("ICU, 4 days", 68000), ("Platelets, 4 units", 44000), ("Tests", 19800), ("Medicines and fluids", 27400), ("Doctors", 24000))),
            Sheet("case-sheet.pdf", CITY, "Case sheet", words=(
                "Day 1: resuscitated with crystalloids. Day 2: platelets 9,000, two units given. Day 3: stable, urine output good.",)),
        ), (
            step(84, "10:30", PRIYA, "clear", remarks="Emergency. All papers are there."),
            step(83, "11:45", RAHUL, "request_info", remarks="Four units of platelets are billed, the case sheet names two. Please send the blood bank's slips."),
            step(83, "18:10", CITY_WARD, "provide_info", response="Two more units were given in the night of day 2; the slips are attached.",
                paper=Sheet("blood-bank-slips.png", CITY, "Blood bank issue slips", words=("4 units of single donor platelets, issued to ICU bed 3.",))),
            step(82, "10:20", RAHUL, "approve"),
        )),
    Stay("hernia", CITY_DESK, HEALTH, 70, 70, "12:45",
        {"patient_name": "Mahesh Gupta", "age": 54, "gender": "male", "uhid": "CH-209640", "member_id": "HIL-3318804",
         "diagnosis": "Right inguinal hernia", "procedure": "Laparoscopic mesh repair", "room": "Twin sharing"},
        (
            request("Swelling of the right groin for four months, reducible. Laparoscopic repair with mesh planned."),
            Sheet("estimate.pdf", CITY, "Estimate", (
                ("Operation theatre", 24000), ("Surgeon and anaesthetist", 36000), ("Mesh and tackers", 27500), ("Room, 2 days", 13000), ("Medicines", 8500))),
        ), (
            step(69, "10:10", PRIYA, "deny", rejection_reason="Waiting period",
                remarks="The policy began 14 months ago; hernia is covered after 24 months (terms 4.1)."),
            step(66, "17:30", CITY_DESK, "contest",
                contest_reason="The patient came from another insurer with continuity: 31 months without a break. His earlier policy is attached.",
                paper=Sheet("earlier-policy.pdf", ("Bharat Arogya Insurance", "Nariman Point, Mumbai 400021"), "Policy schedule",
                    words=("Insured: Mahesh Gupta. In force without a break; ported on request of the insured.",))),
            step(65, "11:15", RAHUL, "request_info", remarks="Please send the letter of acceptance that names the waiting periods already served."),
            step(64, "13:50", CITY_WARD, "provide_info", response="Attached: 17 months are credited on page 2.",
                paper=Sheet("portability-letter.pdf", ("Health Insurance Ltd", "Andheri East, Mumbai 400069"), "Acceptance of portability",
                    words=("Waiting periods served with the earlier insurer are credited.", NEW_PAGE, "Credit: 17 months."))),
            step(63, "10:40", RAHUL, "approve", remarks="With the credit the waiting period was served. The denial is taken back."),
        )),
    Stay("kidney-stone", CITY_WARD, SURAKSHA, 62, 61, "19:05",
        {"patient_name": "Kavita Reddy", "age": 37, "gender": "female", "uhid": "CH-210018", "member_id": "SGI-80114421",
         "diagnosis": "Stone in the left ureter, 9 mm", "procedure": "Ureteroscopy and DJ stent"},
        (
            request("Colic of the left flank since the night. CT: stone of 9 mm in the lower ureter with hydronephrosis."),
            Sheet("final-bill.pdf", CITY, "Final bill", (
                ("Operation theatre", 19000), ("Urologist and anaesthetist", 31000), ("DJ stent", 6200), ("Room, 2 days", 12000), ("Medicines and tests", 11400))),
        ), (
            step(60, "10:20", RAHUL, "raise_query", query_category="clinical", due_in=3,
                remarks="The notes say 'known stone former'. Since when? Please send her earlier papers.", missing_documents=["Earlier ultrasound or discharge papers"]),
            step(59, "16:00", CITY_WARD, "answer_query", query_response="She was treated for stones at another hospital six years ago; we have no papers of it."),
            step(58, "12:30", RAHUL, "deny", rejection_reason="Illness before the policy",
                remarks="Stones six years ago were not named in the proposal of last year."),
            step(55, "18:15", CITY_DESK, "contest", contest_reason="She was free of stones and of complaints for six years; nobody asked her for more than four."),
            step(52, "11:00", PRIYA, "deny", rejection_reason="Illness before the policy",
                remarks="Question 7 of the proposal asks for any treatment of the kidneys, without a limit of years. The denial stands."),
        )),
    Stay("pneumonia", CITY_DESK, HEALTH, 23, 22, "08:40",
        {"patient_name": "Lata Mishra", "age": 72, "gender": "female", "uhid": "CH-211302", "member_id": "HIL-3301127",
         "diagnosis": "Pneumonia of the right lower lobe", "procedure": "Medical treatment", "room": "Single"},
        (
            request("Cough and fever for a week, saturation 95 % on room air. Admitted for intravenous antibiotics."),
            Sheet("final-bill.pdf", CITY, "Final bill", (
                ("Room, 4 days", 28000), ("Antibiotics and medicines", 14600), ("Tests and X-rays", 9200), ("Doctors", 12000))),
        ), (
            step(21, "15:15", PRIYA, "clear"),
            step(20, "10:50", PRIYA, NOTE, body="Saturation never below 94, walked about from day one. Could have been treated at home."),
            step(11, "16:10", PRIYA, "deny", rejection_reason="Stay not needed",
                remarks="The chart shows no oxygen and oral medicines from the second day (terms 3.4)."),
        )),
    Stay("knee-replacement", CITY_DESK, SURAKSHA, 16, 15, "14:30",
        {"patient_name": "Joseph Fernandes", "age": 66, "gender": "male", "uhid": "CH-211655", "member_id": "SGI-76003318",
         "diagnosis": "Osteoarthritis of the left knee, grade IV", "procedure": "Total knee replacement", "room": "Single"},
        (
            request("Pain at rest and walking distance below 100 m in spite of two years of treatment. Total replacement planned."),
            Sheet("estimate.pdf", CITY, "Estimate", (
                ("Implant", 88000), ("Operation theatre", 42000), ("Surgeon and anaesthetist", 76000), ("Room, 5 days", 35000), ("Physiotherapy and medicines", 29000))),
            Sheet("x-ray-report.pdf", CITY, "X-ray of the left knee", words=("Joint space closed on the inner side, large osteophytes. Grade IV.",)),
        ), (
            step(14, "10:00", PRIYA, TAKE),
            step(14, "10:20", PRIYA, VERIFICATION, file="x-ray-report.pdf", verification="verified"),
            step(9, "12:35", PRIYA, "deny", rejection_reason="Waiting period",
                remarks="Joint replacement is covered after 36 months; 35 are served (terms 4.1)."),
            step(5, "17:20", CITY_DESK, "contest", contest_reason="The operation is on the 3rd of next month, after the 36 months. Please look at the date.",
                paper=Sheet("theatre-slot.pdf", CITY, "Confirmation of theatre", words=("Total knee replacement, left. Date confirmed by Dr. Salil Bapat.",))),
            step(4, "09:30", CITY_DESK, MESSAGE, body="The patient asks every day. Can you say when this will be decided?"),
            step(4, "15:45", RAHUL, MESSAGE, body="It is with me now. A colleague decided before, so I look at everything anew; by the end of the week."),
        )),
    Stay("caesarean", CITY_WARD, HEALTH, 7, 6, "10:15",
        {"patient_name": "Anjali Joshi", "age": 31, "gender": "female", "uhid": "CH-212011", "member_id": "HIL-3325561",
         "diagnosis": "Pregnancy of 39 weeks, breech", "procedure": "Caesarean section", "room": "Twin sharing"},
        (
            request("Second pregnancy, breech at 39 weeks. Elective caesarean section. Mother and child are well."),
            Sheet("interim-bill.pdf", CITY, "Interim bill", (
                ("Operation theatre", 22000), ("Obstetrician, anaesthetist, paediatrician", 41000), ("Room, 4 days", 20000), ("Medicines", 9500))),
        ), (
            step(5, "11:30", PRIYA, "clear", remarks="Maternity cover since three years."),
            step(5, "16:00", RAHUL, TAKE),
        )),
    Stay("appendicitis", CITY_DESK, SURAKSHA, 6, 5, "22:05",
        {"patient_name": "Rohan Patil", "age": 19, "gender": "male", "uhid": "CH-212060", "member_id": "SGI-82240017",
         "diagnosis": "Acute appendicitis", "procedure": "Laparoscopic appendicectomy"},
        (
            request("Pain of the right lower abdomen since yesterday, vomiting, white cells 17,400. Operated in the night."),
            Sheet("final-bill.pdf", CITY, "Final bill", (
                ("Operation theatre", 18000), ("Surgeon and anaesthetist", 26000), ("Room, 2 days", 9000), ("Medicines and tests", 13200))),
        ), (
            step(4, "10:40", PRIYA, "raise_query", query_category="identity", due_in=2,
                remarks="The card is his father's and names no son. Who is insured?", missing_documents=["Member card of the patient", "Photo identity"]),
        )),
    Stay("stroke", CITY_WARD, HEALTH, 4, 3, "07:55",
        {"patient_name": "Harish Chandra Tiwari", "age": 58, "gender": "male", "uhid": "CH-212144", "member_id": "HIL-3320070",
         "diagnosis": "Ischaemic stroke, left MCA", "procedure": "Thrombolysis", "room": "Stroke unit"},
        (
            request("Weakness of the right side and loss of speech for 90 minutes. CT without bleeding. Thrombolysis at 08:10."),
            Sheet("interim-bill.pdf", CITY, "Interim bill", (
                ("Stroke unit, 2 days", 38000), ("Alteplase", 46500), ("CT and MRI", 14800), ("Doctors", 21000))),
        ), (
            step(3, "11:20", PRIYA, "raise_query", query_category="billing", due_in=1,
                remarks="Alteplase is billed twice in the pharmacy list. Was a second dose given?", missing_documents=["Pharmacy list with batch numbers"]),
            step(2, "16:35", CITY_DESK, "answer_query", query_response="One dose only; the second line is taken off. The corrected list is attached.",
                paper=Sheet("pharmacy-list.pdf", CITY, "Pharmacy list, corrected", words=("Alteplase 50 mg, one vial, batch AT-2217.",))),
        )),
    Stay("hip-fracture", CITY_DESK, SURAKSHA, 2, 1, "18:50",
        {"patient_name": "Shanta Bai Jadhav", "age": 80, "gender": "female", "uhid": "CH-212203", "member_id": "SGI-70015502",
         "diagnosis": "Fracture of the neck of the right femur", "procedure": "Hemiarthroplasty", "room": "General ward",
         "contact": {"relation": "daughter", "language": "Marathi"}},
        (
            request("Fell in the bathroom in the morning. Fracture of the neck of the femur, displaced. Operation tomorrow."),
            Sheet("estimate.pdf", CITY, "Estimate", (
                ("Prosthesis", 42000), ("Operation theatre", 21000), ("Surgeon and anaesthetist", 38000), ("Ward, 6 days", 12000), ("Medicines and blood", 16500))),
        )),
)
# fmt: on
