"""The pages of the drug book."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.pharmacy import views

urlpatterns = [
    path("drug-book/", views.drug_book, name="drug_book"),
    path("drug-book/register/", views.drug_book_register, name="drug_book_register"),
    path("drug-book/register.csv", views.drug_book_csv, name="drug_book_csv"),
    path("drug-book/enter/<slug:what>/", views.drug_book_enter, name="drug_book_enter"),
    path("drug-book/entries/<uuid:entry_id>/", views.drug_book_entry, name="drug_book_entry"),
    path("drug-book/witness/<uuid:entry_id>/", views.drug_book_witness, name="drug_book_witness"),
    path("sessions/<uuid:session_id>/supply/", views.session_supply, name="session_supply"),
]
