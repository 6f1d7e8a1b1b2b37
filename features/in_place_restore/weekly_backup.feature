@HDR-01 @HDR-04 @HDR-34 @HDR-35
Feature: A platform is restored in place from its weekly backup

  Rule: An in-place restore brings back what the backup holds, and loses exactly what was written after it

    @destructive
    Scenario: A weekly backup is restored in place
      Given a platform with backups enabled on schedule "@weekly"
      And feature groups with 10000 rows across 7 tables, users and grants, and project secrets
      And a writer that commits numbered rows until the disaster
      And the weekly backup of every installed store has been taken
      And rows, users and secrets were changed, added and deleted after the backup
      When the platform is restored in place from that backup with forceDataClear
      Then the data matches the snapshot row by row
      And exactly the writes made after the recovery point are lost
      And the restored secrets and configmaps equal the backed-up ones
      And the recovery time and the recovery point are within the plan's objectives
