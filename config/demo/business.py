"""What invented proposals say: why, what each gains, skills, cover, costs."""

WHYS = [
    "Recruiting would take longer than the work itself, and what is learnt would leave with a contractor.",
    "The work needs somebody who knows both sides, and ends when the plan stands.",
    "A course would teach the method; only doing it teaches when to leave it.",
]
GAINS = {
    "seconder": [
        "Somebody comes back who has built what we are about to build.",
        "A closer working relation with an organisation that we depend on.",
    ],
    "secondee": [
        "A first time of leading a team, with somebody to ask.",
        "To see another way of working from inside, and a step towards a senior role.",
    ],
    "host": [
        "Experience that it could not hire for a few months.",
        "A pair of fresh eyes, and help through a busy season.",
    ],
}
SKILLS = [
    ("Leading a team", 2, 4),
    ("Planning with several sites", 2, 3),
    ("Presenting to a board", 1, 3),
    ("The language of the host", 1, 2),
    ("Public procurement", 2, 4),
    ("Statistics for forecasts", 3, 4),
]
COVERS = [
    ("acting_up", "A colleague of the team, with a supplement"),
    ("temporary", "A temporary employee, from the pool"),
    ("split", "Three colleagues of the team"),
    ("vacant", ""),
]
COSTS = [
    ("travel", "Train or flight home", "140", "month", "host"),
    ("allowance", "Living away from home", "450", "month", "agreed"),
    ("training", "Language course", "600", "once", "seconder"),
    ("cover", "Supplement for acting up", "300", "month", "seconder"),
]
# What only people know about the terms, by clause and parameter.
ANSWERS = {
    ("cost_recharge", "purchase_order"): "none needed",
    ("vat_treatment", "treatment"): "outside the scope of VAT and GST",
    ("vat_treatment", "reason"): "staff costs are passed on at cost, without a margin",
    ("vat_treatment", "decided_by"): "the tax adviser of the Seconder",
    ("insurance_indemnity", "seconder_limit"): "5,000,000 in the currency of the Seconder",
    ("insurance_indemnity", "host_limit"): "5,000,000 in the currency of the Host",
    ("immigration_rtw", "permit"): "no permit is needed",
    ("tax_social_security", "certificate"): "a certificate of the home system, issued in the Seconder’s country",
    ("posted_worker_local_law", "liaison_person"): "the Contact at the Host",
}
