"""The pages of the drug book."""

from upwell.pathway.pharmacy.views.book import drug_book, drug_book_csv, drug_book_register
from upwell.pathway.pharmacy.views.entering import drug_book_enter
from upwell.pathway.pharmacy.views.entry import drug_book_entry, drug_book_witness
from upwell.pathway.pharmacy.views.supply import session_supply

__all__ = [
    "drug_book",
    "drug_book_csv",
    "drug_book_enter",
    "drug_book_entry",
    "drug_book_register",
    "drug_book_witness",
    "session_supply",
]
