"""Contraindications and interactions as records name them: by code, by name, in other spellings, as brands.

What a list does not recognise would be a false "none". Each line is one that a clinician would expect to be seen.
Sources: clinical reference 3.1 and 3.2; names as SNOMED CT, ICD-10-CM, RxNorm and Synthea print them.
"""

from __future__ import annotations

import pytest

from tests.spec.facts import ask, severities
from tests.spec.test_interactions import taking
from tests.spec.test_screening import ASKED, condition, screened

CONDITIONS = {
    "eligibility.aneurysm-avm": [
        "Abdominal aortic aneurysm without rupture (disorder)",
        "Aneurysm of thoracic aorta",
        "Cerebral aneurysm, nonruptured",
        "Multiple intracranial aneurysms",
        "Berry aneurysm",
        "Popliteal artery aneurysm",
        "Cerebral arteriovenous malformation (disorder)",
        "Pulmonary arteriovenous malformations",
        "AVM of brain",
        "History of repair of aneurysm of abdominal aorta (situation)",
    ],
    "eligibility.intracerebral-haemorrhage": [
        "Cerebral hemorrhage (disorder)",
        "Intracerebral haemorrhage",
        "Subarachnoid hemorrhage (disorder)",
        "Hemorrhagic stroke",
        "Hemorrhagic cerebrovascular accident (disorder)",
        "Intraventricular hemorrhage",
        "Brain bleed 2011",
        "Intracranial hematoma",
        "History of intracerebral hemorrhage",
    ],
    "eligibility.bp-hazard": [
        "Dissection of aorta (disorder)",
        "Hypertensive emergency",
        "Pheochromocytoma (disorder)",
        "Preeclampsia",
        "Pre-eclampsia (disorder)",
        "Antepartum eclampsia",
        "Malignant hypertension",
    ],
    "eligibility.hepatic.severe": [
        "Hepatic failure",
        "End stage liver disease",
        "Cirrhosis of liver, Child-Pugh C",
        "Hepatic encephalopathy",
        "Hepatorenal syndrome",
    ],
    "eligibility.pregnancy": [
        "Normal pregnancy",
        "High risk pregnancy",
        "Pregnant",
        "Gestational diabetes mellitus",
    ],
    "eligibility.breastfeeding": ["Breastfeeding (mother)", "Lactating mother"],
    "eligibility.psychosis": [
        "Schizophrenia (disorder)",
        "Schizoaffective disorder, bipolar type",
        "Schizophreniform disorder",
        "Severe recurrent major depression with psychotic features (disorder)",
        "Brief psychotic disorder",
        "Delusional disorder",
        "Acute psychosis",
    ],
    "eligibility.mania": [
        "Manic episode",
        "Bipolar disorder, current episode hypomanic",
        "Hypomania",
        "Mixed episode",
    ],
    "eligibility.bipolar": [
        "Bipolar disorder",
        "Bipolar affective disorder",
        "Bipolar I disorder",
        "Manic depression",
    ],
    "eligibility.unstable-angina": ["Unstable angina", "Preinfarction syndrome (disorder)"],
    "eligibility.heart-failure.decompensated": [
        "Acute on chronic systolic heart failure",
        "Decompensated cardiac failure",
        "Acute congestive heart failure",
    ],
    "eligibility.valve-disease.severe": ["Severe aortic stenosis", "Severe mitral valve regurgitation"],
    "eligibility.arrhythmia.dangerous": ["Ventricular tachycardia", "Torsades de pointes"],
    "eligibility.arrhythmia": [
        "Atrial fibrillation",
        "Paroxysmal atrial fibrillation",
        "Cardiac dysrhythmia",
        "Long QT syndrome",
        "Complete atrioventricular block",
    ],
    "eligibility.ischaemic-heart-disease": [
        "Coronary arteriosclerosis",
        "CAD - Coronary artery disease",
        "Angina pectoris",
        "History of myocardial infarction (situation)",
        "History of coronary artery bypass grafting (situation)",
        "Percutaneous coronary intervention",
    ],
    "eligibility.raised-icp": [
        "Idiopathic intracranial hypertension",
        "Pseudotumor cerebri",
        "Cerebral edema",
    ],
    "eligibility.raised-iop": ["Primary open angle glaucoma", "Ocular hypertension"],
    "eligibility.hyperthyroidism": ["Graves' disease", "Thyrotoxicosis", "Toxic multinodular goiter"],
    "eligibility.pulmonary": [
        "COPD",
        "Chronic obstructive bronchitis (disorder)",
        "Pulmonary emphysema",
        "Pulmonary fibrosis",
    ],
    "eligibility.sleep-apnoea": ["Obstructive sleep apnea syndrome", "Sleep apnea", "OSA on CPAP"],
    "eligibility.substance-use.ketamine": ["Ketamine abuse", "Ketamine dependence", "Misuses ketamine"],
    "eligibility.substance-use": [
        "Alcoholism",
        "Alcohol use disorder, severe",
        "Opioid use disorder",
        "Dependent drug abuse (disorder)",
        "Methamphetamine use disorder",
        "Heroin dependence",
        "Polysubstance abuse",
        "Cocaine use disorder",
    ],
    "eligibility.cystitis": [
        "Interstitial cystitis",
        "Hunner's ulcer of bladder ulcerative cystitis",
        "Bladder pain syndrome",
    ],
    "eligibility.dementia-delirium": [
        "Alzheimer's disease",
        "Vascular dementia",
        "Delirium",
        "Acute confusional state",
    ],
    "eligibility.porphyria": ["Acute intermittent porphyria"],
    "eligibility.seizures": [
        "Epilepsy",
        "Seizure disorder",
        "History of single seizure (situation)",
        "Status epilepticus",
    ],
    "eligibility.hypersensitivity": [
        "Allergy to ketamine",
        "Anaphylaxis due to ketamine",
        "Hypersensitivity to esketamine",
    ],
}


@pytest.mark.parametrize(
    ("rule", "name"), [(rule, name) for rule, names in CONDITIONS.items() for name in names]
)
def test_a_condition_is_recognised_by_its_name(rule: str, name: str) -> None:
    assert rule in severities(screened({"system": "local", "display": name}, "racemic-ketamine"))


CODES = [
    # ICD-10 code, rule
    ("I25.41", "eligibility.aneurysm-avm"),
    ("Q25.72", "eligibility.aneurysm-avm"),
    ("I69.10", "eligibility.intracerebral-haemorrhage"),
    ("I60.9", "eligibility.intracerebral-haemorrhage"),
    ("S06.340A", "eligibility.intracerebral-haemorrhage"),
    ("K70.41", "eligibility.hepatic.severe"),
    ("I85.00", "eligibility.hepatic.stage"),
    ("O99.345", "eligibility.pregnancy"),
    ("F31.5", "eligibility.psychosis"),
    ("F15.950", "eligibility.psychosis"),
    ("F31.64", "eligibility.psychosis"),
    ("I50.813", "eligibility.heart-failure.decompensated"),
    ("I13.0", "eligibility.heart-failure"),
    ("Z95.2", "eligibility.valve-disease"),
    ("I45.81", "eligibility.arrhythmia"),
    ("G47.30", "eligibility.sleep-apnoea"),
    ("J84.10", "eligibility.pulmonary"),
    ("G41.0", "eligibility.seizures"),
    ("G31.83", "eligibility.dementia-delirium"),
]


@pytest.mark.parametrize(("code", "rule"), CODES)
@pytest.mark.parametrize(
    "system", ["icd10", "http://hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.90"]
)
def test_a_condition_is_recognised_by_its_code_alone(code: str, rule: str, system: str) -> None:
    assert rule in severities(screened(condition(code, system=system), "racemic-ketamine"))


@pytest.mark.parametrize(
    ("code", "after"), [("G45.9", True), ("G45.4", False), ("I63.9", True), ("I46.9", True), ("I26.99", True)]
)
def test_an_event_of_last_month(code: str, after: bool) -> None:
    found = severities(screened(condition(code, onset="2026-02-15"), "racemic-ketamine"))
    assert (found.get("eligibility.cardiovascular-event") == "absolute") is after


NOT = [
    # what says something else, and a rule that must not take it for its own
    ("Severe depression without psychotic features", "eligibility.psychosis"),
    ("Family history of aneurysm", "eligibility.aneurysm-avm"),
    ("No history of stroke", "eligibility.cardiovascular-event"),
    ("Not pregnant", "eligibility.pregnancy"),
    ("Pregnancy test negative", "eligibility.pregnancy"),
    ("History of pregnancy", "eligibility.pregnancy"),
    ("Bipolar II disorder", "eligibility.bipolar"),
    ("Retinal microaneurysm", "eligibility.aneurysm-avm"),
    ("Nicotine dependence", "eligibility.substance-use"),
    ("Respiratory depression", "eligibility.psychosis"),
    ("Pulmonary hypertension", "eligibility.hypertension.on-record"),
]


@pytest.mark.parametrize(("name", "rule"), NOT)
def test_what_says_something_else_is_not_taken_for_it(name: str, rule: str) -> None:
    assert rule not in severities(screened({"system": "local", "display": name}, "racemic-ketamine"))


@pytest.mark.parametrize(
    ("name", "suspected"),
    [
        ("Suspected cerebral aneurysm", True),
        ("Possible intracranial hemorrhage", True),
        ("Suspected COVID-19", False),
    ],
)
def test_what_is_suspected_is_asked_about(name: str, suspected: bool) -> None:
    found = severities(screened({"system": "local", "display": name}))
    assert (found.get("screen.suspected") == "unknown") is suspected
    assert "absolute" not in found.values()


def test_a_code_without_a_name_that_no_list_has_is_asked_about() -> None:
    result = ask("screen", ASKED | {"medicines": [{"system": "rxnorm", "code": "197591", "active": True}]})
    assert severities(result)["screen.unreadable"] == "unknown"
    assert result["outcome"] == "needs-decision"
    known = ask("screen", ASKED | {"medicines": [{"system": "rxnorm", "code": "6470", "active": True}]})
    assert "screen.unreadable" not in severities(known)


MEDICINES = {
    "interactions.benzodiazepines": [
        "Diazepam 5 MG Oral Tablet",
        "Xanax",
        "Rivotril 0.5 mg",
        "Ambien",
        "zopiclone 7.5 mg",
        "flunitrazepam",
        "etizolam",
    ],
    "interactions.lamotrigine": ["Lamictal 100 mg"],
    "interactions.maoi": [
        "Nardil",
        "selegiline 6 MG/24HR transdermal (Emsam)",
        "Aurorix 150",
        "rasagiline 1 MG Oral Tablet",
        "methylene blue injection",
        "linezolid 600 MG Oral Tablet",
    ],
    "interactions.stimulants": [
        "Concerta 36 MG",
        "Vyvanse",
        "Adderall XR",
        "lisdexamphetamine",
        "modafinil 200 MG Oral Tablet",
    ],
    "interactions.opioids": [
        "Acetaminophen 325 MG / Hydrocodone Bitartrate 5 MG Oral Tablet",
        "Percocet",
        "Suboxone film",
        "Meperidine Hydrochloride 50 MG Oral Tablet",
        "tilidine",
        "fentanyl 25 MCG/HR patch",
    ],
    "interactions.cns-depressants": [
        "phenobarbital 30 MG",
        "carisoprodol 350 MG Oral Tablet",
        "baclofen 10 MG",
        "suvorexant",
    ],
    "interactions.naltrexone": ["naltrexone 50 MG Oral Tablet", "Vivitrol"],
    "interactions.theophylline": ["12 HR Theophylline 300 MG", "aminophylline"],
    "interactions.sympathomimetics": [
        "albuterol 0.83 MG/ML Inhalation Solution",
        "salbutamol inhaler",
        "NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector",
        "midodrine 5 MG",
        "terlipressin",
    ],
    "interactions.nasal-products": [
        "Fluticasone propionate 0.05 MG/ACTUAT Metered Dose Nasal Spray",
        "mometasone furoate nasal spray",
        "budesonide 0.032 MG/ACTUAT Metered Dose Nasal Spray",
        "Flonase",
        "Afrin",
    ],
    "interactions.ketamine-already": ["esketamine 28 MG nasal spray", "Spravato", "ketamine troche 100 mg"],
    "interactions.little-data.glp1": ["Ozempic", "tirzepatide"],
    "interactions.antipsychotics": ["quetiapine 25 MG", "paliperidone", "Amisulpride 200 mg"],
}


@pytest.mark.parametrize(
    ("rule", "name"), [(rule, name) for rule, names in MEDICINES.items() for name in names]
)
def test_a_medicine_is_recognised(rule: str, name: str) -> None:
    assert rule in severities(taking(name))


@pytest.mark.parametrize("name", ["budesonide 0.25 MG/ML Inhalation Suspension", "fluticasone cream"])
def test_what_is_inhaled_or_put_on_skin_is_no_nasal_product(name: str) -> None:
    assert "interactions.nasal-products" not in severities(taking(name))


ORAL = {
    "interactions.cyp3a4.oral": ["clarithromycin 500 MG", "ketoconazole 200 MG", "Paxlovid", "Kaletra"],
    "interactions.cyp2b6.oral": ["Plavix 75 mg", "ticlopidine"],
    "interactions.inducers.oral": [
        "rifampicin",
        "Tegretol",
        "phenytoin sodium 100 MG",
        "St John's Wort",
        "phenobarbital",
    ],
}


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, names in ORAL.items() for name in names])
def test_by_mouth_exposure_changes(rule: str, name: str) -> None:
    assert severities(taking(name, "oral"))[rule] == "caution"
