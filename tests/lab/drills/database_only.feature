Feature: A small drill: the platform with all stores, the database's data alone

  Rule: What is wrong is named with its store, and nothing half-made passes for whole

    @destructive
    Scenario: The database is restored in place from its weekly backup
      Given a platform with backups enabled on schedule "@weekly"
      And feature groups with 10000 rows across 7 tables, users and grants, and project secrets
      And a writer that commits numbered rows until the disaster
      And the weekly backup of every installed store has been taken
      And rows, users and secrets were changed, added and deleted after the backup
      When the platform is restored in place from that backup with forceDataClear
      Then the data matches the snapshot row by row
      And the recovery time and the recovery point are within the plan's objectives
