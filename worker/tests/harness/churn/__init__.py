"""A seeded trial of clients that come and go while weddings and rights change, and the judge of what they received."""
