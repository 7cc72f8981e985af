"""What teachers do to the direction of a student (Geng et al.; Geng, Hansen, Li; Medvedev et al.)."""
