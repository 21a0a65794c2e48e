"""Which modules are mutated, and which tests have to notice. No database in any of them."""

from __future__ import annotations

from dataclasses import dataclass

SPEC, UNIT = "tests/spec", "tests/unit"


@dataclass(frozen=True)
class Group:
    """Modules, and the tests that are about them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def only(self, part: str) -> Group:
        """The same tests against those modules alone whose path has this in it."""
        return Group(tuple(one for one in self.modules if part in one), self.tests)


def _of(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}.py" for name in names)


RULES, SCORING = "upwell/science/rules", "upwell/science/scoring"
SESSION, MEASURES = "upwell/science/session", "upwell/science/measures"
STEPS = ("calendar", "consent", "course", "pharmacy", "preparation", "safety", "screening", "workup")

GROUPS = {
    "gates": Group(
        (
            *_of(RULES, "truth", "fitting", "gate", "engine", "overrides", "case", "matching", "implausible", "stay"),
            *_of(RULES, "judge", "judged"),  # these say why; what holds is told by the first
        ),
        (
            *_of(SPEC, "test_gates_predose", "test_gates_discharge", "test_gates_maintenance", "test_gates_session"),
            *_of(SPEC, "test_interactions", "test_screening", "test_recognised"),
            *_of(f"{UNIT}/science", "test_rules_overrides", "test_rules_reading", "test_rules_truth", "test_fitting"),
        ),
    ),
    "screening": Group(
        _of(RULES, "suicide", "trials", "staging", "screen"),
        (
            *_of(SPEC, "test_staging", "test_suicide_triage", "test_screening", "test_recognised"),
            *_of(f"{UNIT}/science", "test_rules_reading", "test_fitting"),
        ),
    ),
    "scoring": Group(
        _of(SCORING, "answers", "change", "compiled", "conditions", "engine", "imputation", "operations", "values"),
        (
            *_of(SPEC, "test_phq9", "test_gad7", "test_qids_sr16", "test_dast10", "test_mdq", "test_pcl5"),
            *_of(SPEC, "test_meq30", "test_wsas", "test_sds", "test_who5", "test_asq", "test_change"),
            *_of(SPEC, "test_c_ssrs_screener_recent", "test_audit_c", "test_shaps", "test_modified_aldrete"),
            *_of(f"{UNIT}/science", "test_operations", "test_all_instruments", "test_answers_refused"),
            *_of(f"{UNIT}/platform", "test_cli_score"),
        ),
    ),
    "measures": Group(
        _of(MEASURES, "dosing", "plan", "relapse", "relief"),
        (
            *_of(SPEC, "test_relapse", "test_relief", "test_schedule", "test_next_dose", "test_orders"),
            *_of(f"{UNIT}/science/measures", "test_plan"),
        ),
    ),
    "session": Group(
        _of(SESSION, "due", "going", "intents", "machine", "orders", "staffing", "watch", "watched"),
        (
            *_of(SPEC, "test_session_replay", "test_adverse_events", "test_orders", "test_staffing"),
            *_of(SPEC, "test_session_intents"),
            *_of(f"{UNIT}/science/session", "test_against_the_gates", "test_corrections", "test_going"),
        ),
    ),
    "pathway": Group(
        (*(f"upwell/pathway/{step}/rules.py" for step in STEPS), "upwell/record/rules.py"),
        (
            *_of(SPEC, "test_may_start_course", "test_workup", "test_screening_decision", "test_suicide_triage"),
            *_of(SPEC, "test_drug_book_clocks", "test_integration_window"),
            *_of(f"{UNIT}/pathway", "test_consent_states", "test_course_states", "test_drug_book_rules"),
            *_of(f"{UNIT}/pathway", "test_safety_rules", "test_scores", "test_booking_rules"),
            *_of(f"{UNIT}/pathway", "test_intention_rules"),
        ),
    ),
}  # fmt: skip
