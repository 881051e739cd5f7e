"""What the visibility test compares a database with: the specification in SQL, and the rules as shipped."""
