"""What lives on the platform during a drill: feature groups, users, project objects, a writer; and what changes after the backup."""
