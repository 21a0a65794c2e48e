"""Work-up: what has to be done before the first dose, by whom it was, and who left it out and why.

Other steps may ask ``upwell.pathway.workup.standing.workup_facts`` what it says to the gates.
"""
