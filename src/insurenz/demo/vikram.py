"""Claims of Vikram Singh: his house and what is in it."""

from insurenz.demo.claims import ARJUN, DOCUMENT, MESSAGE, NOTE, TAKE, VERIFICATION, VIKRAM, Story, step
from insurenz.demo.papers import NEW_PAGE, Photo, Sheet
from insurenz.demo.people import ADMIN

HOME = "POL-DEMO-0004"

BUILDER = ("Chawla Construction", "C-12, Model Town, Jaipur 302017")
PLUMBER = ("Rajputana Plumbing Works", "Gopalpura Bypass, Jaipur 302018")
SHOP = ("Pink City Electronics", "MI Road, Jaipur 302001")
SOLAR = ("Suryodaya Solar", "Sitapura Industrial Area, Jaipur 302022")
FIRE = ("Jaipur Fire Service", "Bani Park Fire Station, Jaipur 302016")
POLICE = ("Malviya Nagar Police Station", "Jaipur 302017")
CARPENTER = ("Vishwakarma Furniture", "Mansarovar, Jaipur 302020")

# fmt: off
STORIES = (
    Story("kitchen-fire", HOME, 112, 110, "17:35",
        "A fire broke out behind the fridge and burnt kitchen cupboards, chimney and wiring. The fire service put it out.",
        (
            Photo("kitchen.jpg", "kitchen"),
            Sheet("chawla-estimate-kitchen.pdf", BUILDER, "Estimate", (
                ("Cupboards and worktop", 74000), ("Rewiring of the kitchen", 21500), ("Plaster and painting", 18500), ("Chimney", 28000))),
            Sheet("fire-report.pdf", FIRE, "Report of a fire", words=(
                "Call received at 14:12, on the spot at 14:25, fire out at 14:50. Nobody was hurt.",
                "Cause: short circuit in the wall socket behind the refrigerator.", NEW_PAGE,
                "Damage: kitchen of about 11 square metres; smoke in the dining room. No sign of intent.",
                "Station officer, Bani Park")),
        ), (
            step(109, "10:25", ARJUN, TAKE),
            step(109, "10:30", ARJUN, "start_review"),
            step(108, "12:10", ARJUN, VERIFICATION, file="fire-report.pdf", verification="verified"),
            step(105, "16:40", ARJUN, "approve", approved_amount="124000.00",
                status_notes="Painting of rooms that the fire did not reach is left out (18,000)."),
            step(100, "12:00", ARJUN, "complete", payment_reference="NEFT-SGI-0048790"),
        )),
    Story("burst-pipe", HOME, 80, 79, "09:30",
        "The water pipe in the upper bathroom burst; the ceiling of the living room came down in part.",
        (
            Photo("ceiling.jpg", "ceiling"),
            Sheet("plumber-bill.pdf", PLUMBER, "Bill", (("Pipe and joints", 5800), ("Labour", 4200))),
            Sheet("chawla-estimate-ceiling.pdf", BUILDER, "Estimate", (("False ceiling, living room", 19800), ("Painting", 7000))),
        ), (
            step(78, "11:20", ARJUN, "start_review"),
            step(76, "15:30", ARJUN, "approve"),
            step(72, "12:00", ARJUN, "complete", payment_reference="NEFT-SGI-0049960"),
        )),
    Story("burglary", HOME, 54, 52, "20:40",
        "Burglary while we were at a wedding in Udaipur: laptop, camera and a gold chain are gone.",
        (
            Photo("lock.jpg", "broken-lock"),
            Sheet("purchase-bills.pdf", SHOP, "Tax invoice (copy)", (("Laptop", 46400), ("Camera", 24000))),
            Sheet("gold-chain.png", ("Johari Jewellers", "Johari Bazaar, Jaipur 302003"), "Cash memo", (("Gold chain, 3 g", 18000),)),
        ), (
            step(51, "10:15", ARJUN, "start_review"),
            step(46, "14:20", ARJUN, "reject", status_notes="The photo does not show that the door was forced, and a police report is missing."),
            step(40, "18:45", VIKRAM, "appeal", reason="The police report has come; it names the broken lock."),
            step(40, "18:50", VIKRAM, DOCUMENT, paper=Sheet("police-report-burglary.pdf", POLICE, "First information report", words=(
                "House breaking by night. The lock of the rear door was found forced with a tool.",
                "Stolen: one laptop, one camera, one gold chain."))),
            step(35, "11:10", ADMIN, VERIFICATION, file="police-report-burglary.pdf", verification="verified"),
            step(35, "11:15", ADMIN, "approve", status_notes="With the police report all that was asked for is there."),
        )),
    Story("lightning", HOME, 38, 37, "08:20",
        "Lightning struck near the house (बिजली गिरी) and destroyed the television and the fridge.",
        (
            Photo("television.jpg", "television"),
            Sheet("pink-city-report.pdf", SHOP, "Estimate", (("Television, 55 inches, not repairable", 28900), ("Fridge, new compressor", 13000))),
        ), (
            step(36, "10:45", ARJUN, "start_review"),
            step(34, "16:30", ARJUN, "approve"),
        )),
    Story("compound-wall", HOME, 30, 24, "12:55",
        "The compound wall has cracked along its whole length.",
        (
            Photo("wall.jpg", "wall"),
            Sheet("chawla-estimate-wall.pdf", BUILDER, "Estimate", (("Rebuilding of 9 metres", 27300),)),
        ), (
            step(15, "10:20", ARJUN, NOTE, body="Moss in the cracks and no event that could have caused it: wear of many years."),
            step(15, "10:25", ARJUN, "reject", status_notes="Wear over years is not covered; the policy needs a sudden event (terms 1.3)."),
        )),
    Story("solar-panels", HOME, 15, 14, "18:05",
        "आँधी: a storm tore four solar panels off the roof; two of them fell on the tiles.",
        (
            Photo("roof.jpg", "roof"),
            Sheet("suryodaya-quotation.pdf", SOLAR, "Quotation", (("Solar panels, 4 of 540 W", 62000), ("Mounting frame", 17500), ("Roof tiles and labour", 16500))),
        ), (
            step(13, "10:00", ARJUN, TAKE),
            step(13, "10:05", ARJUN, "start_review"),
            step(12, "11:45", ARJUN, MESSAGE, body="Please send the bill by which the panels were bought, so that we can see their age."),
            step(10, "20:20", VIKRAM, MESSAGE, body="They were part of the house when I bought it in 2023. The sale deed lists them; I will send a copy."),
        )),
    Story("window-panes", HOME, 7, 6, "16:25",
        "Children playing cricket broke two panes of the front window.",
        (
            Photo("window.jpg", "window"),
            Sheet("glass-bill.pdf", CARPENTER, "Bill", (("Window panes, 2 of 6 mm", 6250), ("Fitting", 2500))),
        )),
    Story("termites", HOME, 5, 2, "10:45",
        "Termites (दीमक) have eaten the frame of the store room door and a cupboard.",
        (
            Photo("woodwork.jpg", "woodwork"),
            Sheet("furniture-estimate.pdf", CARPENTER, "Estimate", (("Door frame, sal wood", 8200), ("Cupboard", 11000))),
        )),
)
# fmt: on
