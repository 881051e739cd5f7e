"""What the visibility test holds a database against: the specification in SQL, and the rules as they were shipped."""
