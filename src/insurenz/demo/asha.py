"""Claims of Asha Nair: hospital and doctor's bills, and her car."""

from insurenz.demo.claims import (
    ARJUN,
    ASHA,
    DOCUMENT,
    MESSAGE,
    NOTE,
    TAKE,
    VERIFICATION,
    Story,
    step,
)
from insurenz.demo.papers import NEW_PAGE, Photo, Sheet
from insurenz.demo.people import ADMIN

MEDICAL, VEHICLE = "POL-DEMO-0001", "POL-DEMO-0002"

CITY = ("City Hospital", "14 Hill Road, Bandra West, Mumbai 400050")
LAKESIDE = ("Lakeside Clinic", "2 Lake Boulevard, Powai, Mumbai 400076")
DENTAL = ("Smile Dental Studio", "8 Carter Road, Mumbai 400050")
PHARMACY = ("Sanjeevani Medical Store", "Shop 3, Station Road, Mumbai 400050")
LAB = ("Prism Diagnostics", "21 SV Road, Andheri, Mumbai 400058")
GARAGE = ("Western Motors Body Shop", "Plot 9, Link Road, Malad, Mumbai 400064")
GLASS = ("Autoglass Point", "Highway Service Road, Goregaon, Mumbai 400063")
POLICE = ("Bandra Police Station", "Hill Road, Mumbai 400050")
DOCTOR = ("Dr. Kavita Deshpande, MBBS MD", "Reg. No. 48213, Linking Road, Mumbai 400052")


def _prescription(file_name: str, *words: str) -> Sheet:
    return Sheet(file_name, DOCTOR, "Prescription", words=words)


# fmt: off
STORIES = (
    Story("dengue", MEDICAL, 123, 118, "10:20",
        "Dengue fever with a low platelet count. Admitted to City Hospital for four days; discharged in good condition.",
        (
            Sheet("city-hospital-bill-dengue.pdf", CITY, "Final bill", (
                ("Room rent, 4 days", 16000), ("Platelet transfusion", 12400), ("Laboratory tests", 7850),
                ("Medicines and consumables", 8100), ("Doctor's visits", 4000))),
            Sheet("discharge-summary-dengue.pdf", CITY, "Discharge summary", words=(
                "Diagnosis: dengue fever with thrombocytopenia (NS1 antigen positive).",
                "Admitted with fever of 39.6 C for three days, body ache and a platelet count of 38,000. Treated with "
                "intravenous fluids, paracetamol and one unit of single donor platelets. No bleeding was seen.",
                "Condition at discharge: without fever for 48 hours, platelet count 118,000, eating well.", NEW_PAGE,
                "Advice: rest for one week, plenty of fluids, repeat platelet count after three days.",
                "Come at once with bleeding, black stools, strong pain in the belly or breathlessness.")),
            _prescription("prescription-dengue.png", "Tab. Paracetamol 650 mg, when there is fever, at most four a day",
                "ORS, one litre a day", "Platelet count after three days"),
        ), (
            step(117, "11:05", ARJUN, TAKE),
            step(117, "11:10", ARJUN, "start_review"),
            step(117, "11:32", ARJUN, VERIFICATION, file="city-hospital-bill-dengue.pdf", verification="verified"),
            step(117, "11:34", ARJUN, VERIFICATION, file="discharge-summary-dengue.pdf", verification="verified"),
            step(115, "15:40", ARJUN, "approve"),
            step(111, "12:00", ARJUN, "complete", payment_reference="NEFT-SGI-0048213"),
        )),
    Story("root-canal", MEDICAL, 103, 101, "18:45",
        "Root canal treatment of a lower molar and a ceramic crown.",
        (
            Sheet("smile-dental-invoice.pdf", DENTAL, "Invoice", (
                ("Root canal treatment, tooth 36", 5200), ("Ceramic crown", 4200))),
            _prescription("dental-prescription.pdf", "Cap. Amoxicillin 500 mg, three times a day for five days",
                "Tab. Ibuprofen 400 mg, when in pain"),
        ), (
            step(100, "10:15", ARJUN, "start_review"),
            step(99, "16:20", ARJUN, "reject",
                status_notes="Dental treatment is covered after an accident only (policy terms 4.7). The bill names none."),
            step(97, "09:30", ASHA, MESSAGE, body="I understand. I thought that all treatment was covered. Please close it."),
            step(96, "11:00", ARJUN, "complete"),
        )),
    Story("rear-bumper", VEHICLE, 97, 95, "20:10",
        "At the signal below the Andheri flyover an auto-rickshaw ran into the back of my car. Bumper and boot lid are dented.",
        (
            Photo("bumper.jpg", "bumper"),
            Sheet("western-motors-estimate.pdf", GARAGE, "Repair estimate", (
                ("Rear bumper, new", 9800), ("Boot lid, beating and painting", 8400), ("Labour", 4500))),
            Sheet("driving-licence.jpg", ("Union of India", "Maharashtra State Motor Driving Licence"), "MH02 20110048213",
                words=("Class of vehicle: LMV. Valid until 2031.",)),
        ), (
            step(94, "10:40", ARJUN, "start_review"),
            step(92, "17:05", ARJUN, "approve"),
            step(88, "12:10", ARJUN, "complete", payment_reference="NEFT-SGI-0049077"),
        )),
    Story("knee-sprain", MEDICAL, 91, 88, "21:30",
        "Slipped on the stairs of the railway station and twisted the right knee. MRI, a brace and physiotherapy.",
        (
            Sheet("mri-knee-bill.pdf", LAB, "Receipt", (("MRI of the right knee", 7500),)),
            Sheet("lakeside-physiotherapy.pdf", LAKESIDE, "Invoice", (
                ("Consultation, orthopaedics", 1200), ("Knee brace", 1600), ("Physiotherapy, 10 sessions", 4000))),
        ), (
            step(87, "09:50", ARJUN, TAKE),
            step(87, "09:55", ARJUN, "start_review"),
            step(85, "14:30", ARJUN, "approve", approved_amount="12300.00",
                status_notes="Five of the ten sessions of physiotherapy are covered (policy terms 3.2)."),
            step(81, "12:00", ARJUN, "complete", payment_reference="NEFT-SGI-0049612"),
        )),
    Story("appendix", MEDICAL, 78, 73, "16:00",
        "Emergency operation of an inflamed appendix at City Hospital. पेट में तेज़ दर्द था, रात में भर्ती किया गया।",
        (
            Sheet("city-hospital-bill-appendix.pdf", CITY, "Final bill", (
                ("Room rent, 3 days", 18000), ("Operation theatre", 16500), ("Surgeon and anaesthetist", 21000),
                ("Medicines and consumables", 11300), ("Laboratory and ultrasound", 5800))),
            Sheet("discharge-summary-appendix.pdf", CITY, "Discharge summary", words=(
                "Diagnosis: acute appendicitis. Laparoscopic appendicectomy under general anaesthesia, without complications.",
                NEW_PAGE, "Advice: light food, no lifting for four weeks, stitches out after eight days.")),
        ), (
            step(72, "10:30", ARJUN, TAKE),
            step(72, "10:35", ARJUN, "start_review"),
            step(70, "11:15", ARJUN, NOTE, body="A single room costs 6,000 a day; the policy covers 2,500. Rest of the bill is in order."),
            step(70, "11:20", ARJUN, "approve", approved_amount="62100.00",
                status_notes="Room rent is covered up to 2,500 a day (policy terms 2.4)."),
            step(66, "19:25", ASHA, "appeal",
                reason="I came at night as an emergency and no bed was free in the shared ward; the hospital has written so."),
            step(66, "19:40", ASHA, DOCUMENT, paper=Sheet("city-hospital-letter.pdf", CITY, "To whom it may concern", words=(
                "On the night of admission all beds of the shared wards were taken. The patient was given a single room "
                "because none else was free.", "Medical superintendent, City Hospital"))),
            step(63, "15:00", ADMIN, "approve", status_notes="The limit on room rent does not hold for emergencies without a choice."),
            step(60, "12:00", ARJUN, "complete", payment_reference="NEFT-SGI-0050390"),
        )),
    Story("windscreen", VEHICLE, 67, 66, "08:35",
        "A stone from a lorry on the Mumbai-Pune expressway cracked the windscreen.",
        (
            Photo("windscreen.jpg", "windscreen"),
            Sheet("autoglass-bill.pdf", GLASS, "Tax invoice", (("Windscreen, laminated", 8900), ("Rubber and sealant", 1300), ("Fitting", 1000))),
        ), (
            step(65, "10:10", ARJUN, "start_review"),
            step(64, "12:45", ARJUN, "approve", approved_amount="10550.00",
                status_notes="Rubber parts are paid at half their price, for wear (policy terms 5.1)."),
            step(60, "12:05", ARJUN, "complete", payment_reference="NEFT-SGI-0050391"),
        )),
    Story("skin-treatment", MEDICAL, 62, 60, "13:15",
        "Laser treatment of scars on the cheek at the skin department of Lakeside Clinic, three sittings.",
        (Sheet("lakeside-laser-invoice.pdf", LAKESIDE, "Invoice", (("Laser treatment, 3 sittings", 5400), ("Consultation", 800))),),
        (
            step(59, "10:00", ARJUN, "start_review"),
            step(58, "16:50", ARJUN, "reject", status_notes="Treatment for looks alone is not covered (policy terms 4.2)."),
            step(55, "20:05", ASHA, "appeal", reason="My doctor advised it: the scars itch and are not only a matter of looks."),
            step(52, "11:30", ADMIN, "reject",
                status_notes="The doctor's letter that we asked for speaks of no complaint. The decision stands."),
            step(47, "10:30", ADMIN, "complete"),
        )),
    Story("pharmacy-twice", MEDICAL, 48, 47, "09:05",
        "Medicines after the visit to Dr. Deshpande.",
        (Sheet("sanjeevani-bill.jpg", PHARMACY, "Cash memo", (("Antibiotics", 860), ("Inhaler", 940), ("Vitamins", 350))),),
        (
            step(47, "09:40", ASHA, MESSAGE, body="Sorry, my employer has paid this bill already. I take it back."),
            step(47, "09:42", ASHA, "withdraw"),
        )),
    Story("side-mirrors", VEHICLE, 43, 41, "10:55",
        "Both side mirrors were stolen at night in front of our house.",
        (
            Photo("mirror.jpg", "mirror"),
            Sheet("mirrors-estimate.pdf", GARAGE, "Repair estimate", (("Side mirrors, pair", 6400), ("Fitting and wiring", 1200))),
        ), (
            step(40, "10:20", ARJUN, TAKE),
            step(40, "10:25", ARJUN, "start_review"),
            step(36, "15:10", ARJUN, "reject", status_notes="A theft needs a police report; none was sent."),
            step(12, "18:20", ASHA, "appeal", reason="The police needed three weeks for the report. Here it is."),
            step(12, "18:24", ASHA, DOCUMENT, paper=Sheet("police-report.pdf", POLICE, "First information report", words=(
                "Theft of two side mirrors from a parked car during the night, reported on the next morning. Nobody was seen.",
                "Investigating officer: S. I. Pawar"))),
        )),
    Story("typhoid", MEDICAL, 37, 34, "11:40",
        "तेज़ बुखार (typhoid): ten days of fever, treated at Lakeside Clinic as a day patient with drips.",
        (
            Sheet("lakeside-day-care-bill.pdf", LAKESIDE, "Day care bill", (
                ("Day bed, 4 days", 3200), ("Injections and drips", 5180), ("Blood culture and tests", 2900), ("Consultation", 1200))),
            _prescription("prescription-typhoid.pdf", "Inj. Ceftriaxone 2 g daily for seven days", "Soft food, boiled water"),
        ), (
            step(33, "10:05", ARJUN, "start_review"),
            step(33, "10:30", ARJUN, VERIFICATION, file="lakeside-day-care-bill.pdf", verification="verified"),
            step(31, "16:15", ARJUN, "approve"),
        )),
    Story("back-mri", MEDICAL, 29, 26, "22:15",
        "MRI of the lower back and pain medicine after weeks of sciatica.",
        (
            Sheet("mri-spine-bill.pdf", LAB, "Receipt", (("MRI of the lumbar spine", 6900),)),
            Sheet("pharmacy-back.png", PHARMACY, "Cash memo", (("Pregabalin 75 mg, 30", 1150), ("Heat patches", 850))),
        ), (
            step(25, "09:45", ARJUN, "start_review"),
            step(10, "17:30", ARJUN, "approve", approved_amount="8050.00", status_notes="Heat patches need no prescription and are not covered."),
        )),
    Story("flooded-car", VEHICLE, 23, 22, "14:05",
        "जलभराव: the car stood in knee-deep water on Milan subway and the engine would not start. It was towed to the garage.",
        (
            Photo("flooded-street.jpg", "flooded-street"),
            Sheet("engine-estimate.pdf", GARAGE, "Repair estimate", (
                ("Engine flushing, oil and filters", 11200), ("Starter motor and sensors", 16800), ("Upholstery cleaning", 6500), ("Towing", 4000))),
        ), (
            step(21, "10:50", ARJUN, TAKE),
            step(21, "10:55", ARJUN, "start_review"),
            step(20, "12:20", ARJUN, MESSAGE, body="Was the engine started again while it stood in the water? The garage's report should say so."),
            step(19, "08:10", ASHA, MESSAGE, body="No. I switched it off at once and called the tow truck. I have asked the garage to write it down."),
            step(18, "16:00", ARJUN, NOTE, body="Waiting for the garage. If there is no sign of water in the cylinders this can be paid in full."),
        )),
    Story("asthma", MEDICAL, 21, 19, "07:50",
        "Severe asthma attack at night; nebuliser and oxygen in the emergency room of City Hospital.",
        (Sheet("city-hospital-emergency-bill.pdf", CITY, "Emergency bill", (
            ("Emergency room, 6 hours", 4500), ("Nebuliser and oxygen", 3850), ("Medicines", 2900), ("Tests and X-ray", 4500))),),
        (
            step(18, "10:10", ARJUN, "start_review"),
            step(6, "15:35", ARJUN, "reject", status_notes="We asked twice for the doctor's note of that night; without it we cannot see what was treated."),
        )),
    Story("gall-bladder", MEDICAL, 20, 16, "17:20",
        "Keyhole operation of gall bladder stones, two nights in City Hospital.",
        (
            Sheet("city-hospital-bill-gall-bladder.pdf", CITY, "Final bill", (
                ("Room rent, 2 days", 9000), ("Operation theatre", 12300), ("Surgeon and anaesthetist", 14000), ("Medicines and consumables", 6000))),
            Sheet("ultrasound.png", LAB, "Ultrasound of the abdomen", words=(
                "Gall bladder with several stones, the largest of 11 mm. Wall not thickened. Common bile duct normal.",)),
        ), (
            step(15, "10:30", ARJUN, TAKE),
            step(15, "10:31", ARJUN, "start_review"),
            step(8, "14:45", ARJUN, "approve", approved_amount="33300.00", status_notes="Consumables are not covered without a list, and room rent up to 2,500 a day."),
            step(3, "21:10", ASHA, "appeal", reason="The hospital has now given me the list of consumables. Please look again."),
            step(3, "21:14", ASHA, DOCUMENT, paper=Sheet("consumables.pdf", CITY, "List of consumables", words=(
                "Trocars, clips, sutures, dressings: INR 4,100. Infusions: INR 1,900.",))),
        )),
    Story("scratched-door", VEHICLE, 12, 11, "19:35",
        "Somebody scratched the driver's door in the parking of a mall.",
        (
            Photo("door.jpg", "bumper"),
            Sheet("door-estimate.pdf", GARAGE, "Repair estimate", (("Painting of one door", 5200), ("Polishing", 1700))),
        ), (
            step(10, "10:35", ARJUN, "start_review"),
            step(9, "20:00", ASHA, "withdraw"),
        )),
    Story("ankle", MEDICAL, 9, 8, "12:30",
        "Fracture of the right ankle: fell from a ladder at home. Plaster cast, X-rays and crutches.",
        (
            Sheet("lakeside-ankle-bill.pdf", LAKESIDE, "Invoice", (
                ("Emergency consultation", 1500), ("X-rays, 3 views", 2400), ("Plaster cast", 6800), ("Crutches", 2200), ("Medicines", 1500))),
            Photo("x-ray.jpg", "x-ray"),
            _prescription("prescription-photo.jpg", "Tab. Aceclofenac 100 mg, twice a day", "No weight on the foot for six weeks"),
        ), (
            step(7, "09:40", ARJUN, TAKE),
            step(7, "09:44", ARJUN, "start_review"),
            step(7, "10:02", ARJUN, VERIFICATION, file="lakeside-ankle-bill.pdf", verification="verified"),
            step(7, "10:05", ARJUN, VERIFICATION, file="prescription-photo.jpg", verification="rejected",
                reason="The stamp and signature of the doctor are cut off; please send the whole page."),
            step(7, "10:06", ARJUN, MESSAGE, body="Thank you for the papers. Please send the prescription once more, with the stamp at its end."),
            step(6, "18:55", ASHA, DOCUMENT, file="prescription-photo.jpg", paper=_prescription("prescription-ankle.pdf",
                "Tab. Aceclofenac 100 mg, twice a day", "No weight on the foot for six weeks",
                "Signed and stamped: Dr. Kavita Deshpande, Reg. No. 48213")),
            step(6, "18:57", ASHA, MESSAGE, body="नमस्ते, here it is as a PDF, the whole page. Is it all right now?"),
        )),
    Story("headlamp", VEHICLE, 6, 5, "21:50",
        "A cow stepped on to the road near Karjat; I braked, but the left headlamp and the grille broke.",
        (
            Photo("headlamp.jpg", "headlamp"),
            Sheet("headlamp-estimate.pdf", GARAGE, "Repair estimate", (("Headlamp, left", 8900), ("Grille", 2700), ("Labour", 1800))),
        )),
    Story("fever-tests", MEDICAL, 4, 3, "08:15",
        "Blood tests and medicines for a viral fever (वायरल बुखार).",
        (
            Sheet("prism-tests.pdf", LAB, "Receipt", (("Complete blood count", 450), ("Dengue and malaria tests", 1890), ("Home collection", 150))),
            Sheet("sanjeevani-fever.png", PHARMACY, "Cash memo", (("Paracetamol and ORS", 310), ("Antiviral", 840))),
        )),
    Story("physiotherapy", MEDICAL, 2, 1, "09:20",
        "First six sessions of physiotherapy for the shoulder, advised by Dr. Deshpande.",
        (
            Sheet("physiotherapy-bill.pdf", LAKESIDE, "Invoice", (("Physiotherapy, 6 sessions", 5400),)),
            _prescription("physiotherapy-advice.pdf", "Frozen shoulder, right. Physiotherapy, twelve sessions"),
        )),
)
# fmt: on
