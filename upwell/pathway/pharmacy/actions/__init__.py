"""What can be entered in the drug book."""
