"""Registration: the practice's list of patients, adding and changing them, joining double charts."""
